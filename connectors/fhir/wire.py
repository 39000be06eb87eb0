"""The parts of FHIR R4 resources that become records. Nothing else is read, and nothing here is required.

Names are R4's own. The element that says whom a resource is about is ``subject`` here, whatever the resource calls it.
"""

from decimal import Decimal

from msgspec import field

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import (
    Address,
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    ContactPoint,
    HumanName,
    Identifier,
    Money,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    SampledData,
    Wire,
)


class Patient(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/patient.html."""

    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    birth_date: str | None = None
    gender: str | None = None
    deceased_boolean: bool = False
    deceased_date_time: str | None = None
    address: tuple[Address, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()


class Participant(Wire, frozen=True, kw_only=True):
    """Of an Encounter."""

    type: tuple[CodeableConcept, ...] = ()
    individual: Reference | None = None


class EncounterDiagnosis(Wire, frozen=True, kw_only=True):
    """Of an Encounter."""

    condition: Reference | None = None
    use: CodeableConcept | None = None
    rank: int | None = None


class Hospitalization(Wire, frozen=True, kw_only=True):
    """Of an Encounter."""

    discharge_disposition: CodeableConcept | None = None


class EncounterLocation(Wire, frozen=True, kw_only=True):
    """Of an Encounter."""

    location: Reference | None = None


class Encounter(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/encounter.html."""

    class_: Coding | None = field(default=None, name="class")
    period: Period | None = None
    service_type: CodeableConcept | None = None
    service_provider: Reference | None = None
    location: tuple[EncounterLocation, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    type: tuple[CodeableConcept, ...] = ()
    diagnosis: tuple[EncounterDiagnosis, ...] = ()
    hospitalization: Hospitalization | None = None
    participant: tuple[Participant, ...] = ()


class Condition(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/condition.html."""

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
    note: tuple[Annotation, ...] = ()


class Reaction(Wire, frozen=True, kw_only=True):
    """Of an AllergyIntolerance."""

    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableConcept, ...] = ()
    description: str | None = None


class AllergyIntolerance(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/allergyintolerance.html."""

    subject: Reference | None = field(default=None, name="patient")
    code: CodeableConcept | None = None
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: tuple[str, ...] = ()
    criticality: str | None = None
    reaction: tuple[Reaction, ...] = ()
    onset_date_time: str | None = None
    onset_period: Period | None = None
    recorded_date: str | None = None
    recorder: Reference | None = None


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


class MedicationRequest(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/medicationrequest.html."""

    intent: str | None = None
    do_not_perform: bool = False
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    authored_on: str | None = None
    requester: Reference | None = None
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: DispenseRequest | None = None


class ReferenceRange(Wire, frozen=True, kw_only=True):
    """What counts as normal, for whom."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    applies_to: tuple[CodeableConcept, ...] = ()
    text: str | None = None


class Valued(Resource, frozen=True, kw_only=True):
    """The ``value[x]`` of Observation and its components, in every type of R4 and two of R5.

    A component is no resource; it shares the layout of one because a msgspec Struct has a single base.
    """

    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_boolean: bool | None = None
    value_integer: Decimal | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: SampledData | None = None
    value_time: str | None = None
    value_date_time: str | None = None
    value_period: Period | None = None
    value_attachment: Attachment | None = None
    value_reference: Reference | None = None
    code: CodeableConcept | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()


class Observation(Valued, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/observation.html."""

    category: tuple[CodeableConcept, ...] = ()
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    component: tuple[Valued, ...] = ()


class ImmunizationPerformer(Wire, frozen=True, kw_only=True):
    """Who gave a vaccination, or where."""

    actor: Reference | None = None


class Protocol(Wire, frozen=True, kw_only=True):
    """The series to which a dose belongs."""

    target_disease: tuple[CodeableConcept, ...] = ()
    dose_number_positive_int: int | None = None
    dose_number_string: str | None = None


class ImmunizationReaction(Wire, frozen=True, kw_only=True):
    """What followed a vaccination."""

    detail: Reference | None = None


class Immunization(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/immunization.html."""

    subject: Reference | None = field(default=None, name="patient")
    vaccine_code: CodeableConcept | None = None
    occurrence_date_time: str | None = None
    occurrence_string: str | None = None
    recorded: str | None = None
    primary_source: bool | None = None
    location: Reference | None = None
    manufacturer: Reference | None = None
    lot_number: str | None = None
    site: CodeableConcept | None = None
    performer: tuple[ImmunizationPerformer, ...] = ()
    protocol_applied: tuple[Protocol, ...] = ()
    reaction: tuple[ImmunizationReaction, ...] = ()


class Coverage(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/coverage.html."""

    subject: Reference | None = field(default=None, name="beneficiary")
    identifier: tuple[Identifier, ...] = ()
    subscriber_id: str | None = None
    period: Period | None = None


class ClaimDiagnosis(Wire, frozen=True, kw_only=True):
    """Of an ExplanationOfBenefit."""

    diagnosis_codeable_concept: CodeableConcept | None = None
    diagnosis_reference: Reference | None = None
    type: tuple[CodeableConcept, ...] = ()


class Total(Wire, frozen=True, kw_only=True):
    """A sum of an ExplanationOfBenefit, by category."""

    category: CodeableConcept | None = None
    amount: Money | None = None


class Payment(Wire, frozen=True, kw_only=True):
    """What the insurer paid."""

    amount: Money | None = None


class ExplanationOfBenefit(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/explanationofbenefit.html."""

    subject: Reference | None = field(default=None, name="patient")
    use: str | None = None
    billable_period: Period | None = None
    created: str | None = None
    provider: Reference | None = None
    facility: Reference | None = None
    diagnosis: tuple[ClaimDiagnosis, ...] = ()
    total: tuple[Total, ...] = ()
    payment: Payment | None = None
