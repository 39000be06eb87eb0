"""DiagnosticReport, Procedure and DocumentReference to records."""

from connectors.fhir import wire
from connectors.fhir.datatypes import Attachment as Form
from connectors.fhir.datatypes import Reference
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    coded,
    coded_all,
    codes_of,
    display_of,
    facility,
    moment,
    needed,
    partial,
    practitioner,
    start_of,
)
from connectors.fhir.mapping.observation import place
from connectors.records import Attachment, CodedText, Document, Facility, Procedure, Report, ReportKind

_KINDS: dict[str, ReportKind] = {
    **dict.fromkeys(
        ("LAB", "BLB", "CH", "HM", "IMM", "LP29693-6", "MB", "MCB", "MYC", "SR", "TX", "VR", "laboratory"),
        ReportKind.LABORATORY,
    ),
    **dict.fromkeys(
        ("RAD", "CT", "CUS", "LP29684-5", "NMR", "NMS", "OUS", "RUS", "RX", "VUS", "XRC", "394914008", "imaging"),
        ReportKind.IMAGING,
    ),
    **dict.fromkeys(("PAT", "CG", "CP", "LP7839-6", "SP"), ReportKind.PATHOLOGY),
    **dict.fromkeys(("EC", "EN", "LP29708-2", "PF", "RC"), ReportKind.FUNCTIONAL),
}
"""Codes of HL7 v2 table 0074, of LOINC's report classes, and of SNOMED CT where one is met."""

_UNKNOWN_TYPE = "application/octet-stream"
_MOST_BYTES = 2**31


def report(found: wire.DiagnosticReport, around: Around) -> Report | None:
    """A report; which observations it consists of is kept by their ids."""
    if found.status == ENTERED_IN_ERROR:
        return None
    author = next(filter(None, map(display_of, found.performer)), None)
    issued = found.issued or found.effective_date_time or start_of(found.effective_period)
    id_, provenance = around.stamped(Report, found, recorded=found.issued, author=author)
    return Report(
        id=id_,
        provenance=provenance,
        kind=next((_KINDS[code] for code in codes_of(found.category) if code in _KINDS), ReportKind.OTHER),
        code=needed(coded(found.code)),
        issued=moment(issued),
        conclusion=found.conclusion or "; ".join(text.text for text in coded_all(found.conclusion_code)) or None,
        facility=place(found, around),
        status=found.status or "unknown",
        attachments=tuple(map(_attached, found.presented_form)),
        result_ids=tuple(_id(result, around) for result in found.result),
        encounter_id=around.visit(found.encounter),
    )


def _id(result: Reference, around: Around) -> str:
    """The id of the Observation; what is no such pointer stays as written, so that it is missed and not forgotten."""
    target = around.target(result)
    return target[1] if target and target[0] == "Observation" else result.reference or result.display or "unknown"


def _attached(form: Form) -> Attachment:
    return Attachment(
        title=form.title,
        date=moment(form.creation),
        content_type=form.content_type or _UNKNOWN_TYPE,
        size_bytes=_bytes(form),
        location=form.url,
    )


def procedure(done: wire.Procedure, around: Around) -> Procedure | None:
    """An operation or procedure; also one that was not done in the end, which its status says."""
    if done.status == ENTERED_IN_ERROR:
        return None
    period = done.performed_period or done.occurrence_period
    on = done.performed_date_time or done.occurrence_date_time or start_of(period)
    people = (practitioner(part.actor, around, done) for part in done.performer)
    id_, provenance = around.stamped(Procedure, done, recorded=done.recorded, author=None)
    return Procedure(
        id=id_,
        provenance=provenance,
        code=needed(coded(done.code)),
        performed=partial(on) or partial(done.performed_string) or partial(done.occurrence_string),
        performer=next(filter(None, people), None),
        facility=_place(done, around),
        outcome=coded(done.outcome),
        status=done.status or "unknown",
        encounter_id=around.visit(done.encounter),
    )


def _place(done: wire.Procedure, around: Around) -> Facility | None:
    """An organisation for which it was done, else the source itself. A Location is a room, not a facility."""
    places = (part.on_behalf_of for part in done.performer)
    return next(filter(None, (facility(place, around, done) for place in places)), None) or around.own


def document(found: wire.DocumentReference, around: Around) -> Document | None:
    """A document: that it exists, never what it says. Several contents are several forms of one document."""
    if ENTERED_IN_ERROR in (found.status, found.doc_status):
        return None
    form = next((content.attachment for content in found.content if content.attachment), None) or Form()
    words = found.description or form.title
    kind = next(filter(None, (coded(found.type), *coded_all(found.category))), None)
    author = next(filter(None, map(display_of, found.author)), None)
    id_, provenance = around.stamped(Document, found, recorded=found.date, author=author)
    return Document(
        id=id_,
        provenance=provenance,
        kind=needed(kind or (CodedText(text=words) if words else None)),
        title=form.title or found.description,
        date=moment(found.date) or moment(form.creation),
        content_type=form.content_type or _UNKNOWN_TYPE,
        size_bytes=_bytes(form),
        status="draft" if found.doc_status == "preliminary" else found.status,
        encounter_id=around.visit(*_visits(found)),
        location=form.url,
    )


def _visits(found: wire.DocumentReference) -> tuple[Reference, ...]:
    if isinstance(found.context, tuple):
        return found.context
    return found.context.encounter if found.context else ()


def _bytes(form: Form) -> int | None:
    """The length, where it is one that the graph can say (32 bits)."""
    size = form.size
    known = size is not None and size.is_finite() and 0 <= size < _MOST_BYTES
    return int(size) if size is not None and known else None
