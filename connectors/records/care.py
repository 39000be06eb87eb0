"""What happened to the citizen's health: visits, conditions, allergies, medicines, vaccinations."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Struct

from connectors.records.base import (
    CodedText,
    Described,
    Facility,
    PartialDate,
    Practitioner,
    Quantity,
    Record,
    doc,
)
from connectors.records.legal import LegalStep


class EncounterKind(Described):
    """The setting of a visit."""

    OUTPATIENT = "OUTPATIENT", "Visit to a clinic or health station."
    INPATIENT = "INPATIENT", "Stay in hospital."
    EMERGENCY = "EMERGENCY", "Emergency department."
    HOME = "HOME", "At the citizen's home."
    VIRTUAL = "VIRTUAL", "Remote consultation."
    OTHER = "OTHER", "Another setting, or the source does not say."


class DiagnosisRole(Described):
    """What part a diagnosis plays in a visit or a claim."""

    MAIN = "MAIN", "Main diagnosis."
    SECONDARY = "SECONDARY", "Accompanying diagnosis."
    UNSPECIFIED = "UNSPECIFIED", "The source does not say."


class Diagnosis(Struct, frozen=True, kw_only=True, gc=False):
    """A diagnosis within a visit or a claim."""

    code: Annotated[CodedText, doc("The diagnosis, usually ICD-10, as the source wrote it.")]
    role: Annotated[DiagnosisRole, doc("Its part in the visit.")] = DiagnosisRole.UNSPECIFIED


class Encounter(Record, frozen=True, kw_only=True):
    """One visit or stay (FHIR Encounter)."""

    kind: Annotated[EncounterKind, doc("Setting of the visit.")]
    status: Annotated[str, doc("FHIR EncounterStatus code as the source wrote it.")]
    start: Annotated[datetime | None, doc("Beginning.")] = None
    end: Annotated[datetime | None, doc("End; none while the visit goes on.")] = None
    facility: Annotated[Facility, doc("Where.")]
    department: Annotated[str | None, doc("Department or service.")] = None
    reason: Annotated[CodedText | None, doc("Why the citizen came.")] = None
    diagnoses: Annotated[tuple[Diagnosis, ...], doc("Diagnoses made; may be empty.")] = ()
    outcome: Annotated[CodedText | None, doc("How the visit ended (discharge disposition).")] = None
    practitioner: Annotated[Practitioner | None, doc("The professional in charge.")] = None
    steps: tuple[LegalStep, ...] = ()
    """How far its paper has come, beyond what its provenance says; for the gateway alone."""


class ConditionStatus(Described):
    """Whether a condition troubles the citizen now."""

    ACTIVE = "ACTIVE", "Present now, also when it recurred or relapsed."
    INACTIVE = "INACTIVE", "Not present now; may come back."
    RESOLVED = "RESOLVED", "Over."
    UNKNOWN = "UNKNOWN", "The source does not say."


class Condition(Record, frozen=True, kw_only=True):
    """A problem or diagnosis in the citizen's history (FHIR Condition)."""

    code: Annotated[CodedText, doc("What it is.")]
    status: Annotated[ConditionStatus, doc("Clinical status.")]
    verified: Annotated[bool, doc("True when the source calls it confirmed; false for provisional or unsaid.")]
    refuted: Annotated[bool, doc("True when the source says that the citizen does not have it.")] = False
    chronic: Annotated[bool, doc("On the source's problem list, or marked chronic.")] = False
    onset: Annotated[PartialDate | None, doc("When it began.")] = None
    abated: Annotated[PartialDate | None, doc("When it ended.")] = None
    recorded: Annotated[PartialDate | None, doc("When it was written down.")] = None
    severity: Annotated[CodedText | None, doc("How severe.")] = None
    note: Annotated[str | None, doc("Free text by the author.")] = None
    encounter_id: str | None = None
    """Id at the source of the visit that it belongs to; for the gateway alone."""


class Allergy(Record, frozen=True, kw_only=True):
    """An allergy or intolerance (FHIR AllergyIntolerance)."""

    substance: Annotated[CodedText, doc("What the citizen reacts to.")]
    none_known: Annotated[
        bool,
        doc("True for the statement that no allergy is known: then 'substance' is that statement, not a substance."),
    ] = False
    kind: Annotated[str | None, doc("allergy or intolerance, where the source tells them apart.")] = None
    category: Annotated[str | None, doc("food, medication, environment or biologic.")] = None
    criticality: Annotated[str | None, doc("low, high or unable-to-assess.")] = None
    reactions: Annotated[tuple[CodedText, ...], doc("How the citizen reacted; may be empty.")] = ()
    severity: Annotated[str | None, doc("mild, moderate or severe: how grave the gravest of its reactions was.")] = None
    status: Annotated[str, doc("active, inactive, resolved; refuted when the source denies it; unknown.")]
    verified: Annotated[bool, doc("True when the source calls it confirmed.")]
    onset: Annotated[PartialDate | None, doc("When it was first noticed.")] = None
    recorded: Annotated[PartialDate | None, doc("When it was written down.")] = None
    note: Annotated[str | None, doc("Free text by the author, about the allergy and its reactions.")] = None


class MedicationStatus(Described):
    """Whether a medicine is being taken."""

    ACTIVE = "ACTIVE", "In use."
    ON_HOLD = "ON_HOLD", "Paused."
    COMPLETED = "COMPLETED", "The course ended."
    STOPPED = "STOPPED", "Ended before its time, or cancelled."
    NOT_TAKEN = "NOT_TAKEN", "The citizen does not take it, the source says."
    UNKNOWN = "UNKNOWN", "The source does not say."


class MedicationKind(Described):
    """How a source comes to know of a medicine. One medicine may be known in several ways."""

    PRESCRIPTION = "PRESCRIPTION", "It was prescribed."
    DISPENSE = "DISPENSE", "It was handed out, or is about to be: whether it is taken is not said."
    STATEMENT = "STATEMENT", "Somebody says that the citizen takes it, or took it."


class Medication(Record, frozen=True, kw_only=True):
    """A medicine: prescribed, handed out, or said to be taken (FHIR MedicationRequest, -Dispense, -Statement)."""

    kind: Annotated[MedicationKind, doc("How the source knows of it.")] = MedicationKind.PRESCRIPTION
    code: Annotated[CodedText, doc("The medicine.")]
    ingredients: Annotated[tuple[CodedText, ...], doc("Active ingredients, where the source lists them.")] = ()
    strength: Annotated[str | None, doc("Strength, as text.")] = None
    dosage: Annotated[str | None, doc("How to take it, in the source's words.")] = None
    route: Annotated[CodedText | None, doc("By mouth, injection ...")] = None
    quantity: Annotated[Quantity | None, doc("Amount to hand out, or handed out.")] = None
    start: Annotated[PartialDate | None, doc("First day, or the day it was prescribed or handed out.")] = None
    end: Annotated[PartialDate | None, doc("Last day.")] = None
    status: Annotated[MedicationStatus, doc("Whether it is being taken.")]
    prescriber: Annotated[Practitioner | None, doc("Who prescribed it.")] = None
    facility: Annotated[Facility | None, doc("Where it was prescribed or handed out.")] = None
    insurance_paid: Annotated[Decimal | None, doc("Paid by health insurance, in VND, where the source says.")] = None
    encounter_id: str | None = None
    """Id at the source of the visit that it belongs to; for the gateway alone."""


class Immunization(Record, frozen=True, kw_only=True):
    """A vaccination given, or recorded as not given (FHIR Immunization). Planned doses are not here."""

    vaccine: Annotated[CodedText, doc("The product or vaccine.")]
    target_diseases: Annotated[
        tuple[CodedText, ...], doc("What it protects against; one product may count for several.")
    ] = ()
    dose_number: Annotated[int | None, doc("Number of the dose in its series.")] = None
    on: Annotated[PartialDate, doc("The day it was given.")]
    lot: Annotated[str | None, doc("Lot number.")] = None
    manufacturer: Annotated[str | None, doc("Maker.")] = None
    site: Annotated[str | None, doc("Where on the body.")] = None
    facility: Annotated[Facility | None, doc("Where it was given.")] = None
    status: Annotated[str, doc("completed; not-done when it was recorded as not given.")]
    not_given_because: Annotated[CodedText | None, doc("Why it was not given, when it was not.")] = None
    reactions: Annotated[tuple[CodedText, ...], doc("Reactions after it.")] = ()
