"""DiagnosticReport, Procedure and DocumentReference to records."""

from datetime import datetime

from connectors.fhir import wire
from connectors.fhir.datatypes import Attachment as Form
from connectors.fhir.datatypes import CodeableConcept, Period, Reference
from connectors.fhir.mapping.around import Around, Contained
from connectors.fhir.mapping.elements import ENTERED_IN_ERROR, coded, coded_all, codes_of, display_of, needed
from connectors.fhir.mapping.observation import place
from connectors.fhir.mapping.places import facility, practitioner
from connectors.fhir.mapping.shared import STATED, is_right, meaning, visit
from connectors.fhir.mapping.table import Of, Points, Table
from connectors.fhir.mapping.times import moment, partial, start_of
from connectors.records import (
    Attachment,
    CodedText,
    Document,
    Facility,
    PartialDate,
    Practitioner,
    Procedure,
    Report,
    ReportKind,
)

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


def _performed_by(performer: tuple[Reference, ...]) -> str | None:
    return next(filter(None, map(display_of, performer)), None)


def _kind(category: tuple[CodeableConcept, ...]) -> ReportKind:
    return next((_KINDS[code] for code in codes_of(category) if code in _KINDS), ReportKind.OTHER)


def _issued(issued: str | None, effective_date_time: str | None, effective_period: Period | None) -> datetime | None:
    return moment(issued or effective_date_time or start_of(effective_period))


def _conclusion(conclusion: str | None, conclusion_code: tuple[CodeableConcept, ...]) -> str | None:
    return conclusion or "; ".join(text.text for text in coded_all(conclusion_code)) or None


def _attachments(presented_form: tuple[Form, ...]) -> tuple[Attachment, ...]:
    return tuple(map(_attached, presented_form))


def _attached(form: Form) -> Attachment:
    return Attachment(
        title=form.title,
        date=moment(form.creation),
        content_type=form.content_type or _UNKNOWN_TYPE,
        size_bytes=_bytes(form),
        location=form.url,
    )


def _results(result: tuple[Reference, ...], around: Around) -> tuple[str, ...]:
    return tuple(_id(one, around) for one in result)


def _id(result: Reference, around: Around) -> str:
    """The id of the Observation; what is no such pointer stays as written, so that it is missed and not forgotten."""
    target = around.target(result)
    return target[1] if target and target[0] == "Observation" else result.reference or result.display or "unknown"


REPORT = Table(
    record=Report,
    wire=wire.DiagnosticReport,
    alike=frozenset({"code"}),
    is_one=is_right,
    recorded="issued",
    author=_performed_by,
    fields={
        "kind": _kind,
        "code": meaning,
        "issued": _issued,
        "conclusion": _conclusion,
        "facility": place,
        "status": STATED,
        "attachments": _attachments,
        "result_ids": _results,
        "encounter_id": visit,
    },
    points=(Points("facility", "performer", to=("Organization",)),),
)
"""A report; which observations it consists of is kept by their ids."""


def _performed(
    performed_date_time: str | None,
    occurrence_date_time: str | None,
    performed_period: Period | None,
    occurrence_period: Period | None,
    performed_string: str | None,
    occurrence_string: str | None,
) -> PartialDate | None:
    on = performed_date_time or occurrence_date_time or start_of(performed_period or occurrence_period)
    return partial(on) or partial(performed_string) or partial(occurrence_string)


def _doer(performer: tuple[wire.ProcedurePerformer, ...], around: Around, contained: Contained) -> Practitioner | None:
    return next(filter(None, (practitioner(part.actor, around, contained) for part in performer)), None)


def _place(performer: tuple[wire.ProcedurePerformer, ...], around: Around, contained: Contained) -> Facility | None:
    """An organisation for which it was done, else the source itself. A Location is a room, not a facility."""
    places = (facility(part.on_behalf_of, around, contained) for part in performer)
    return next(filter(None, places), None) or around.own


def _behind(performer: tuple[wire.ProcedurePerformer, ...]) -> tuple[Reference | None, ...]:
    return tuple(part.on_behalf_of for part in performer)


PROCEDURE = Table(
    record=Procedure,
    wire=wire.Procedure,
    alike=frozenset({"code", "outcome"}),
    is_one=is_right,
    recorded="recorded",
    fields={
        "code": meaning,
        "performed": _performed,
        "performer": _doer,
        "facility": _place,
        "outcome": Of(coded, "outcome"),
        "status": STATED,
        "encounter_id": visit,
    },
    points=(Points("facility", _behind, to=("Organization",)),),
)
"""An operation or procedure; also one that was not done in the end, which its status says."""


def _is_document(status: str | None, doc_status: str | None) -> bool:
    return ENTERED_IN_ERROR not in (status, doc_status)


def _form(content: tuple[wire.DocumentContent, ...]) -> Form:
    """Several contents are several forms of one document: the first stands for it."""
    return next((one.attachment for one in content if one.attachment), None) or Form()


def _document_kind(
    type: CodeableConcept | None,  # noqa: A002 - the element's own name
    category: tuple[CodeableConcept, ...],
    description: str | None,
    form: Form,
) -> CodedText:
    words = description or form.title
    kind = next(filter(None, (coded(type), *coded_all(category))), None)
    return needed(kind or (CodedText(text=words) if words else None))


def _title(form: Form, description: str | None) -> str | None:
    return form.title or description


def _date(date: str | None, form: Form) -> datetime | None:
    return moment(date) or moment(form.creation)


def _content_type(form: Form) -> str:
    return form.content_type or _UNKNOWN_TYPE


def _document_status(status: str | None, doc_status: str | None) -> str | None:
    return "draft" if doc_status == "preliminary" else status


def _document_visit(context: wire.DocumentContext | tuple[Reference, ...] | None, around: Around) -> str | None:
    if isinstance(context, tuple):
        return around.visit(*context)
    return around.visit(*context.encounter) if context else None


def _written_by(author: tuple[Reference, ...]) -> str | None:
    return next(filter(None, map(display_of, author)), None)


def _location(form: Form) -> str | None:
    return form.url


def _bytes(form: Form) -> int | None:
    """The length, where it is one that the graph can say (32 bits)."""
    size = form.size
    known = size is not None and size.is_finite() and 0 <= size < _MOST_BYTES
    return int(size) if size is not None and known else None


DOCUMENT = Table(
    record=Document,
    wire=wire.DocumentReference,
    steps={"form": _form},
    is_one=_is_document,
    recorded="date",
    author=_written_by,
    fields={
        "kind": _document_kind,
        "title": _title,
        "date": _date,
        "content_type": _content_type,
        "size_bytes": _bytes,
        "status": _document_status,
        "encounter_id": _document_visit,
        "location": _location,
    },
)
"""A document: that it exists, never what it says."""
