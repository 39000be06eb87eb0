"""Encounter, Condition and AllergyIntolerance to records."""

from collections.abc import Iterator

from connectors.fhir import wire
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Coding, Reference
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    code_of,
    coded,
    codes_of,
    display_of,
    end_of,
    facility,
    meant,
    moment,
    needed,
    partial,
    practitioner,
    start_of,
)
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


def encounter(visit: wire.Encounter, around: Around) -> Encounter | None:
    """One visit or stay."""
    if visit.status == ENTERED_IN_ERROR:
        return None
    looked_at = around.wants("practitioner") or around.wants("author")
    doctor = _in_charge(visit, around) if looked_at else None
    period, leaving = visit.period or visit.actual_period, visit.hospitalization or visit.admission
    id_, provenance = around.stamped(Encounter, visit, recorded=None, author=doctor.name if doctor else None)
    return Encounter(
        id=id_,
        provenance=provenance,
        kind=_kind(visit.class_),
        status=visit.status or "unknown",
        start=moment(start_of(period)),
        end=moment(end_of(period)),
        facility=_place(visit, around),
        department=_department(visit),
        reason=_reason(visit),
        diagnoses=_diagnoses(visit, around),
        outcome=coded(leaving.discharge_disposition) if leaving else None,
        practitioner=doctor,
    )


def _kind(setting: Coding | tuple[CodeableConcept, ...] | None) -> EncounterKind:
    """R4 has one setting, R5 a list of concepts."""
    if isinstance(setting, tuple):
        codes = codes_of(setting)
        return next((kind for code, kind in _KINDS.items() if code in codes), EncounterKind.OTHER)
    return _KINDS.get(setting.code or "", EncounterKind.OTHER) if setting else EncounterKind.OTHER


def _reason(visit: wire.Encounter) -> CodedText | None:
    """Why the citizen came; where nothing says so, what kind of visit it was."""
    for concept in visit.reason_code:
        if found := coded(concept):
            return found
    said = (meant(value) for reason in visit.reason for value in reason.value)
    return next(filter(None, (*said, *map(coded, visit.type))), None)


def _place(visit: wire.Encounter, around: Around) -> Facility:
    place = facility(visit.service_provider, around, visit) or around.own
    # A server that is no facility itself and does not say where: the visit still happened, at a place unknown.
    return place or Facility(code="unknown", name="unknown")


def _department(visit: wire.Encounter) -> str | None:
    for service in _several(visit.service_type):
        if found := meant(service):
            return found.text
    return next(filter(None, (display_of(at.location) for at in visit.location)), None)


def _in_charge(visit: wire.Encounter, around: Around) -> Practitioner | None:
    """The attender or primary performer where one is marked, else the first professional."""
    parts = visit.participant
    if len(parts) > 1:
        parts = tuple(sorted(parts, key=lambda part: not codes_of(part.type) & {"ATND", "PPRF"}))
    for part in parts:
        if person := practitioner(part.individual or part.actor, around, visit):
            return person
    return None


def _diagnoses(visit: wire.Encounter, around: Around) -> tuple[Diagnosis, ...]:
    found = []
    for line in visit.diagnosis:
        for said in _several(line.condition):
            inner = around.linked(said.pointer, visit)
            code = (coded(inner.code) if inner else None) or meant(said)
            if code:
                found.append(Diagnosis(code=code, role=_role(_use(line), line.rank)))
    return tuple(found)


def _several(said: CodeableReference | tuple[CodeableReference, ...] | None) -> tuple[CodeableReference, ...]:
    """R4 has one where R5 has several."""
    return said if isinstance(said, tuple) else (said,) if said else ()


def _use(line: wire.EncounterDiagnosis) -> str | None:
    uses = line.use if isinstance(line.use, tuple) else (line.use,)
    return next(filter(None, map(code_of, uses)), None)


def conditions_of(visit: wire.Encounter) -> tuple[Reference | None, ...]:
    """The Conditions behind the diagnoses of a visit."""
    return tuple(said.pointer for line in visit.diagnosis for said in _several(line.condition))


def _role(use: str | None, rank: int | None) -> DiagnosisRole:
    """Ranks are counted within one use; those of admission and complaint say nothing about the end."""
    if use == "CM":
        return DiagnosisRole.SECONDARY
    if rank is None or use not in (None, "DD", "billing"):
        return DiagnosisRole.UNSPECIFIED
    return DiagnosisRole.MAIN if rank == 1 else DiagnosisRole.SECONDARY


def condition(found: wire.Condition, around: Around) -> Condition | None:
    """A problem or diagnosis."""
    verification = code_of(found.verification_status)
    if verification == ENTERED_IN_ERROR:
        return None
    # What is no date is not thrown away: the source's words about the time stand in the note.
    notes = (found.onset_string, found.abatement_string, *(note.text for note in found.note))
    id_, provenance = around.stamped(Condition, found, recorded=found.recorded_date, author=_author(found))
    return Condition(
        id=id_,
        provenance=provenance,
        code=needed(coded(found.code)),
        status=_STATUSES.get(code_of(found.clinical_status) or "", ConditionStatus.UNKNOWN),
        verified=verification == "confirmed",
        refuted=verification == "refuted",
        chronic="problem-list-item" in codes_of(found.category),
        onset=partial(found.onset_date_time or start_of(found.onset_period)),
        abated=partial(found.abatement_date_time or end_of(found.abatement_period)),
        recorded=partial(found.recorded_date),
        severity=coded(found.severity),
        note="\n".join(note for note in notes if note) or None,
        encounter_id=around.visit(found.encounter),
    )


def _author(found: wire.Condition | wire.AllergyIntolerance) -> str | None:
    """The recorder; R5 has authors among other participants."""
    authors = (part.actor for part in found.participant if code_of(part.function) in ("author", "enterer"))
    return next(filter(None, map(display_of, (found.recorder, *authors))), None)


_SNOMED, _IPS = "http://snomed.info/sct", "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
_NONE_KNOWN = frozenset(
    {
        *((_SNOMED, code) for code in ("716186003", "409137002", "429625007", "428607008")),
        *((_IPS, f"no-known{kind}-allergies") for kind in ("", "-medication", "-environmental", "-food")),
    }
)
"""Statements that no allergy is known: SNOMED CT as in FHIR R4's value set, and those of the IPS guide."""


def allergy(found: wire.AllergyIntolerance, around: Around) -> Allergy | None:
    """An allergy or intolerance; also the statement that there is none, in the source's own words."""
    verification = code_of(found.verification_status)
    if verification == ENTERED_IN_ERROR:
        return None
    stated = coded(found.code)
    substances = (stated, *(coded(reaction.substance) for reaction in found.reaction))
    status = "refuted" if verification == "refuted" else code_of(found.clinical_status)
    id_, provenance = around.stamped(Allergy, found, recorded=found.recorded_date, author=_author(found))
    return Allergy(
        id=id_,
        provenance=provenance,
        substance=needed(next(filter(None, substances), None)),
        none_known=stated is not None and any((coding.system, coding.code) in _NONE_KNOWN for coding in stated.codings),
        kind=found.type if isinstance(found.type, str) else code_of(found.type),
        category=", ".join(found.category) or None,
        criticality=found.criticality,
        reactions=tuple(text for reaction in found.reaction for text in _signs(reaction)),
        status=status or "unknown",
        verified=verification == "confirmed",
        onset=partial(found.onset_date_time or start_of(found.onset_period)),
        recorded=partial(found.recorded_date),
        note="\n".join(filter(None, _words(found))) or None,
    )


def _words(found: wire.AllergyIntolerance) -> Iterator[str | None]:
    """What the author wrote in words, of the allergy and then of each reaction."""
    yield from (note.text for note in found.note)
    for reaction in found.reaction:
        if any(map(meant, reaction.manifestation)):
            # Else the description stands for the sign itself.
            yield reaction.description
        yield from (note.text for note in reaction.note)


def _signs(reaction: wire.Reaction) -> tuple[CodedText, ...]:
    signs = tuple(filter(None, map(meant, reaction.manifestation)))
    return signs or ((CodedText(text=reaction.description),) if reaction.description else ())
