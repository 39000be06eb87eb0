"""Encounter to records."""

from datetime import datetime

from connectors.fhir import wire
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Coding, Period, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import (
    code_of,
    coded,
    codes_of,
    meant,
)
from connectors.fhir.mapping.places import facility, practitioner
from connectors.fhir.mapping.shared import is_right, stated
from connectors.fhir.mapping.table import Points, Table
from connectors.fhir.mapping.times import end_of, moment, start_of
from connectors.records import (
    CodedText,
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
