"""One search on a FHIR server, page by page, within its bounds."""

from collections.abc import Collection
from contextlib import suppress
from functools import cache, partial
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Deadline, Inquiry
from connectors.errors import Garbled
from connectors.fhir.base import Base
from connectors.fhir.batching import MEDIA_TYPES, Batches
from connectors.fhir.bundle import Bundle, BundleOf, CapabilityStatement, Entry, Linked, Outcome, Resource
from connectors.fhir.options import FhirOptions
from connectors.http import Fields, Line
from connectors.reply import Reply
from connectors.work import SMALL, aside, off_loop

W = TypeVar("W", bound=Resource)

_BUNDLE = msgspec.json.Decoder(Bundle)
_LINKED = msgspec.json.Decoder(Linked)
_OUTCOME = msgspec.json.Decoder(Outcome)
_CAPABILITIES = msgspec.json.Decoder(CapabilityStatement)


class Found(Struct, Generic[W]):
    """What a search has given so far."""

    resources: dict[str, W] = {}
    """Of the type asked for, by id: a server that repeats itself says nothing new."""
    linked: dict[tuple[str, str], Linked] = {}
    """Of other types, included by the server."""
    dropped: int = 0
    truncated: bool = False


class Searcher:
    """Speaks R4 search (http://hl7.org/fhir/R4/search.html) over one line."""

    def __init__(self, line: Line, base: Base, options: FhirOptions, *, clock: Clock) -> None:
        self._line = line
        self._base = base
        self._options = options
        self._batches = Batches(line, clock) if options.batch else None
        self._headers = {"accept": "application/fhir+json"}

    async def search(self, kind: type[W], parameters: Fields, inquiry: Inquiry, deadline: Deadline) -> Found[W]:
        """Everything of a type that fits.

        Args:
            kind: Struct of the type; its name is the type's.
            parameters: search parameters.
            inquiry: with whose other searches this one may go together.
            deadline: for all pages together.

        Raises:
            SourceError: no page is used when one of them fails.
        """
        found: Found[W] = Found()
        page = await self._together(kind, parameters, inquiry, deadline)
        seen: set[str] = set()
        while True:
            if size_of(page.entry) <= SMALL:
                _read_all(page, kind, found)
            else:
                await off_loop(partial(_read_all, page, kind, found), deadline)
            link = None
            for one in page.link:
                if one.relation == "next":
                    link = one.url
                    break
            if link is None:
                return found
            address = self._base.link(link)
            if address is None or address in seen or len(seen) + 1 >= self._options.max_pages:
                # Another host, a loop, or no end in sight: what came so far is true, but it is not all.
                found.truncated = True
                return found
            seen.add(address)
            page = await self._page("GET", address, kind, deadline=deadline)

    async def fetch(self, kind: str, ids: list[str], deadline: Deadline) -> dict[tuple[str, str], Linked]:
        """Resources of a type by their ids; those that the server does not give are left out.

        Raises:
            SourceError: as ``search``.
        """
        size = self._options.page_size
        fetched: dict[tuple[str, str], Linked] = {}
        for begin in range(0, len(ids), size):
            fields = {"_id": ",".join(ids[begin : begin + size]), "_count": str(size)}
            reply = await self._first(kind, fields, deadline)
            page = await aside(lambda reply=reply: _bundle(reply), deadline, size=len(reply.body))  # type: ignore[misc]
            for entry in page.entry:
                _keep(entry, fetched)
        return fetched

    async def capabilities(self, deadline: Deadline) -> CapabilityStatement:
        """What the server says it can do.

        Raises:
            SourceError: it says nothing that can be read.
        """
        reply = await self._line.send("GET", "metadata", headers=self._headers, deadline=deadline, repeatable=True)
        said = await aside(lambda: reply.decode(_CAPABILITIES, media_types=MEDIA_TYPES), deadline, size=len(reply.body))
        if said.resource_type != "CapabilityStatement":
            raise Garbled("no CapabilityStatement")
        return said

    async def _together(
        self, kind: type[W], parameters: Fields, inquiry: Inquiry, deadline: Deadline
    ) -> Bundle | BundleOf[W]:
        batched = self._batches and await self._batches.first(kind.__name__, parameters, inquiry, deadline)
        if batched:
            return batched
        reply = await self._first(kind.__name__, parameters, deadline)
        if len(reply.body) <= SMALL:
            return _page_of(reply, kind)
        return await off_loop(lambda: _page_of(reply, kind), deadline)

    async def _page(self, method: str, path: str, kind: type[W], *, deadline: Deadline) -> Bundle | BundleOf[W]:
        reply = await self._said(method, path, deadline=deadline)
        return await aside(lambda: _page_of(reply, kind), deadline, size=len(reply.body))

    async def _first(self, kind: str, parameters: Fields, deadline: Deadline) -> Reply:
        if self._options.search == "get":
            return await self._said("GET", kind, params=parameters, deadline=deadline)
        return await self._said("POST", f"{kind}/_search", form=parameters, deadline=deadline)

    async def _said(
        self, method: str, path: str, *, deadline: Deadline, params: Fields | None = None, form: Fields | None = None
    ) -> Reply:
        # A search changes nothing, whichever method carries it: it may be repeated.
        return await self._line.send(
            method, path, params=params, form=form, headers=self._headers, deadline=deadline, repeatable=True
        )


def _page_of(reply: Reply, kind: type[W]) -> Bundle | BundleOf[W]:
    """The page, read in one go where it holds what was asked for and nothing else, and all of that can be read.

    Raises:
        Garbled: it is no page.
    """
    with suppress(Garbled):
        page = reply.decode(_decoder_of(kind), media_types=MEDIA_TYPES)
        if page.holds_only(kind.__name__):
            return page
    return _bundle(reply)


def _bundle(reply: Reply) -> Bundle:
    bundle = reply.decode(_BUNDLE, media_types=MEDIA_TYPES)
    if bundle.resource_type != "Bundle":
        raise Garbled("no Bundle although the search succeeded")
    return bundle


@cache
def _decoder_of(kind: type[W]) -> msgspec.json.Decoder[BundleOf[W]]:
    return msgspec.json.Decoder(BundleOf[kind])  # type: ignore[valid-type]


def size_of(resources: Collection[object]) -> int:
    """Bytes of so many resources, near enough to decide where they are read."""
    return len(resources) * 1000


def _read_all(page: Bundle | BundleOf[W], kind: type[W], found: Found[W]) -> None:
    if isinstance(page, BundleOf):
        for read in page.entry:
            if read.resource is not None and read.resource.id:
                found.resources.setdefault(read.resource.id, read.resource)
        return
    decoder = msgspec.json.Decoder(kind)
    for entry in page.entry:
        _read(entry, kind.__name__, decoder, found)


def _read(entry: Entry, kind: str, decoder: msgspec.json.Decoder[W], found: Found[W]) -> None:
    """Put one entry where it belongs: a match, a neighbour, a word about the search, or nothing of use."""
    mode = entry.search.mode if entry.search else None
    if mode == "include":
        _keep(entry, found.linked)
    elif mode == "outcome":
        found.dropped += _is_an_error(entry)
    else:
        resource = _decoded(entry, decoder)
        if resource is not None and resource.resource_type == kind and resource.id:
            found.resources.setdefault(resource.id, resource)
        else:
            found.dropped += 1


def _keep(entry: Entry, linked: dict[tuple[str, str], Linked]) -> None:
    """Keep a neighbour; an unreadable one is as good as none."""
    resource = _decoded(entry, _LINKED)
    if resource is not None and resource.id:
        linked[resource.resource_type, resource.id] = resource


def _decoded(entry: Entry, decoder: msgspec.json.Decoder[W]) -> W | None:
    try:
        return decoder.decode(entry.resource)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _is_an_error(entry: Entry) -> bool:
    """Whether an outcome says that something is missing; hints and warnings are common and mean nothing."""
    outcome = _decoded(entry, _OUTCOME)
    return outcome is None or any(issue.severity in ("fatal", "error") for issue in outcome.issue)
