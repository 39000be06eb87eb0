"""Encounter, Condition and AllergyIntolerance."""

from msgspec import field

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import Annotation, CodeableConcept, CodeableReference, Coding, Period, Reference, Wire


class Participant(Wire, frozen=True, kw_only=True):
    """Of an Encounter; in R5 also of a Condition or AllergyIntolerance."""

    type: tuple[CodeableConcept, ...] = ()
    function: CodeableConcept | None = None
    individual: Reference | None = None
    actor: Reference | None = None
    """R5's name for ``individual``."""


class EncounterDiagnosis(Wire, frozen=True, kw_only=True):
    """Of an Encounter."""

    condition: CodeableReference | tuple[CodeableReference, ...] | None = None
    use: CodeableConcept | tuple[CodeableConcept, ...] | None = None
    rank: int | None = None
    """R4 only."""


class Hospitalization(Wire, frozen=True, kw_only=True):
    """Of an Encounter."""

    discharge_disposition: CodeableConcept | None = None


class EncounterReason(Wire, frozen=True, kw_only=True):
    """Of an Encounter; R5 only."""

    value: tuple[CodeableReference, ...] = ()


class EncounterLocation(Wire, frozen=True, kw_only=True):
    """Of an Encounter."""

    location: Reference | None = None


class Encounter(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/encounter.html, http://hl7.org/fhir/R5/encounter.html."""

    class_: Coding | tuple[CodeableConcept, ...] | None = field(default=None, name="class")
    period: Period | None = None
    actual_period: Period | None = None
    """R5's name for ``period``."""
    service_type: CodeableReference | tuple[CodeableReference, ...] | None = None
    service_provider: Reference | None = None
    location: tuple[EncounterLocation, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    reason: tuple[EncounterReason, ...] = ()
    """R5's way to say ``reason_code``."""
    type: tuple[CodeableConcept, ...] = ()
    diagnosis: tuple[EncounterDiagnosis, ...] = ()
    hospitalization: Hospitalization | None = None
    admission: Hospitalization | None = None
    """R5's name for ``hospitalization``."""
    participant: tuple[Participant, ...] = ()


class Condition(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/condition.html, http://hl7.org/fhir/R5/condition.html."""

    encounter: Reference | None = None
    code: CodeableConcept | None = None
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    severity: CodeableConcept | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    onset_string: str | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    abatement_string: str | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None
    participant: tuple[Participant, ...] = ()
    """R5's way to say ``recorder``."""
    note: tuple[Annotation, ...] = ()


class Reaction(Wire, frozen=True, kw_only=True):
    """Of an AllergyIntolerance."""

    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableReference, ...] = ()
    description: str | None = None
    severity: str | None = None
    note: tuple[Annotation, ...] = ()


class AllergyIntolerance(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/allergyintolerance.html, http://hl7.org/fhir/R5/allergyintolerance.html."""

    subject: Reference | None = field(default=None, name="patient")
    code: CodeableConcept | None = None
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    type: str | CodeableConcept | None = None
    category: tuple[str, ...] = ()
    criticality: str | None = None
    reaction: tuple[Reaction, ...] = ()
    note: tuple[Annotation, ...] = ()
    onset_date_time: str | None = None
    onset_period: Period | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None
    participant: tuple[Participant, ...] = ()
    """R5's way to say ``recorder``."""
