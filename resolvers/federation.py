"""The one door to the sources: locate, have them asked together, withhold what is not for this caller, say how it went.

Every question that is asked ends in exactly one outcome per source that was asked; sources that could hold something
and were not asked are counted. A source that fails costs only its own records: nothing here raises.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from connectors.clock import Clock
from connectors.contents import Content, shelf_of
from connectors.contract import Grant, Inquiry, Outcome, Question, Refused, Source
from connectors.errors import Rejected, SourceError
from connectors.records import Claim, Coverage, Document, Facility, Record
from connectors.writing import Entry, Mandate, recorder_of
from resolvers import deviations
from resolvers.access.account import Account
from resolvers.asked import Asked, refused, until, veiled
from resolvers.choice import Choice
from resolvers.deviations import Deviation
from resolvers.found import Chosen, Found, Together, outcomes_of, records_of
from resolvers.giving import Giving, Keeping, NothingKept
from resolvers.locating import Directory, Named, Shelf
from resolvers.noted import Fault, Noted
from resolvers.pointing import Pointing
from resolvers.questions import Questions
from resolvers.wanting import Wanted
from resolvers.writing import Written

R = TypeVar("R", bound=Record)

Beside = Callable[[Grant, type[Record]], Grant | None]
"""Gives the grant for another class of record of the same citizen on the same basis, where that basis opens it."""


def _nothing_beside(_grant: Grant, _about: type[Record]) -> None:
    """No other class of record is opened."""


class Federation:
    """The door, for the length of one request."""

    def __init__(
        self,
        directory: Directory,
        inquiry: Inquiry,
        keeping: Keeping | None = None,
        account: Account | None = None,
    ) -> None:
        self.directory = directory
        self.account = account or Account()
        """Where it is noted who was asked about whom."""
        self.keeping: Keeping = keeping or NothingKept()
        self.beside: Beside = _nothing_beside
        """Set by the permit office: with it, the insurer may be asked where the citizen has been."""
        self.wanted: Wanted | None = None
        """What of records anybody will look at in this request; ``None`` where it might be anything."""
        self._noted = Noted()
        self._inquiry = inquiry
        self._pointing = Pointing(directory.pointers, inquiry, self._noted)
        self._questions = self._asking()
        self._giving = Giving(inquiry, self.account, self.keeping, self._noted)
        self._running: dict[str, list[Awaitable[object]]] = {}
        """By citizen: what is still chosen, or withheld, after the sources answered."""

    @property
    def faults(self) -> list[Fault]:
        """What failed; for the operator's eyes."""
        return self._noted.faults

    @property
    def deviations(self) -> list[Deviation]:
        """What sources did otherwise than they promise; for the operator's eyes."""
        return self._noted.deviations

    def ask(self, question: Question[R], grant: Grant | Refused, named: Named | None = None) -> Awaitable[Found[R]]:
        """Ask every source that is likely to hold such a record, all at once. The asking begins now, not when awaited.

        Whom to ask may depend on what pointers and the insurer say; those who are asked anyway do not wait for that.
        Without a grant nobody is asked, and the outcomes say so. What a grant withholds nobody behind the door sees.
        """
        if isinstance(grant, Refused):
            self.account.withheld(question.about)
            choice = Choice(self.directory, question, "", named)
            rows = tuple(refused(grant, source, question) for source in choice.asked)
            return _done(Found((), rows, choice.not_asked))
        self.account.asked(grant, question.about)
        shelf = self.directory.shelf(question.about)
        question = self._worded(question, grant, shelf)
        if named is not None or shelf.at_once is None or grant.restriction is not None:
            return self._ask_chosen(question, grant, named)
        if shelf.fed:
            self._pointing.of(grant.subject.ref)
        return Together(self._questions.put(shelf.at_once, question, grant))

    def recipients(self, of: type[Entry]) -> list[Source]:
        """The sources that take such entries, in the order of the configuration."""
        return [source for source in self.directory.sources if recorder_of(source, of)]

    @property
    def tells_ids(self) -> bool:
        """Whether anybody will look at the id of a record in this request, or at its place in a list."""
        return self.wanted is None or self.wanted.tells_ids

    def wanted_of(self, about: type[Record]) -> frozenset[str] | None:
        """What anybody will look at of records of that class when they have come together; ``None`` for everything."""
        return None if self.wanted is None else self.wanted.of(about, meeting=True)

    @property
    def clock(self) -> Clock:
        """The time of this request."""
        return self._inquiry.clock

    def write(self, entry: Entry, key: str, mandate: Mandate, source: Source) -> Awaitable[Written]:
        """Give an entry to a source (see ``giving.Giving``)."""
        return self._giving.give(entry, key, mandate, source)

    @asynccontextmanager
    async def content(self, document: Document, grant: Grant) -> AsyncIterator[Content]:
        """The content of a document that came back in this request, open for as long as the block.

        Raises:
            SourceError: the source gives out none, or not what it should be; also while the pieces are read.
        """
        grant.require(Document)
        if grant.restriction is not None and grant.restriction.strict:
            # Nobody can read in a content what it tells: where anything is withheld, it could tell just that.
            raise Rejected("its words may tell what is withheld")
        key = document.provenance[0].source.id
        shelf = next(
            (shelf for source in self.directory.sources if source.info.id == key if (shelf := shelf_of(source))), None
        )
        try:
            if shelf is None:
                raise Rejected("gives out no contents")
            async with shelf.content(document, grant, self._inquiry) as content:
                yield content
        except SourceError as error:
            self._noted.faults.append(Fault(key, "content of Document", error))
            self._noted.deviations += deviations.of_error(key, Question(about=Document), error)
            raise

    async def finish(self) -> None:
        """Wait until everything that is being written is written or has failed; nothing is asked after that."""
        await self._giving.finish()
        # The permit office holds the door as well: if both went on, only a collection could free the request.
        self.beside = _nothing_beside
        self._running.clear()

    def outcomes(self) -> list[Outcome]:
        """How it went so far, as far as the caller may know, in the order of asking."""
        return self._questions.outcomes()

    async def settled(self, ref: str) -> list[Outcome]:
        """The outcomes for one citizen, once everything that was asked about them so far is answered."""
        for together in self._running.get(ref, ()):
            await together
        return await self._questions.settled(ref)

    def _asking(self) -> Questions:
        return Questions(self._inquiry, self.account, self._pointing, self._noted, self.directory.patience)

    def _ask_chosen(self, question: Question[R], grant: Grant, named: Named | None) -> Awaitable[Found[R]]:
        """Ask whom this citizen's pointers, the insurer, the caller or a restriction makes to be asked."""
        ref, restriction = grant.subject.ref, grant.restriction
        choice = Choice(self.directory, question, ref, named, restriction.passes_over if restriction else None)
        if choice.fed:
            self._pointing.of(ref)
        begun = self._questions.put(choice.first, question, grant)
        together: Awaitable[Found[R]]
        if choice.is_made:
            together = Chosen(partial(self._together, choice, begun, question, grant))
        else:
            # Never shared: each asking has a choice of its own, and equal questions meet at the sources.
            widened = self._inquiry.once(object(), partial(self._widen, choice, question, grant))
            together = asyncio.ensure_future(self._widened(choice, widened, question, grant))
        self._running.setdefault(ref, []).append(together)
        return together

    def _worded(self, question: Question[R], grant: Grant, shelf: Shelf) -> Question[R]:
        """The question as it is put: all of one request want the same fields, so that equal questions stay equal.

        Where a grant withholds something everything is wanted: any field may tell what a record is about.
        """
        if self.wanted is None or grant.restriction is not None:
            return question
        return self.wanted.put(question, meeting=shelf.meeting)

    async def _widen(self, choice: Choice, question: Question[R], grant: Grant) -> None:
        """Ask further sources, as soon as it is known which."""
        pointers = await self._pointing.of(grant.subject.ref) if choice.fed else ()
        self._questions.put(choice.point(pointers), question, grant)
        if choice.is_short:
            self._questions.put(choice.visited(await self._facilities(grant)), question, grant)
            self._questions.put(choice.probe(), question, grant)

    async def _facilities(self, grant: Grant) -> Sequence[str]:
        """Where the insurer knows the citizen to have been or to be registered, as far as it says so in time."""
        asked = [
            (about, one, allowed)
            for about in (Claim, Coverage)
            if (allowed := self.beside(grant, about)) is not None
            for one in self._questions.put(
                [source for source in self.directory.insurers if about in source.holds],
                self._worded(Question(about=about), allowed, self.directory.shelf(about)),
                allowed,
            )
        ]
        if not asked:
            return ()
        # At most half of the time that is left: whoever is found must have some to answer in.
        patience = min(self.directory.insurance, self._inquiry.deadline.left() / 2)
        await asyncio.wait([asyncio.ensure_future(until(one)) for _, one, _ in asked], timeout=patience)
        records: list[Record] = []
        for about, one, allowed in asked:
            kept = _kept(about, one.records, allowed)
            records += kept
            if one.outcome is not None and one.told is None:
                one.told = veiled(one.outcome, len(kept))
        return sorted({facility.code for record in records if (facility := _place_of(record)) is not None})

    async def _widened(self, choice: Choice, widened: Awaitable[None], question: Question[R], grant: Grant) -> Found[R]:
        await widened
        return await self._together(choice, self._questions.put(choice.asked, question, grant), question, grant)

    async def _together(
        self, choice: Choice, begun: Sequence[Asked[R]], question: Question[R], grant: Grant
    ) -> Found[R]:
        for asked in begun:
            await until(asked)
        ref = grant.subject.ref
        records, outcomes = records_of(begun), outcomes_of(begun)
        for source in choice.passed_over:
            outcomes = (*outcomes, self._questions.pass_over(source, question, ref))
        if grant.restriction is not None:
            records = tuple(grant.restriction.kept(question.about, records, key=ref))
            outcomes = self._veiled(outcomes, records, question, grant)
        return Found(records, outcomes, choice.not_asked, choice.rules_out, grant.restriction)

    def _veiled(
        self, outcomes: Iterable[Outcome], records: Iterable[R], question: Question[R], grant: Grant
    ) -> tuple[Outcome, ...]:
        """The outcomes as whoever does not see everything may know them."""
        counts = Counter(place.source.id for record in records for place in record.provenance[:1])
        shown = tuple(veiled(outcome, counts[outcome.source.id]) for outcome in outcomes)
        for outcome in shown:
            self._questions.tell(outcome, question, grant.subject.ref)
        return shown


def _kept(about: type[Record], records: Sequence[Record], grant: Grant) -> Sequence[Record]:
    """What a source said, as far as the grant shows it."""
    kept = grant.restriction.kept if grant.restriction else None
    return records if kept is None else kept(about, records, key=grant.subject.ref)


def _place_of(record: Record) -> Facility | None:
    """The facility to which an insurer's record points."""
    if isinstance(record, Claim):
        return record.facility
    return record.registered_facility if isinstance(record, Coverage) else None


async def _done(found: Found[R]) -> Found[R]:
    return found
