"""One search on a FHIR server, page by page, within its bounds."""

from collections.abc import Awaitable, Iterator
from functools import partial
from typing import Any

import msgspec

from connectors.addresses import encoded
from connectors.carrying import Call
from connectors.clock import Clock
from connectors.contract import Deadline, Inquiry, Question
from connectors.errors import Garbled
from connectors.fhir.base import Base
from connectors.fhir.batching import MEDIA_TYPES, Batches
from connectors.fhir.bundle import CapabilityStatement, Linked
from connectors.fhir.datatypes import Reference
from connectors.fhir.mapping.reading import Reading
from connectors.fhir.options import FhirOptions
from connectors.fhir.pages import D, Found, bundle_of, keep
from connectors.fhir.people import Whose
from connectors.http import FORM, Line
from connectors.reply import Reply
from connectors.work import SMALL, aside, off_loop

_CAPABILITIES = msgspec.json.Decoder(CapabilityStatement)
MANY = SMALL // 1000
"""Resources that are still worked through where one is: by what one takes, near enough."""
NOTHING: frozenset[str] = frozenset()
_ALWAYS_FOLLOWED = ("Condition", "Medication")


class Searcher:
    """Speaks R4 search (http://hl7.org/fhir/R4/search.html) over one line."""

    def __init__(self, line: Line, base: Base, options: FhirOptions, *, clock: Clock) -> None:
        self._line = line
        self._base = base
        self._options = options
        self._by_get = options.search == "get"
        self._batches = Batches(line, clock) if options.batch else None
        self._headers = {"accept": "application/fhir+json"}
        self._head = line.head(self._headers, "" if self._by_get else FORM)
        self._followed = frozenset((*_ALWAYS_FOLLOWED, *(("Organization",) if options.facility_system else ())))

    async def search(
        self,
        reading: D,
        query: str,
        whose: Whose | None,
        inquiry: Inquiry,
        deadline: Deadline,
        *,
        kinds: frozenset[str] = NOTHING,
        asked: Question[Any] | None = None,
    ) -> Found[D]:
        """Everything of a type that fits.

        Args:
            reading: how its resources are read.
            query: search parameters, encoded.
            whose: how they are held against the citizen.
            inquiry: with whose other searches this one may go together.
            deadline: for all pages together.
            kinds: types that are fetched where the resources point to them (see ``follows``).
            asked: the slice that the query asks for, where it asks for one.

        Raises:
            SourceError: no page is used when one of them fails, or is about somebody else.
        """
        found: Found[D] = Found(reading, whose, asked)
        page = await self._batches.first(reading.type, query, inquiry, deadline) if self._batches else None
        if page is not None:
            take = partial(found.take, page)
            link = await off_loop(take, deadline) if len(page.entry) > MANY else take()
        else:
            reply = await self._asked(reading.type, query, deadline)
            if len(reply.body) <= SMALL:
                link = found.read(reply)
            else:
                link = await off_loop(partial(found.read, reply), deadline)
        if link is not None:
            await self._rest(found, link, deadline)
        if kinds:
            await self.follow(found, kinds, deadline)
        if found.linked and whose is not None:
            whose.require_linked(found.linked.values())
        return found

    async def _rest(self, found: Found[D], link: str | None, deadline: Deadline) -> None:
        """The pages after the first."""
        seen: set[str] = set()
        while link is not None:
            address = self._base.link(link)
            if address is None or address in seen or len(seen) + 1 >= self._options.max_pages:
                # Another host, a loop, or no end in sight: what came so far is true, but it is not all.
                found.truncated = True
                break
            seen.add(address)
            reply = await self._got(address, deadline)
            link = await aside(partial(found.read, reply), deadline, size=len(reply.body))

    def follows(self, reading: Reading, also: frozenset[str] = NOTHING) -> frozenset[str]:
        """The types that are fetched where such resources point to them.

        Args:
            reading: how the resources are read.
            also: types that are fetched for this class alone.
        """
        return reading.points_to & (self._followed | also)

    async def follow(self, found: Found[Any], kinds: frozenset[str], deadline: Deadline) -> None:
        """Fetch what the resources point to and the server did not include, and hold it against the citizen.

        Raises:
            SourceError: as ``search``.
        """
        fitting = tuple(f"{kind}/" for kind in kinds)
        targets: dict[tuple[str, str], None] = {}
        for pointer in self._pointers(found, kinds):
            address = pointer.reference if pointer is not None else None
            if not address or not (address.startswith(fitting) or "://" in address or address[0] == "/"):
                continue  # most point to what is never fetched
            if target := self._base.target(pointer):
                targets[target] = None
        for kind in sorted(kinds) if targets else ():
            ids = [id_ for type_, id_ in targets if type_ == kind and (type_, id_) not in found.linked]
            found.linked |= await self._fetch(kind, ids, deadline)

    def _pointers(self, found: Found[Any], kinds: frozenset[str]) -> Iterator[Reference | None]:
        for to, gather in found.reading.gatherers:
            if not kinds.isdisjoint(to):
                yield from gather(found.resources.values())

    async def _fetch(self, kind: str, ids: list[str], deadline: Deadline) -> dict[tuple[str, str], Linked]:
        """Resources of a type by their ids; those that the server does not give are left out."""
        size = self._options.page_size
        fetched: dict[tuple[str, str], Linked] = {}
        for begin in range(0, len(ids), size):
            query = encoded({"_id": ",".join(ids[begin : begin + size]), "_count": str(size)})
            reply = await self._asked(kind, query, deadline)
            page = await aside(partial(bundle_of, reply), deadline, size=len(reply.body))
            for entry in page.entry:
                keep(entry, fetched)
        return fetched

    async def capabilities(self, deadline: Deadline) -> CapabilityStatement:
        """What the server says it can do.

        Raises:
            SourceError: it says nothing that can be read.
        """
        reply = await self._got("metadata", deadline)
        said = await aside(lambda: reply.decode(_CAPABILITIES, media_types=MEDIA_TYPES), deadline, size=len(reply.body))
        if said.resource_type != "CapabilityStatement":
            raise Garbled("no CapabilityStatement")
        return said

    def _asked(self, kind: str, query: str, deadline: Deadline) -> Awaitable[Reply]:
        # A search changes nothing, whichever method carries it: it may be repeated.
        line = self._line
        if self._by_get:
            call = Call("GET", line.target(kind, query), self._head, None, True)
        else:
            call = Call("POST", line.target(f"{kind}/_search", None), self._head, query.encode("ascii"), True)
        return line.put(call, deadline)

    def _got(self, address: str, deadline: Deadline) -> Awaitable[Reply]:
        return self._line.send("GET", address, headers=self._headers, deadline=deadline, repeatable=True)
