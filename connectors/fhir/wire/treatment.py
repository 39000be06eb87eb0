"""The medicines: MedicationRequest, MedicationDispense, MedicationStatement; and Immunization."""

from msgspec import field

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Period, Quantity, Reference, Wire


class Repeat(Wire, frozen=True, kw_only=True):
    """Of a Timing."""

    bounds_period: Period | None = None


class Timing(Wire, frozen=True, kw_only=True):
    """When a medicine is taken."""

    repeat: Repeat | None = None
    code: CodeableConcept | None = None


class Dosage(Wire, frozen=True, kw_only=True):
    """How a medicine is taken."""

    text: str | None = None
    patient_instruction: str | None = None
    timing: Timing | None = None
    route: CodeableConcept | None = None


class DispenseRequest(Wire, frozen=True, kw_only=True):
    """Of a MedicationRequest."""

    quantity: Quantity | None = None
    validity_period: Period | None = None


class Medicated(Resource, frozen=True, kw_only=True):
    """What every resource about a medicine says of it, and of the visit it belongs to."""

    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    medication: CodeableReference | None = None
    """R5's way to say either."""
    encounter: Reference | None = None
    context: Reference | None = None
    """R4's name for ``encounter`` in MedicationDispense and MedicationStatement."""


class MedicationRequest(Medicated, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/medicationrequest.html, http://hl7.org/fhir/R5/medicationrequest.html."""

    intent: str | None = None
    do_not_perform: bool = False
    authored_on: str | None = None
    requester: Reference | None = None
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: DispenseRequest | None = None


class DispensePerformer(Wire, frozen=True, kw_only=True):
    """Who handed a medicine out."""

    actor: Reference | None = None


class MedicationDispense(Medicated, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/medicationdispense.html, http://hl7.org/fhir/R5/medicationdispense.html."""

    quantity: Quantity | None = None
    days_supply: Quantity | None = None
    when_prepared: str | None = None
    when_handed_over: str | None = None
    performer: tuple[DispensePerformer, ...] = ()
    dosage_instruction: tuple[Dosage, ...] = ()


class Adherence(Wire, frozen=True, kw_only=True):
    """Of a MedicationStatement; R5 only."""

    code: CodeableConcept | None = None


class MedicationStatement(Medicated, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/medicationstatement.html, http://hl7.org/fhir/R5/medicationstatement.html."""

    effective_date_time: str | None = None
    effective_period: Period | None = None
    date_asserted: str | None = None
    information_source: Reference | tuple[Reference, ...] | None = None
    adherence: Adherence | None = None
    dosage: tuple[Dosage, ...] = ()


class ImmunizationPerformer(Wire, frozen=True, kw_only=True):
    """Who gave a vaccination, or where."""

    actor: Reference | None = None


class Protocol(Wire, frozen=True, kw_only=True):
    """The series to which a dose belongs."""

    target_disease: tuple[CodeableConcept, ...] = ()
    dose_number_positive_int: int | None = None
    dose_number_string: str | None = None
    dose_number: str | None = None
    """R5's name for both."""


class ImmunizationReaction(Wire, frozen=True, kw_only=True):
    """What followed a vaccination."""

    detail: Reference | None = None
    manifestation: CodeableReference | None = None
    """R5's name for ``detail``."""


class Immunization(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/immunization.html, http://hl7.org/fhir/R5/immunization.html."""

    subject: Reference | None = field(default=None, name="patient")
    vaccine_code: CodeableConcept | None = None
    occurrence_date_time: str | None = None
    occurrence_string: str | None = None
    recorded: str | None = None
    primary_source: bool | None = None
    status_reason: CodeableConcept | None = None
    location: Reference | None = None
    manufacturer: CodeableReference | None = None
    lot_number: str | None = None
    site: CodeableConcept | None = None
    performer: tuple[ImmunizationPerformer, ...] = ()
    protocol_applied: tuple[Protocol, ...] = ()
    reaction: tuple[ImmunizationReaction, ...] = ()
