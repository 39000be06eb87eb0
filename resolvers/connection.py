"""Lists of records in the graph: Relay connections that also say how complete they are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from msgspec import Struct

from connectors.contract import Question
from connectors.records import Conflict as ConflictRecord
from connectors.records import ConflictRule
from connectors.records import Provenance as ProvenanceRecord
from connectors.records import Record as AnyRecord
from resolvers import joining, merging
from resolvers.chart import Chart
from resolvers.coded_text import CodedText
from resolvers.completeness import Completeness, CompletenessOf, Rests, Told
from resolvers.context import Info
from resolvers.deviations import fits
from resolvers.federation import Federation
from resolvers.found import Found
from resolvers.locating import Directory, Named
from resolvers.moments import MOMENTS
from resolvers.refusals import BadRequest
from resolvers.shown import enumeration, shown
from resolvers.under_way import UnderWay

R = TypeVar("R", bound=AnyRecord)
T = TypeVar("T")

First = Annotated[int | None, strawberry.argument(description="At most so many items; all of them by default.")]
From = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="Only from the sources with these keys; the others are declared as not asked."),
]
After = Annotated[str | None, strawberry.argument(description="Only items behind this cursor.")]


@shown(ProvenanceRecord)
class Provenance:
    """Where a record stands, and how fresh the reading is."""


enumeration(ConflictRule)


@shown(ConflictRecord)
class Conflict:
    """A field of a record in which its systems disagree. The field itself shows the safest value, by the named rule."""


@strawberry.interface(description="A fact that came from at least one source.")
class Record:
    """What every record shows."""

    id: strawberry.ID = strawberry.field(
        description="Opaque and stable: the same fact has the same id tomorrow, whichever of its systems answer."
    )
    provenance: list[Provenance] = strawberry.field(
        description="Where it stands; more than one where several systems hold the same fact."
    )
    conflicts: list[Conflict] = strawberry.field(
        description="Fields in which its systems disagree; the fields show the safest value. Empty where they agree."
    )


@shown(merging.PageInfo)
class PageInfo:
    """Where a page lies in the whole list (Relay)."""


@strawberry.type(description="An item of a list with its cursor (Relay).")
class Edge(Generic[T]):
    """An item of a list with its cursor."""

    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Its place in the list, opaque.")


@strawberry.type(description="A list from sources: its items, newest first, and whether they are all there are.")
class Connection(Generic[T]):
    """A list from sources."""

    nodes: list[T] = strawberry.field(description="The items of this page.")
    edges: list[Edge[T]] = strawberry.field(description="The items of this page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the whole list.")
    total_count: int | None = strawberry.field(
        description="Number of items in the whole list; none while it is incomplete, for then nobody knows."
    )
    completeness: Completeness = strawberry.field(
        description="Whether the whole list is all there is, and who did not answer."
    )


class Listed(merging.Page[R], frozen=True):
    """A page with the completeness of the list that it is cut from: the value of a ``Connection``."""

    told: Told

    @property
    def total_count(self) -> int | None:
        """Number of items in the whole list, where it is known."""
        return self.total if self.told.is_counted else None

    @property
    def completeness(self) -> CompletenessOf:
        """Whether the whole list is all there is."""
        return self.told.completeness


class Brought(Struct, frozen=True):
    """What the questions beside a list brought, by class of record."""

    told: Mapping[type[AnyRecord], Sequence[Any]]
    """As the sources gave it; the list's own class as well."""
    items: Mapping[type[AnyRecord], Sequence[Any]]
    """Joined; the list's own class not."""


class Beside(Struct, Generic[R], frozen=True):
    """What the items of a list show from answers to other questions: begun at once, as the list itself."""

    asked: Mapping[type[AnyRecord], Awaitable[Found[Any]]]
    attach: Callable[[Sequence[R], Brought], Sequence[R]]
    """Gives the items with what belongs to each."""


def asked_beside(
    info: Info, chart: Chart, *questions: Question[Any], attach: Callable[[Sequence[R], Brought], Sequence[R]]
) -> Beside[R]:
    """Ask other questions about the citizen of the chart, and let the items of a list show what came back.

    Args:
        info: of the field.
        chart: whose record.
        questions: about other classes of record, one of each.
        attach: as in ``Beside``.
    """
    access, federation = info.context.access, info.context.federation
    asked = {question.about: federation.ask(question, access.permit(chart, question.about)) for question in questions}
    return Beside(asked, attach)


def connect(
    info: Info,
    chart: Chart,
    question: Question[R],
    *,
    first: int | None,
    after: str | None,
    keep: Callable[[R], bool] | None = None,
    sources: list[strawberry.ID] | None = None,
    facility: str | None = None,
    beside: Sequence[Beside[R]] = (),
) -> Awaitable[Listed[R]]:
    """Ask the question about the citizen of the chart, and list what came back.

    The asking begins at once: every list of one selection is then under way before the first is awaited.

    Args:
        info: of the field.
        chart: whose record.
        question: the class of record and its slice.
        first: size of the page.
        after: cursor before it.
        keep: filters what a question to a source cannot say; its slice is filtered again here, for every list. Both
            judge joined items: what is present in one system is not shown as past because another says so.
        sources: keys of the only sources to ask.
        facility: code of the only facility to ask at, where it has a source of its own.
        beside: what the items show from answers to other questions; the list is complete only when those are.

    Raises:
        BadRequest: there is no source of such a key, or no such page.
    """
    context, about = info.context, question.about
    federation, key = context.federation, chart.subject.ref
    if first is not None or after is not None:
        merging.begins(first, after)
    these = _named(federation.directory, sources, facility) if sources is not None or facility is not None else None
    asked = federation.ask(question, context.access.permit(chart, about), these)
    when = MOMENTS[about]
    # Ids and cursors are hashes, which cost more than all else in a list: they are made of what somebody looks at.
    ids = federation.tells_ids

    def kept(items: Sequence[R]) -> Sequence[R]:
        if question.is_slice:
            items = list(filter(fits(question, when), items))
        return items if keep is None else list(filter(keep, items))

    async def listed() -> Listed[R]:
        found = await asked
        one_source = len(found.outcomes) == 1
        joined = partial(joining.join, about, key=key, wanted=federation.wanted_of(about), one_source=one_source)
        if ids and first is not None and not beside:
            alone = joined(found.records, ids=False)
            apart = merging.apart(kept(alone), when) if alone is found.records else None
            if apart is not None:  # its order needs no ids: they are made of what stands on the page
                named = partial(joining.named, about, among=alone, key=key)
                page = merging.page_apart(apart, when=when, first=first, after=after, named=named)
                return Listed(page.nodes, page.page_info, page.total, when, Rests(found, context.language))
        in_order = merging.apart(found.records, when) if one_source and not ids and not beside else None
        items: Sequence[R] = joined(
            found.records if in_order is None else in_order, ids=ids, apart=in_order is not None
        )
        others: tuple[Found[Any], ...] = ()
        if beside:
            items, others = await _attached(federation, items, found, beside, about, key=key)
        items = kept(items)
        told = Rests(found, context.language, others)
        if first is None and after is None and not ids:
            are_tied = one_source and not beside and in_order is None
            order = merging.tied if are_tied else merging.ordered
            nodes = in_order if items is in_order else tuple(order(items, when, ids=False))
            return Listed(nodes, merging.ALL, len(nodes), when, told)
        page = merging.page(items, when=when, first=first, after=after)
        return Listed(page.nodes, page.page_info, page.total, when, told)

    return UnderWay(listed)


async def _attached(
    federation: Federation,
    items: Sequence[R],
    found: Found[R],
    beside: Sequence[Beside[R]],
    about: type[R],
    *,
    key: str,
) -> tuple[Sequence[R], tuple[Found[Any], ...]]:
    """The items with what belongs to them, and what that came from; a class is asked once, whoever needs it."""
    each: dict[type[AnyRecord], Found[Any]] = {about: found}
    joined: dict[type[AnyRecord], Sequence[Any]] = {}
    for more in beside:
        for other, asked in more.asked.items():
            told = await asked
            if other not in each:
                each[other] = told
                joined[other] = joining.join(
                    other, told.records, key=key, ids=federation.tells_ids, wanted=federation.wanted_of(other)
                )
        brought = Brought({one: told.records for one, told in each.items()}, dict(joined))
        items = more.attach(items, brought)
    return items, tuple(told for one, told in each.items() if one is not about)


def _named(directory: Directory, sources: list[strawberry.ID] | None, facility: str | None) -> Named:
    keys = tuple(str(key) for key in sources or ())
    if sources is not None and not (keys and all(directory.knows(key) for key in keys)):
        raise BadRequest("'sources' takes keys of configured sources, at least one.")
    return Named(keys, facility)


__all__ = [
    "After",
    "Brought",
    "CodedText",
    "Connection",
    "First",
    "From",
    "Listed",
    "Provenance",
    "Record",
    "asked_beside",
    "connect",
]
