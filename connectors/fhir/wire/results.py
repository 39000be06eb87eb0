"""DiagnosticReport, Procedure and DocumentReference."""

from connectors.fhir.bundle import Resource
from connectors.fhir.datatypes import Attachment, CodeableConcept, Period, Reference, Wire


class DiagnosticReport(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/diagnosticreport.html, http://hl7.org/fhir/R5/diagnosticreport.html."""

    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept | None = None
    encounter: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    result: tuple[Reference, ...] = ()
    conclusion: str | None = None
    conclusion_code: tuple[CodeableConcept, ...] = ()
    presented_form: tuple[Attachment, ...] = ()


class ProcedurePerformer(Wire, frozen=True, kw_only=True):
    """Who did a procedure, and for whom."""

    function: CodeableConcept | None = None
    actor: Reference | None = None
    on_behalf_of: Reference | None = None


class Procedure(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/procedure.html, http://hl7.org/fhir/R5/procedure.html."""

    code: CodeableConcept | None = None
    encounter: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    performed_string: str | None = None
    occurrence_date_time: str | None = None
    """R5 calls all of these ``occurrence``."""
    occurrence_period: Period | None = None
    occurrence_string: str | None = None
    recorded: str | None = None
    """R5 only."""
    performer: tuple[ProcedurePerformer, ...] = ()
    location: Reference | None = None
    outcome: CodeableConcept | None = None


class DocumentContext(Wire, frozen=True, kw_only=True):
    """Of a DocumentReference; R4 only."""

    encounter: tuple[Reference, ...] = ()
    period: Period | None = None


class DocumentContent(Wire, frozen=True, kw_only=True):
    """One form of a document."""

    attachment: Attachment | None = None


class DocumentReference(Resource, frozen=True, kw_only=True):
    """http://hl7.org/fhir/R4/documentreference.html, http://hl7.org/fhir/R5/documentreference.html."""

    doc_status: str | None = None
    type: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    date: str | None = None
    author: tuple[Reference, ...] = ()
    description: str | None = None
    content: tuple[DocumentContent, ...] = ()
    context: DocumentContext | tuple[Reference, ...] | None = None
    """R5 has the references to visits here themselves."""
    period: Period | None = None
    """R5 only."""
