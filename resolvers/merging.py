"""Pure: the items of all sources in one order, cut into pages.

The order is the newest first and, within one moment, by id. It depends on the records alone, never on which source
answered first, so a page boundary lies at the same place whatever happens between two requests.
"""

import base64
import binascii
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from operator import attrgetter, gt
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Struct, to_builtins

from connectors.records import Record, doc
from resolvers.moments import When
from resolvers.partial_dates import in_zone
from resolvers.refusals import BadRequest

R = TypeVar("R", bound=Record)

_ID = attrgetter("id")

_AFTER_ALL = "\x7f"
"""Stands behind every id, as text."""

MAX_PAGE = 1000


class PageInfo(Struct, frozen=True, kw_only=True):
    """Where a page lies in the whole list."""

    has_next_page: Annotated[bool, doc("Whether more follows.")]
    has_previous_page: Annotated[bool, doc("Whether something went before: true when 'after' was given.")]
    start_cursor: Annotated[str | None, doc("Cursor of the first item; none on an empty page.")]
    end_cursor: Annotated[str | None, doc("Cursor of the last item; pass it as 'after' for the next page.")]


class Edge(Struct, Generic[R], frozen=True):
    """An item of a page with its cursor."""

    node: R
    cursor: str


class Page(Struct, Generic[R], frozen=True):
    """A part of an ordered list."""

    nodes: tuple[R, ...]
    page_info: PageInfo
    total: int
    """Number of items in the whole list."""
    when: When[R]

    @property
    def edges(self) -> tuple[Edge[R], ...]:
        """The items, each with its cursor."""
        return tuple(Edge(node, cursor(_place(node, self.when))) for node in self.nodes)


ALL = PageInfo(has_next_page=False, has_previous_page=False, start_cursor=None, end_cursor=None)
"""That of a list on one page, where nobody looks at a cursor."""


def page(records: Iterable[R], *, when: When[R], first: int | None, after: str | None) -> Page[R]:
    """One page of the records.

    Args:
        records: all of them.
        when: tells when a record's fact was true.
        first: size of the page.
        after: cursor before it.

    Raises:
        BadRequest: ``first`` is out of bounds, or ``after`` is no cursor of ours.
    """
    beyond = begins(first, after)
    items = ordered(records, when)
    begin = 0 if beyond is None else _first_beyond(items, when, beyond)
    nodes = items[begin:] if first is None else items[begin : begin + first]
    return _page(tuple(nodes), items, begin, when)


def page_apart(
    items: Sequence[R], *, when: When[R], first: int, after: str | None, named: Callable[[Sequence[R]], Sequence[R]]
) -> Page[R]:
    """The same of items of which no two are true of one moment: their order needs no ids.

    Args:
        items: all of them, in order.
        when: tells when a record's fact was true.
        first: size of the page.
        after: cursor before it.
        named: gives items their ids.

    Raises:
        BadRequest: ``first`` is out of bounds, or ``after`` is no cursor of ours.
    """
    beyond = begins(first, after)
    begin = 0 if beyond is None else _first_beyond(items, when, (beyond[0], _AFTER_ALL))
    nodes = named(items[begin : begin + first + 1])
    if beyond is not None and nodes and _place(nodes[0], when) >= beyond:  # mostly the one that the cursor is of
        begin, nodes = begin + 1, nodes[1:]
    return _page(tuple(nodes[:first]), items, begin, when)


def _page(nodes: tuple[R, ...], items: Sequence[R], begin: int, when: When[R]) -> Page[R]:
    info = PageInfo(
        has_next_page=begin + len(nodes) < len(items),
        has_previous_page=begin > 0,
        start_cursor=cursor(_place(nodes[0], when)) if nodes else None,
        end_cursor=cursor(_place(nodes[-1], when)) if nodes else None,
    )
    return Page(nodes, info, len(items), when)


def _first_beyond(items: Sequence[R], when: When[R], beyond: tuple[str, str]) -> int:
    """Number of the first item behind that place: they are in order, so few are looked at."""
    return bisect_left(range(len(items)), x=True, key=lambda number: _place(items[number], when) < beyond)


def begins(first: int | None, after: str | None) -> tuple[str, str] | None:
    """The place behind which a page begins; ``None`` for the first page.

    It is found out before anybody is asked: for a page that cannot be, nobody is.

    Args:
        first: size of the page.
        after: cursor before it.

    Raises:
        BadRequest: ``first`` is out of bounds, or ``after`` is no cursor of ours.
    """
    if first is not None and not 1 <= first <= MAX_PAGE:
        raise BadRequest(f"'first' must be between 1 and {MAX_PAGE}.")
    return _read(after) if after is not None else None


def cursor(place: tuple[str, str]) -> str:
    """A place in the order, as opaque text. It needs no memory: every gateway reads it the same way."""
    return base64.urlsafe_b64encode("\0".join(place).encode()).decode().rstrip("=")


def _read(text: str) -> tuple[str, str]:
    try:
        written = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
        moment, between, record_id = written.decode().partition("\0")
    except (binascii.Error, ValueError):
        between = ""
    if not between:
        raise BadRequest("'after' must be a cursor of an earlier page.")
    return moment, record_id


def ordered(records: Iterable[R], when: When[R], *, ids: bool = True) -> Sequence[R]:
    """All of them in the order of pages, the last place first.

    What is true of one moment is ordered before: a sort keeps the order of equals. Moments of one type are compared as
    they are.

    Args:
        records: all of them.
        when: tells when a record's fact was true.
        ids: whether the ids of the records are true ones. Where nobody looks at them, the place at the source orders.
    """
    told = tuple(records)
    by_moment = apart(told, when)
    return tied(told, when, ids=ids) if by_moment is None else by_moment


def tied(records: Iterable[R], when: When[R], *, ids: bool) -> Sequence[R]:
    """The same where some are known to be true of one moment, or not all moments to be of one type."""
    items = sorted(records, key=_ID if ids else _at_source, reverse=True)
    try:
        return sorted(items, key=when, reverse=True)  # type: ignore[arg-type]  # of several types, this raises
    except TypeError:
        pass
    dated = [item for item in items if when(item)]
    try:
        dated.sort(key=when, reverse=True)  # type: ignore[arg-type]  # the same
    except TypeError:
        dated.sort(key=lambda item: _place(item, when)[0], reverse=True)
    return [*dated, *(item for item in items if not when(item))]


def apart(records: Iterable[R], when: When[R]) -> tuple[R, ...] | None:
    """All of them in that order where no two are true of one moment, as mostly none are; else ``None``.

    Then none of them is a repetition of another.
    """
    key: Any = when
    try:
        items = sorted(records, key=key, reverse=True)
        moments = [*map(key, items)]
        return tuple(items) if all(map(gt, moments, islice(moments, 1, None))) else None
    except TypeError:  # they are of several types, or not all known
        return None


def _at_source(record: Record) -> str:
    return record.provenance[0].source_record_id


def _place(record: R, when: When[R]) -> tuple[str, str]:
    """Sorts as text: a partly known date stands before every day that it could mean, an unknown one at the very end."""
    moment = when(record)
    if isinstance(moment, datetime):
        there = to_builtins(in_zone(moment, UTC))
        return f"{there[:-1]}+00:00", record.id
    if isinstance(moment, date):
        return moment.isoformat(), record.id
    return moment or "", record.id
