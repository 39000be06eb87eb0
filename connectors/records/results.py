"""What was done and written down: reports, procedures, documents."""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from connectors.records.base import CodedText, Described, Facility, PartialDate, Practitioner, Record, doc


class ReportKind(Described):
    """What sort of report it is."""

    LABORATORY = "LABORATORY", "Laboratory."
    IMAGING = "IMAGING", "X-ray, ultrasound, CT, MRI ..."
    PATHOLOGY = "PATHOLOGY", "Pathology, cytology."
    FUNCTIONAL = "FUNCTIONAL", "Functional tests: ECG, spirometry ..."
    OTHER = "OTHER", "Another kind, or the source does not say."


class Document(Record, frozen=True, kw_only=True):
    """A document that the source holds (FHIR DocumentReference): what it is, never its content."""

    kind: Annotated[CodedText, doc("Kind of document.")]
    title: Annotated[str | None, doc("Title.")] = None
    date: Annotated[datetime | None, doc("When it was written.")] = None
    content_type: Annotated[str, doc("Media type of the content.")]
    size_bytes: Annotated[int | None, doc("Length of the content, where the source says.")] = None
    status: Annotated[str | None, doc("State as the source wrote it: current, superseded, draft ...")] = None
    encounter_id: str | None = None
    """Id at the source of the visit that it belongs to; for the gateway alone."""
    location: str | None = None
    """Where the content lies at the source; for the gateway alone."""


class Attachment(Struct, frozen=True, kw_only=True, gc=False):
    """A file that belongs to a report: what it is, never its content."""

    title: Annotated[str | None, doc("Title.")] = None
    date: Annotated[datetime | None, doc("When it was made.")] = None
    content_type: Annotated[str, doc("Media type of the content.")]
    size_bytes: Annotated[int | None, doc("Length of the content, where the source says.")] = None
    location: str | None = None
    """Where the content lies at the source; for the gateway alone."""


class Report(Record, frozen=True, kw_only=True):
    """A report with results and a conclusion (FHIR DiagnosticReport)."""

    kind: Annotated[ReportKind, doc("Sort of report.")]
    code: Annotated[CodedText, doc("What was examined.")]
    issued: Annotated[datetime | None, doc("When it was released.")] = None
    conclusion: Annotated[str | None, doc("Conclusion in words.")] = None
    facility: Annotated[Facility | None, doc("Where it was made.")] = None
    status: Annotated[str, doc("State of the report as the source wrote it.")]
    attachments: Annotated[tuple[Attachment, ...], doc("The report as its makers laid it out; may be empty.")] = ()
    result_ids: tuple[str, ...] = ()
    """Ids at the source of the observations that it consists of; for the gateway alone."""
    encounter_id: str | None = None
    """Id at the source of the visit that it belongs to; for the gateway alone."""


class Procedure(Record, frozen=True, kw_only=True):
    """An operation or procedure (FHIR Procedure)."""

    code: Annotated[CodedText, doc("What was done.")]
    performed: Annotated[PartialDate | None, doc("When.")] = None
    performer: Annotated[Practitioner | None, doc("Who did it.")] = None
    facility: Annotated[Facility | None, doc("Where.")] = None
    outcome: Annotated[CodedText | None, doc("How it went.")] = None
    status: Annotated[str, doc("State as the source wrote it: not-done for what was not done in the end.")]
    encounter_id: str | None = None
    """Id at the source of the visit that it belongs to; for the gateway alone."""
