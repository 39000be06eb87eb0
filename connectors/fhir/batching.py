"""Searches of one request that begin together go in one call: a Bundle of type batch (R4 section 3.1.0.11.2).

A batch holds one search of a type, so that answers in another order than the questions show: one that is about
another type than was asked for makes the whole batch worthless, for what looks like nothing on record may stand
elsewhere in it.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from msgspec import Raw

from connectors.clock import Clock
from connectors.contract import Deadline, Inquiry
from connectors.errors import Garbled, SourceError
from connectors.fhir.bundle import Bundle
from connectors.fhir.datatypes import Wire
from connectors.http import Line
from connectors.reply import refusal
from connectors.work import aside

MEDIA_TYPES = frozenset({"application/fhir+json", "application/json"})
_MOST = 20
"""Searches in one batch: servers bound it too."""
_TURNS = 3
"""Of the event loop that a batch waits for further searches. Those that wait for one Patient go on in the same."""
_BUNDLE = msgspec.json.Decoder(Bundle)


class _Response(Wire, frozen=True, kw_only=True):
    """How one search of a batch went."""

    status: str = ""


class _Entry(Wire, frozen=True, kw_only=True):
    """The answer to one search of a batch."""

    response: _Response = _Response()
    resource: Raw = Raw()


class _Answers(Wire, frozen=True, kw_only=True):
    """The answer to a batch."""

    resource_type: str = ""
    entry: tuple[_Entry, ...] = ()


class _Type(Wire, frozen=True, kw_only=True):
    resource_type: str = ""


_ANSWERS = msgspec.json.Decoder(_Answers)
_TYPE = msgspec.json.Decoder(_Type)

_Pages = Mapping[str, Bundle | SourceError]
"""The first page of each search, by type, or why there is none."""


class _Batch:
    """Searches by type, in the order in which they came. Each is itself alone."""

    def __init__(self) -> None:
        self.searches: dict[str, str] = {}


class Batches:
    """The batches of one source: for each request the one that still waits for further searches."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._open: WeakKeyDictionary[Inquiry, _Batch] = WeakKeyDictionary()

    async def first(self, kind: str, query: str, inquiry: Inquiry, deadline: Deadline) -> Bundle | None:
        """The first page of that search; ``None`` when no other search began with it, and it should go on its own.

        Raises:
            SourceError: of this search, or of the whole batch.
        """
        batch = self._open.get(inquiry)
        if batch is None or kind in batch.searches or len(batch.searches) >= _MOST:
            batch = self._open[inquiry] = _Batch()
        batch.searches[kind] = query
        pages: _Pages = await inquiry.once(batch, partial(self._send, batch, inquiry, deadline))
        page = pages.get(kind)
        if isinstance(page, SourceError):
            raise page
        return page

    async def _send(self, batch: _Batch, inquiry: Inquiry, deadline: Deadline) -> _Pages:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if self._open.get(inquiry) is batch:
            del self._open[inquiry]
        searches = batch.searches
        if len(searches) == 1:
            return {}
        # Nothing but searches stand in it: it may be repeated.
        reply = await self._line.send(
            "POST",
            self._line.base_url.rstrip("/"),
            json=_asked(searches),
            headers={"accept": "application/fhir+json", "content-type": "application/fhir+json"},
            deadline=deadline,
            repeatable=True,
        )

        def read() -> _Pages:
            answers = reply.decode(_ANSWERS, media_types=MEDIA_TYPES)
            if answers.resource_type != "Bundle" or len(answers.entry) != len(searches):
                raise Garbled("not one answer for each search of a batch")
            return {kind: self._page(kind, entry) for kind, entry in zip(searches, answers.entry, strict=True)}

        return await aside(read, deadline, size=len(reply.body))

    def _page(self, kind: str, entry: _Entry) -> Bundle | SourceError:
        """The page of one search, or why there is none.

        Raises:
            Garbled: it is about another type: nothing of this batch can be relied upon.
        """
        status = entry.response.status[:3]
        if status != "200":
            return refusal(int(status) if status.isascii() and status.isdigit() else 0, None, self._clock)
        try:
            bundle = _BUNDLE.decode(entry.resource)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Garbled(type(error).__name__)
        if bundle.resource_type != "Bundle":
            return Garbled("no Bundle although the search succeeded")
        for match in bundle.entry:
            mode = match.search.mode if match.search else None
            if mode in (None, "match") and _type_of(match.resource) not in (kind, None):
                raise Garbled("a batch was answered in another order")
        return bundle


def _asked(searches: Mapping[str, str]) -> dict[str, Any]:
    entries = [{"request": {"method": "GET", "url": f"{kind}?{query}"}} for kind, query in searches.items()]
    return {"resourceType": "Bundle", "type": "batch", "entry": entries}


def _type_of(resource: Raw) -> str | None:
    """The type of a resource; ``None`` where it cannot be read, which is counted elsewhere."""
    try:
        return _TYPE.decode(resource).resource_type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
