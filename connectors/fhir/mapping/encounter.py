"""Encounter to records."""

from datetime import datetime

from connectors.fhir import wire
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Coding, Period, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import (
    code_of,
    coded,
    codes_of,
    display_of,
    meant,
    words_of,
)
from connectors.fhir.mapping.places import facility, practitioner
from connectors.fhir.mapping.shared import STATED, is_right
from connectors.fhir.mapping.table import Points, Table
from connectors.fhir.mapping.times import moment
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


def _began(spent: Period | None) -> datetime | None:
    return moment(spent.start) if spent is not None else None


def _ended(spent: Period | None) -> datetime | None:
    return moment(spent.end) if spent is not None else None


def _reason(reason_code: tuple[CodeableConcept, ...]) -> CodedText | None:
    for concept in reason_code:
        found = coded(concept)
        if found is not None:
            return found
    return None


def _reason_given(reason: tuple[wire.EncounterReason, ...]) -> CodedText | None:
    return next(filter(None, (meant(value) for one in reason for value in one.value)), None)


def _kind_of_visit(type: tuple[CodeableConcept, ...]) -> CodedText | None:  # noqa: A002 - the element's own name
    return next(filter(None, map(coded, type)), None)


def _place(service_provider: Reference | None, around: Around, contained: Contained) -> Facility:
    # A server that is no facility itself and does not say where: the visit still happened, at a place unknown.
    place = facility(service_provider, around, contained)
    return place or around.own or _UNKNOWN


_UNKNOWN = Facility(code="unknown", name="unknown")


def _service(service_type: CodeableReference | tuple[CodeableReference, ...] | None) -> str | None:
    return next(filter(None, map(words_of, _several(service_type))), None)


def _room(location: tuple[wire.EncounterLocation, ...]) -> str | None:
    return next(filter(None, (display_of(at.location) for at in location)), None)


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


def _conditions(diagnosis: tuple[wire.EncounterDiagnosis, ...]) -> tuple[Reference | None, ...]:
    """The Conditions behind the diagnoses of a visit."""
    return tuple(said.pointer for line in diagnosis for said in _several(line.condition))


def _provider(service_provider: Reference | None) -> tuple[Reference | None, ...]:
    return (service_provider,)


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
    alike=frozenset({"class_", "service_type", "location", "reason_code", "reason", "type"}),
    is_one=is_right,
    steps={"spent": ("period", "actual_period"), "doctor": _in_charge},
    author=_name,
    fields={
        "kind": _kind,
        "status": STATED,
        "start": _began,
        "end": _ended,
        "facility": _place,
        "department": (_service, _room),
        # Where nothing says why the citizen came, what kind of visit it was.
        "reason": (_reason, _reason_given, _kind_of_visit),
        "diagnoses": _diagnoses,
        "outcome": _outcome,
        "practitioner": "doctor",
    },
    points=(Points("facility", _provider, to=("Organization",)), Points("diagnoses", _conditions, to=("Condition",))),
)
"""One visit or stay."""
