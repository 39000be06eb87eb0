"""The parts of FHIR resources that become records. Nothing else is read, and nothing here is required.

Names are FHIR's own, of R4 (4.0.1) and R5 (5.0.0) side by side: where R5 gave an element another name, both are read;
where it gave it another type, either is. The element that says whom a resource is about is ``subject`` here, whatever
the resource calls it.
"""

from connectors.fhir.wire.asking import Communication
from connectors.fhir.wire.care import (
    AllergyIntolerance,
    Condition,
    Encounter,
    EncounterDiagnosis,
    EncounterLocation,
    EncounterReason,
    Hospitalization,
    Participant,
    Reaction,
)
from connectors.fhir.wire.citizen import Patient
from connectors.fhir.wire.insurance import (
    Amount,
    Billed,
    Claim,
    ClaimDiagnosis,
    Code,
    Coverage,
    ExplanationOfBenefit,
    Item,
    Payment,
)
from connectors.fhir.wire.observation import Observation, ReferenceRange, Valued
from connectors.fhir.wire.planning import (
    Activity,
    Appointment,
    AppointmentParticipant,
    CarePlan,
    ServiceRequest,
)
from connectors.fhir.wire.programmes import CareTeam, EpisodeOfCare, TeamParticipant
from connectors.fhir.wire.results import (
    DiagnosticReport,
    DocumentContent,
    DocumentContext,
    DocumentReference,
    Procedure,
    ProcedurePerformer,
)
from connectors.fhir.wire.treatment import (
    Adherence,
    DispensePerformer,
    DispenseRequest,
    Dosage,
    Immunization,
    ImmunizationPerformer,
    ImmunizationReaction,
    Medicated,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Protocol,
)

__all__ = [
    "Activity",
    "Adherence",
    "AllergyIntolerance",
    "Amount",
    "Appointment",
    "AppointmentParticipant",
    "Billed",
    "CarePlan",
    "CareTeam",
    "Claim",
    "ClaimDiagnosis",
    "Code",
    "Communication",
    "Condition",
    "Coverage",
    "DiagnosticReport",
    "DispensePerformer",
    "DispenseRequest",
    "DocumentContent",
    "DocumentContext",
    "DocumentReference",
    "Dosage",
    "Encounter",
    "EncounterDiagnosis",
    "EncounterLocation",
    "EncounterReason",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "Hospitalization",
    "Immunization",
    "ImmunizationPerformer",
    "ImmunizationReaction",
    "Item",
    "Medicated",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Participant",
    "Patient",
    "Payment",
    "Procedure",
    "ProcedurePerformer",
    "Protocol",
    "Reaction",
    "ReferenceRange",
    "ServiceRequest",
    "TeamParticipant",
    "Valued",
]
