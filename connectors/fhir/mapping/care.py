"""Encounter, Condition and AllergyIntolerance to records."""

from collections.abc import Iterator
from datetime import datetime

from connectors.fhir import wire
from connectors.fhir.datatypes import Annotation, CodeableConcept, CodeableReference, Coding, Period, Reference
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    Contained,
    code_of,
    coded,
    codes_of,
    display_of,
    end_of,
    facility,
    has_code,
    meant,
    moment,
    needed,
    partial,
    practitioner,
    start_of,
)
from connectors.fhir.mapping.shared import is_right, meaning, stated, visit
from connectors.fhir.mapping.table import Points, Table
from connectors.records import (
    Allergy,
    CodedText,
    Condition,
    ConditionStatus,
    Diagnosis,
    DiagnosisRole,
    Encounter,
    EncounterKind,
    Facility,
    PartialDate,
    Practitioner,
)

_KINDS = {
    "AMB": EncounterKind.OUTPATIENT,
    "IMP": EncounterKind.INPATIENT,
    "ACUTE": EncounterKind.INPATIENT,
    "NONAC": EncounterKind.INPATIENT,
    "SS": EncounterKind.INPATIENT,
    "EMER": EncounterKind.EMERGENCY,
    "HH": EncounterKind.HOME,
    "VR": EncounterKind.VIRTUAL,
}
"""http://terminology.hl7.org/ValueSet/v3-ActEncounterCode."""

_STATUSES = {
    "active": ConditionStatus.ACTIVE,
    "recurrence": ConditionStatus.ACTIVE,
    "relapse": ConditionStatus.ACTIVE,
    "inactive": ConditionStatus.INACTIVE,
    "remission": ConditionStatus.INACTIVE,
    "resolved": ConditionStatus.RESOLVED,
}
"""http://hl7.org/fhir/R4/valueset-condition-clinical.html."""


def _kind(class_: Coding | tuple[CodeableConcept, ...] | None) -> EncounterKind:
    """R4 has one setting, R5 a list of concepts."""
    if class_ is None:
        return EncounterKind.OTHER
    if isinstance(class_, Coding):
        return _KINDS.get(class_.code or "", EncounterKind.OTHER)
    return _kind_among(class_)


def _kind_among(settings: tuple[CodeableConcept, ...]) -> EncounterKind:
    codes = codes_of(settings)
    return next((kind for code, kind in _KINDS.items() if code in codes), EncounterKind.OTHER)


def _began(period: Period | None, actual_period: Period | None) -> datetime | None:
    spent = period or actual_period
    return moment(start_of(spent))


def _ended(period: Period | None, actual_period: Period | None) -> datetime | None:
    spent = period or actual_period
    return moment(end_of(spent))


def _reason(
    reason_code: tuple[CodeableConcept, ...],
    reason: tuple[wire.EncounterReason, ...],
    type: tuple[CodeableConcept, ...],  # noqa: A002 - the element's own name
) -> CodedText | None:
    """Why the citizen came; where nothing says so, what kind of visit it was."""
    for concept in reason_code:
        found = coded(concept)
        if found is not None:
            return found
    return _reason_elsewhere(reason, type)


def _reason_elsewhere(
    reasons: tuple[wire.EncounterReason, ...], kinds: tuple[CodeableConcept, ...]
) -> CodedText | None:
    said = (meant(value) for reason in reasons for value in reason.value)
    return next(filter(None, (*said, *map(coded, kinds))), None)


def _place(service_provider: Reference | None, around: Around, contained: Contained) -> Facility:
    # A server that is no facility itself and does not say where: the visit still happened, at a place unknown.
    place = facility(service_provider, around, contained)
    return place or around.own or _UNKNOWN


_UNKNOWN = Facility(code="unknown", name="unknown")


def _department(
    service_type: CodeableReference | tuple[CodeableReference, ...] | None, location: tuple[wire.EncounterLocation, ...]
) -> str | None:
    if isinstance(service_type, CodeableReference):
        service = meant(service_type)
        if service is not None:
            return service.text
    elif service_type is not None and (services := tuple(filter(None, map(meant, service_type)))):
        return services[0].text
    for at in location:
        if at.location is not None and at.location.display:
            return at.location.display
    return None


def _in_charge(participant: tuple[wire.Participant, ...], around: Around, contained: Contained) -> Practitioner | None:
    """The attender or primary performer where one is marked, else the first professional."""
    parts = participant
    if len(parts) > 1:
        parts = tuple(sorted(parts, key=lambda part: not codes_of(part.type) & {"ATND", "PPRF"}))
    for part in parts:
        if person := practitioner(part.individual or part.actor, around, contained):
            return person
    return None


def _name(doctor: Practitioner | None) -> str | None:
    return doctor.name if doctor is not None else None


def _diagnoses(
    diagnosis: tuple[wire.EncounterDiagnosis, ...], around: Around, contained: Contained
) -> tuple[Diagnosis, ...]:
    found = []
    for line in diagnosis:
        for said in _several(line.condition):
            inner = around.linked(said.pointer, contained)
            code = (coded(inner.code) if inner else None) or meant(said)
            if code:
                found.append(Diagnosis(code=code, role=_role(_use(line), line.rank)))
    return tuple(found)


def _several(said: CodeableReference | tuple[CodeableReference, ...] | None) -> tuple[CodeableReference, ...]:
    """R4 has one where R5 has several."""
    return () if said is None else said if isinstance(said, tuple) else (said,)


def _use(line: wire.EncounterDiagnosis) -> str | None:
    uses = line.use if isinstance(line.use, tuple) else (line.use,)
    return next(filter(None, map(code_of, uses)), None)


def _conditions(diagnosis: tuple[wire.EncounterDiagnosis, ...], pointers: list[Reference]) -> None:
    """The Conditions behind the diagnoses of a visit."""
    for line in diagnosis:
        for said in _several(line.condition):
            if said.pointer is not None:
                pointers.append(said.pointer)  # noqa: PERF401 - a loop is taken over


def _provider(service_provider: Reference | None, pointers: list[Reference]) -> None:
    if service_provider is not None:
        pointers.append(service_provider)


def _role(use: str | None, rank: int | None) -> DiagnosisRole:
    """Ranks are counted within one use; those of admission and complaint say nothing about the end."""
    if use == "CM":
        return DiagnosisRole.SECONDARY
    if rank is None or use not in (None, "DD", "billing"):
        return DiagnosisRole.UNSPECIFIED
    return DiagnosisRole.MAIN if rank == 1 else DiagnosisRole.SECONDARY


def _outcome(hospitalization: wire.Hospitalization | None, admission: wire.Hospitalization | None) -> CodedText | None:
    leaving = hospitalization or admission
    return coded(leaving.discharge_disposition) if leaving is not None else None


ENCOUNTER = Table(
    record=Encounter,
    wire=wire.Encounter,
    is_one=is_right,
    steps={"doctor": _in_charge},
    author=_name,
    fields={
        "kind": _kind,
        "status": stated,
        "start": _began,
        "end": _ended,
        "facility": _place,
        "department": _department,
        "reason": _reason,
        "diagnoses": _diagnoses,
        "outcome": _outcome,
        "practitioner": "doctor",
    },
    points=(Points("facility", _provider, to=("Organization",)), Points("diagnoses", _conditions, to=("Condition",))),
)
"""One visit or stay."""


def _is_condition(verification: str | None) -> bool:
    return verification != ENTERED_IN_ERROR


def _verification(verification_status: CodeableConcept | None) -> str | None:
    return code_of(verification_status)


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


def _recorded(recorded_date: str | None) -> PartialDate | None:
    return partial(recorded_date)


def _severity(severity: CodeableConcept | None) -> CodedText | None:
    return coded(severity)


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
    steps={"verification": _verification},
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
        "recorded": _recorded,
        "severity": _severity,
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


def _stated(code: CodeableConcept | None) -> CodedText | None:
    return coded(code)


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
    steps={"verification": _verification, "stated": _stated},
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
        "status": _allergy_status,
        "verified": _is_verified,
        "onset": _onset,
        "recorded": _recorded,
        "note": _allergy_note,
    },
)
"""An allergy or intolerance; also the statement that there is none, in the source's own words."""
