"""Everything that happened, in one order: the records of several classes as events."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

import strawberry
from msgspec import Struct, structs

from connectors import records
from connectors.clock import HO_CHI_MINH
from connectors.contract import Question
from connectors.records import CodedText, Coding, Described, PartialDate, doc
from resolvers import document, merging, visit
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, together
from resolvers.connection import After, First, Listed, Record, asked_beside, connect
from resolvers.context import Info
from resolvers.deviations import fits
from resolvers.joining.codes import SNOMED
from resolvers.moments import MOMENTS
from resolvers.partial_dates import in_zone
from resolvers.period import Since, Until
from resolvers.pregnancy import pregnancies
from resolvers.report import ABOUT_RESULTS, RESULTS, explained
from resolvers.screening import screenings
from resolvers.selection import reads
from resolvers.shown import enumeration, shown
from resolvers.under_way import UnderWay

PREGNANT = CodedText(text="77386006", codings=(Coding(system=SNOMED, code="77386006"),))
"""No source gives a pregnancy a name."""


class EventKind(Described):
    """What sort of event it is."""

    ENCOUNTER = "ENCOUNTER", "A visit or stay; when it began."
    CONDITION = "CONDITION", "A problem; when it began, else when it was written down."
    ALLERGY = "ALLERGY", "An allergy, or the statement that none is known; when it was written down, else noticed."
    MEDICATION = "MEDICATION", "A medicine; its first day."
    OBSERVATION = "OBSERVATION", "A measurement, result or finding."
    REPORT = "REPORT", "A report; when it was released."
    PROCEDURE = "PROCEDURE", "An operation or procedure."
    IMMUNIZATION = "IMMUNIZATION", "A vaccination."
    REFERRAL = "REFERRAL", "A referral; when it was written."
    APPOINTMENT = "APPOINTMENT", "A planned visit."
    SCREENING = "SCREENING", "What counts for a screening programme; the result behind it is an event of its own."
    PREGNANCY = "PREGNANCY", "A pregnancy; when care for it began, else when it was last told of or ended."
    DOCUMENT = "DOCUMENT", "A document; when it was written."


class Told(Struct, frozen=True):
    """How a class of record becomes events."""

    about: type[records.Record]
    title: Callable[[Any], CodedText]
    derived: Callable[[Chart, Info], Awaitable[Listed[Any]]] | None = None
    """Its own list in the graph, where that is made of more than the records of the class."""


def _of_visit(one: records.Encounter) -> CodedText:
    return one.reason or next((each.code for each in one.diagnoses), CodedText(text=one.facility.name))


KINDS: Mapping[EventKind, Told] = {
    EventKind.ENCOUNTER: Told(records.Encounter, _of_visit),
    EventKind.CONDITION: Told(records.Condition, lambda one: one.code),
    EventKind.ALLERGY: Told(records.Allergy, lambda one: one.substance),
    EventKind.MEDICATION: Told(records.Medication, lambda one: one.code),
    EventKind.OBSERVATION: Told(records.Observation, lambda one: one.code),
    EventKind.REPORT: Told(records.Report, lambda one: one.code),
    EventKind.PROCEDURE: Told(records.Procedure, lambda one: one.code),
    EventKind.IMMUNIZATION: Told(records.Immunization, lambda one: one.vaccine),
    EventKind.REFERRAL: Told(
        records.Referral,
        lambda one: one.reason or CodedText(text=one.to_facility.name if one.to_facility else one.status),
    ),
    EventKind.APPOINTMENT: Told(records.Appointment, lambda one: CodedText(text=one.reason or one.facility.name)),
    EventKind.SCREENING: Told(records.Screening, lambda one: one.programme, screenings),
    EventKind.PREGNANCY: Told(records.Pregnancy, lambda _: PREGNANT, pregnancies),
    EventKind.DOCUMENT: Told(records.Document, lambda one: one.kind),
}


class EventOf(Struct, frozen=True, kw_only=True):
    """One event: a record in the order of time."""

    kind: Annotated[EventKind, doc("Sort of event.")]
    on: Annotated[PartialDate | None, doc("Day in Ho Chi Minh City, as far as it is known.")]
    at: Annotated[datetime | None, doc("The moment, where the source knows one.")]
    title: Annotated[CodedText, doc("What it is about; a statement that nothing is known is one too: see the record.")]
    provenance: Annotated[tuple[records.Provenance, ...], doc("Where the record stands.")]
    record: records.Record


enumeration(EventKind)


@shown(EventOf)
class Event:
    """One event: a record in the order of time."""

    record: Record = strawberry.field(description="The record, as in its own list.")


class EventEdgeOf(Struct, frozen=True):
    """An event with its cursor."""

    node: Annotated[EventOf, doc("The event.")]
    cursor: Annotated[str, doc("Its place in the list, opaque.")]


@shown(EventEdgeOf)
class EventEdge:
    """An event with its cursor (Relay)."""


class Events(Struct, frozen=True, kw_only=True):
    """Events of several classes, newest first, and whether they are all there are."""

    nodes: Annotated[tuple[EventOf, ...], doc("The events of this page.")]
    edges: Annotated[tuple[EventEdgeOf, ...], doc("The events of this page with their cursors.")]
    page_info: Annotated[merging.PageInfo, doc("Where this page lies in the whole list.")]
    total_count: Annotated[
        int | None, doc("Number of events in the whole list; none while it is incomplete, for then nobody knows.")
    ]
    completeness: Annotated[CompletenessOf, doc("Whether every class that was asked for is all there is.")]


@shown(Events)
class EventConnection:
    """Events of several classes, newest first, and whether they are all there are."""


Kinds = Annotated[
    list[EventKind] | None, strawberry.argument(description="Only events of these kinds; only they are asked for.")
]


def timeline(
    root: strawberry.Parent[Chart],
    info: Info,
    kinds: Kinds = None,
    since: Since = None,
    until: Until = None,
    first: First = None,
    after: After = None,
) -> Awaitable[Events]:
    """All events of those kinds in one order."""
    merging.begins(first, after)
    wanted = [kind for kind in KINDS if kinds is None or kind in kinds]
    asked = {kind: _asked(info, root, kind, since, until) for kind in wanted}

    async def merged() -> Events:
        listed = {kind: await each for kind, each in asked.items()}
        kind_of = {KINDS[kind].about: kind for kind in wanted}
        event = partial(_event, kind_of)
        page = merging.page(
            (record for each in listed.values() for record in each.nodes),
            when=lambda record: MOMENTS[_told(kind_of, record)[1].about](record),
            first=first,
            after=after,
        )
        complete = together(each.completeness for each in listed.values())
        return Events(
            nodes=tuple(map(event, page.nodes)),
            edges=tuple(EventEdgeOf(event(edge.node), edge.cursor) for edge in page.edges),
            page_info=page.page_info,
            total_count=page.total if complete.complete else None,
            completeness=complete,
        )

    return UnderWay(merged)


def _asked(
    info: Info, chart: Chart, kind: EventKind, since: date | None, until: date | None
) -> Awaitable[Listed[records.Record]]:
    told = KINDS[kind]
    beside: Any = ()
    if kind is EventKind.ENCOUNTER:
        beside = visit.beside(info, chart, since)
    elif kind is EventKind.REPORT and reads(info, *ABOUT_RESULTS):
        beside = (asked_beside(info, chart, RESULTS, attach=explained),)
    elif kind is EventKind.DOCUMENT:
        beside = document.beside(info, chart)
    question: Question[records.Record] = Question(about=told.about, since=since, until=until)
    if told.derived:
        return _within(told.derived(chart, info), question, told)
    return connect(info, chart, question, first=None, after=None, beside=beside)


async def _within(
    asked: Awaitable[Listed[records.Record]], question: Question[records.Record], told: Told
) -> Listed[records.Record]:
    """A list that is made of more than one class is made whole, and cut here."""
    listed = await asked
    return structs.replace(listed, nodes=tuple(filter(fits(question, MOMENTS[told.about]), listed.nodes)))


def _told(kind_of: Mapping[type[records.Record], EventKind], record: records.Record) -> tuple[EventKind, Told]:
    kind = next(kind for about, kind in kind_of.items() if isinstance(record, about))
    return kind, KINDS[kind]


def _event(kind_of: Mapping[type[records.Record], EventKind], record: records.Record) -> EventOf:
    kind, told = _told(kind_of, record)
    when = MOMENTS[told.about](record)
    at = when if isinstance(when, datetime) else None
    day = in_zone(when, HO_CHI_MINH).date() if isinstance(when, datetime) else when
    on = PartialDate(day.isoformat() if isinstance(day, date) else day) if day else None
    return EventOf(kind=kind, on=on, at=at, title=told.title(record), provenance=record.provenance, record=record)
