"""What was done and written down: reports, procedures, documents."""

from datetime import datetime
from typing import Annotated

from connectors.records.base import CodedText, Described, Facility, PartialDate, Practitioner, Record, doc


class ReportKind(Described):
    """What sort of report it is."""

    LABORATORY = "LABORATORY", "Laboratory."
    IMAGING = "IMAGING", "X-ray, ultrasound, CT, MRI ..."
    PATHOLOGY = "PATHOLOGY", "Pathology, cytology."
    FUNCTIONAL = "FUNCTIONAL", "Functional tests: ECG, spirometry ..."
    OTHER = "OTHER", "Another kind, or the source does not say."


class Report(Record, frozen=True, kw_only=True):
    """A report with results and a conclusion (FHIR DiagnosticReport)."""

    kind: Annotated[ReportKind, doc("Sort of report.")]
    code: Annotated[CodedText, doc("What was examined.")]
    issued: Annotated[datetime | None, doc("When it was released.")] = None
    conclusion: Annotated[str | None, doc("Conclusion in words.")] = None
    facility: Annotated[Facility | None, doc("Where it was made.")] = None
    status: Annotated[str, doc("State of the report as the source wrote it.")]
    result_ids: tuple[str, ...] = ()
    """Ids at the source of the observations that it consists of."""


class Procedure(Record, frozen=True, kw_only=True):
    """An operation or procedure (FHIR Procedure)."""

    code: Annotated[CodedText, doc("What was done.")]
    performed: Annotated[PartialDate | None, doc("When.")] = None
    performer: Annotated[Practitioner | None, doc("Who did it.")] = None
    facility: Annotated[Facility | None, doc("Where.")] = None
    outcome: Annotated[CodedText | None, doc("How it went.")] = None
    status: Annotated[str, doc("State as the source wrote it.")]


class Document(Record, frozen=True, kw_only=True):
    """A document that the source holds (FHIR DocumentReference): what it is, never its content."""

    kind: Annotated[CodedText, doc("Kind of document.")]
    title: Annotated[str | None, doc("Title.")] = None
    date: Annotated[datetime | None, doc("When it was written.")] = None
    content_type: Annotated[str, doc("Media type of the content.")]
    size_bytes: Annotated[int | None, doc("Length of the content, where the source says.")] = None
    location: str | None = None
    """Where the content lies at the source; for the gateway alone."""
