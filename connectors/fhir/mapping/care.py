"""Condition and AllergyIntolerance to records."""

from collections.abc import Iterator

from connectors.fhir import wire
from connectors.fhir.datatypes import Annotation, CodeableConcept, Period, Reference
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    code_of,
    coded,
    display_of,
    has_code,
    meant,
    needed,
)
from connectors.fhir.mapping.shared import meaning, visit
from connectors.fhir.mapping.table import Of, Table
from connectors.fhir.mapping.times import partial
from connectors.records import (
    Allergy,
    CodedText,
    Condition,
    ConditionStatus,
    PartialDate,
)

_STATUSES = {
    "active": ConditionStatus.ACTIVE,
    "recurrence": ConditionStatus.ACTIVE,
    "relapse": ConditionStatus.ACTIVE,
    "inactive": ConditionStatus.INACTIVE,
    "remission": ConditionStatus.INACTIVE,
    "resolved": ConditionStatus.RESOLVED,
}
"""http://hl7.org/fhir/R4/valueset-condition-clinical.html."""


def _is_condition(verification: str | None) -> bool:
    return verification != ENTERED_IN_ERROR


def _condition_status(clinical_status: CodeableConcept | None) -> ConditionStatus:
    code = code_of(clinical_status)
    return _STATUSES.get(code or "", ConditionStatus.UNKNOWN)


def _is_verified(verification: str | None) -> bool:
    return verification == "confirmed"


def _is_refuted(verification: str | None) -> bool:
    return verification == "refuted"


def _is_chronic(category: tuple[CodeableConcept, ...]) -> bool:
    return has_code(category, "problem-list-item")


def _onset(onset_date_time: str | None, onset_period: Period | None) -> PartialDate | None:
    return partial(onset_date_time or (onset_period.start if onset_period else None))


def _abated(abatement_date_time: str | None, abatement_period: Period | None) -> PartialDate | None:
    return partial(abatement_date_time or (abatement_period.end if abatement_period else None))


def _condition_note(onset_string: str | None, abatement_string: str | None, note: tuple[Annotation, ...]) -> str | None:
    # What is no date is not thrown away: the source's words about the time stand in the note.
    return "\n".join(text for text in (onset_string, abatement_string, *(one.text for one in note)) if text) or None


def _author(recorder: Reference | None, participant: tuple[wire.Participant, ...]) -> str | None:
    """The recorder; R5 has authors among other participants."""
    authors = (part.actor for part in participant if code_of(part.function) in ("author", "enterer"))
    return next(filter(None, map(display_of, (recorder, *authors))), None)


CONDITION = Table(
    record=Condition,
    wire=wire.Condition,
    alike=frozenset({"code", "clinical_status", "verification_status", "category", "severity"}),
    steps={"verification": Of(code_of, "verification_status")},
    is_one=_is_condition,
    recorded="recorded_date",
    author=_author,
    fields={
        "code": meaning,
        "status": _condition_status,
        "verified": _is_verified,
        "refuted": _is_refuted,
        "chronic": _is_chronic,
        "onset": _onset,
        "abated": _abated,
        "recorded": Of(partial, "recorded_date"),
        "severity": Of(coded, "severity"),
        "note": _condition_note,
        "encounter_id": visit,
    },
)
"""A problem or diagnosis."""

_SNOMED, _IPS = "http://snomed.info/sct", "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
_NONE_KNOWN = frozenset(
    {
        *((_SNOMED, code) for code in ("716186003", "409137002", "429625007", "428607008")),
        *((_IPS, f"no-known{kind}-allergies") for kind in ("", "-medication", "-environmental", "-food")),
    }
)
"""Statements that no allergy is known: SNOMED CT as in FHIR R4's value set, and those of the IPS guide."""
_GRAVITY = {"severe": 0, "moderate": 1, "mild": 2}
"""http://hl7.org/fhir/R4/valueset-reaction-event-severity.html, the gravest first."""


def _substance(stated: CodedText | None, reaction: tuple[wire.Reaction, ...]) -> CodedText:
    """What it is an allergy to: by its code, else as a reaction names it.

    Raises:
        Unreadable: nothing says so.
    """
    return stated or needed(next(filter(None, (coded(one.substance) for one in reaction)), None))


def _is_none_known(stated: CodedText | None) -> bool:
    return stated is not None and any((coding.system, coding.code) in _NONE_KNOWN for coding in stated.codings)


def _allergy_kind(type: str | CodeableConcept | None) -> str | None:  # noqa: A002 - the element's own name
    return code_of(type) if isinstance(type, CodeableConcept) else type


def _allergy_category(category: tuple[str, ...]) -> str | None:
    return ", ".join(category) or None


def _allergy_status(verification: str | None, clinical_status: CodeableConcept | None) -> str:
    return "refuted" if verification == "refuted" else code_of(clinical_status) or "unknown"


def _reactions(reaction: tuple[wire.Reaction, ...]) -> tuple[CodedText, ...]:
    return tuple(text for one in reaction for text in _signs(one))


def _gravest(reaction: tuple[wire.Reaction, ...]) -> str | None:
    """How grave its gravest reaction was; a word that R4 does not know may mean worse than those that it knows."""
    return min((one.severity for one in reaction if one.severity), key=lambda one: _GRAVITY.get(one, -1), default=None)


def _allergy_note(note: tuple[Annotation, ...], reaction: tuple[wire.Reaction, ...]) -> str | None:
    return "\n".join(filter(None, _words(note, reaction))) or None


def _words(note: tuple[Annotation, ...], reactions: tuple[wire.Reaction, ...]) -> Iterator[str | None]:
    """What the author wrote in words, of the allergy and then of each reaction."""
    yield from (one.text for one in note)
    for reaction in reactions:
        if any(map(meant, reaction.manifestation)):
            # Else the description stands for the sign itself.
            yield reaction.description
        yield from (one.text for one in reaction.note)


def _signs(reaction: wire.Reaction) -> tuple[CodedText, ...]:
    signs = tuple(filter(None, map(meant, reaction.manifestation)))
    return signs or ((CodedText(text=reaction.description),) if reaction.description else ())


ALLERGY = Table(
    record=Allergy,
    wire=wire.AllergyIntolerance,
    alike=frozenset({"clinical_status", "verification_status"}),
    steps={"verification": Of(code_of, "verification_status"), "stated": Of(coded, "code")},
    is_one=_is_condition,
    recorded="recorded_date",
    author=_author,
    fields={
        "substance": _substance,
        "none_known": _is_none_known,
        "kind": _allergy_kind,
        "category": _allergy_category,
        "criticality": "criticality",
        "reactions": _reactions,
        "severity": _gravest,
        "status": _allergy_status,
        "verified": _is_verified,
        "onset": _onset,
        "recorded": Of(partial, "recorded_date"),
        "note": _allergy_note,
    },
)
"""An allergy or intolerance; also the statement that there is none, in the source's own words."""
