"""A source round a source that asks once for many, and remembers for the seconds that the source's block grants.

Nothing of it is seen by whoever asks: the same question at the same time is one call, a question that was answered a
moment ago is none, and the provenance of every record says which it was. An error is shared by those who wait for it
and kept for nobody. An answer that lacks records is not kept either, for the next one may be whole.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from msgspec import structs

from connectors.activity import Activity
from connectors.contents import Content, shelf_of
from connectors.contract import Answer, Grant, Inquiry, Question, Source
from connectors.errors import Rejected, SourceError, TooSlow, WrongPerson
from connectors.records import Document, Record
from connectors.vault import Kept, Place, Vault
from connectors.writing import Entry, Mandate, Receipt, Recorder

R = TypeVar("R", bound=Record)

_Landed = Answer[Any] | SourceError | None
"""What came of a flight; nothing that could be shared where whoever led it gave up."""


class CachingSource:
    """A source whose answers are kept for some seconds."""

    def __init__(
        self, source: Source, seconds: float, vault: Vault, *, edition: str = "", activity: Activity | None = None
    ) -> None:
        """Stand before a source.

        Args:
            source: who is asked.
            seconds: for which its block lets answers be kept.
            vault: where.
            edition: tells this reading of the block from others: another address may be another system.
            activity: where questions are counted that cost no asking.
        """
        self.info = source.info
        self.holds = source.holds
        self.deadline = source.deadline
        self.takes: frozenset[type[Entry]] = source.takes if isinstance(source, Recorder) else frozenset()
        self.gives_contents = shelf_of(source) is not None
        self._source = source
        self._seconds = seconds
        self._vault = vault
        self._activity = activity or Activity()
        self._name = f"{source.info.id}\0{edition}"
        self._flights: dict[Place, asyncio.Future[_Landed]] = {}

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """The source's answer, now or a moment ago (see ``contract.Source``)."""
        grant.require(question.about)
        # What is kept serves whoever asks next, whatever they look at.
        question = structs.replace(question, wanted=None)
        place = self._vault.place(self._name, question, grant)
        while flight := self._flights.get(place):
            landed = await self._follow(flight, inquiry)
            if isinstance(landed, SourceError):
                raise landed
            if landed is not None:
                self._activity.remembered += 1
                return landed
        return await self._lead(place, question, grant, inquiry)

    async def write(self, entry: Entry, key: str, mandate: Mandate, inquiry: Inquiry) -> Receipt:
        """The source's receipt, never a kept one (see ``writing.Recorder``). The door drops what is kept."""
        mandate.require(entry)
        if not isinstance(self._source, Recorder):
            raise Rejected("takes no entries")
        return await self._source.write(entry, key, mandate, inquiry)

    def content(self, document: Document, grant: Grant, inquiry: Inquiry) -> AbstractAsyncContextManager[Content]:
        """The source's content, never a kept one (see ``contents.Shelf``)."""
        shelf = shelf_of(self._source)
        if shelf is None:
            raise Rejected("gives out no contents")
        return shelf.content(document, grant, inquiry)

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._source.close()

    async def _follow(self, flight: asyncio.Future[_Landed], inquiry: Inquiry) -> _Landed:
        """Wait for somebody else's answer, for as long as our own time allows."""
        try:
            async with asyncio.timeout(inquiry.deadline.within(self.deadline).left()):
                return await asyncio.shield(flight)
        except TimeoutError:
            raise TooSlow("no answer before the deadline") from None

    async def _lead(self, place: Place, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """Ask for everybody who comes meanwhile. When we give up, the next of them takes over."""
        flight = self._flights[place] = asyncio.get_running_loop().create_future()
        landed: _Landed = None
        try:
            landed = answer = await self._answer(place, question, grant, inquiry)
        except TooSlow as error:
            # The others may have more time than we had.
            landed = None if inquiry.deadline.left() < self.deadline / 2 else error
            raise
        except SourceError as error:
            landed = error
            raise
        else:
            return answer
        finally:
            del self._flights[place]
            flight.set_result(landed)

    async def _answer(self, place: Place, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        found = await self._vault.find(place, question.about, seconds=self._seconds)
        if found.kept is not None:
            self._activity.remembered += 1
            return self._remembered(found.kept)
        try:
            answer = await self._source.ask(question, grant, inquiry)
        except WrongPerson:
            # Who is mixed up now may have been mixed up before.
            await self._vault.purge(grant.subject.ref)
            raise
        if not answer.truncated and not answer.dropped:
            kept = Kept(answer.retrieved_at, answer.records)
            await self._vault.keep(place, found.generation, kept, seconds=self._seconds)
        return answer

    def _remembered(self, kept: Kept[R]) -> Answer[R]:
        """The records as they were, which say that they were kept, and name the source as it is known now."""
        for record in kept.records:
            for told in record.provenance:
                # Just read from the vault and nobody else's yet: what never changes can still be written.
                structs.force_setattr(told, "source", self.info)
                structs.force_setattr(told, "from_cache", True)
        return Answer(records=kept.records, retrieved_at=kept.retrieved_at)
