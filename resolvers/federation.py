"""The one door to the sources: locate, ask together under one deadline, give what shall be written, say how it went.

Every question that is asked ends in exactly one outcome per source that was asked; sources that could hold something
and were not asked are counted. A source that fails costs only its own records: nothing here raises.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from connectors.clock import Clock
from connectors.contents import Content, shelf_of
from connectors.contract import (
    Answer,
    Grant,
    Inquiry,
    Outcome,
    Question,
    Refused,
    Restriction,
    Shared,
    Source,
    SourceState,
)
from connectors.errors import Rejected, SourceError, TooSlow, Unconfirmed
from connectors.records import Claim, Coverage, Document, Facility, FoundBy, Observation, Record, SourceHealth
from connectors.writing import Entry, Mandate, Measurement, recorder_of
from resolvers import deviations, writing
from resolvers.access.account import Account
from resolvers.asked import Asked, answered, failed, is_complete, not_asked, refused, until, veiled
from resolvers.choice import Choice
from resolvers.deviations import Deviation
from resolvers.locating import Directory, Named, Pointer, PointersUnavailable, Shelf
from resolvers.patience import Patience
from resolvers.wanting import Wanted
from resolvers.writing import WriteOutcome, WriteState, Written

R = TypeVar("R", bound=Record)


class Found(Struct, Generic[R], frozen=True):
    """What all sources together gave to one question, and how it went with each."""

    records: tuple[R, ...]
    outcomes: tuple[Outcome, ...]
    """Of the sources that were asked, and of those that were not though something points there."""
    not_asked: int = 0
    """How many sources could hold something and were not asked."""
    ruled_out: bool = False
    """Whether others were not asked because their pointers tell that they hold nothing."""
    restriction: Restriction | None = None
    """What may have been withheld from the caller; said whether or not anything was."""

    @property
    def complete(self) -> bool:
        """Whether everything that could be known is here. Where nobody could tell, nothing is known."""
        told = bool(self.outcomes) or self.ruled_out
        return (
            told and not self.veiled and not self.not_asked and all(is_complete(outcome) for outcome in self.outcomes)
        )

    @property
    def restricted(self) -> bool:
        """Whether records may be withheld from the caller."""
        return self.restriction is not None

    @property
    def veiled(self) -> bool:
        """Whether whoever reads this may rely on it, so that what may be withheld makes it incomplete."""
        return self.restriction is not None and self.restriction.strict


_UP, _RESTING, _FAILING = SourceHealth.UP, SourceHealth.DEGRADED, SourceHealth.FAILING
_BY_POINTERS, _ANSWERED = FoundBy.POINTERS, SourceState.ANSWERED


class Fault(Struct, frozen=True):
    """A failure of a source, or of what tells where records lie; for the operator's eyes."""

    source: str
    about: str
    error: Exception


Beside = Callable[[Grant, type[Record]], Grant | None]
"""Gives the grant for another class of record of the same citizen on the same basis, where that basis opens it."""


class Keeping(Protocol):
    """What this process keeps of citizens for some seconds, and whom it tells of changes."""

    async def forget(self, ref: str) -> bool:
        """Lose what is kept of the citizen with that reference; False where that could not be done for certain."""

    def announce(self, ref: str, source: str, about: type[Record]) -> None:
        """Tell whoever listens that something of that class changed at that source. Returns at once."""


class NothingKept:
    """Nothing is kept, and nobody listens."""

    async def forget(self, ref: str) -> bool:  # noqa: ARG002 - the protocol's
        """There is nothing to lose."""
        return True

    def announce(self, ref: str, source: str, about: type[Record]) -> None:
        """Nobody listens."""


class _Together(Struct, Generic[R], eq=False):
    """What sources give that are under way already: put together by whoever waits for it, as often as that is done."""

    begun: Sequence[Asked[R]]

    def __await__(self) -> Generator[Any, None, Found[R]]:
        begun = self.begun
        # All are under way, and none raises: whoever is waited for last, the longest one decides.
        for asked in begun:
            if asked.outcome is None and asked.asking is not None:
                yield from Shared(asked.asking).__await__()
        if len(begun) == 1 and asked.outcome is not None:
            return Found(asked.records, (asked.outcome,))
        return Found(_records(begun), _outcomes(begun))


class _Chosen(Generic[R]):
    """The same where more has to be done with it: done anew for whoever waits."""

    __slots__ = ("_put",)

    def __init__(self, put: Callable[[], Coroutine[Any, Any, Found[R]]]) -> None:
        self._put = put

    def __await__(self) -> Generator[Any, None, Found[R]]:
        return self._put().__await__()


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
        self.faults: list[Fault] = []
        self.beside: Beside = _nothing_beside
        """Set by the permit office: with it, the insurer may be asked where the citizen has been."""
        self.deviations: list[Deviation] = []
        """What sources did otherwise than they promise; for the operator's eyes."""
        self.wanted: Wanted | None = None
        """What of records anybody will look at in this request; ``None`` where it might be anything."""
        self._inquiry = inquiry
        self._writing: set[asyncio.Task[Written]] = set()
        self._patience = Patience()
        self._asked: dict[tuple[str, str, Question[Any]], Asked[Any]] = {}
        """Every question to every source, in the order of asking."""
        self._running: dict[str, list[Awaitable[object]]] = {}
        """By citizen: what is still chosen, or withheld, after the sources answered."""
        self._pointers: dict[str, Sequence[Pointer] | None] = {}

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
            self._read_pointers(grant.subject.ref)
        return _Together(self._begin(shelf.at_once, question, grant))

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
        """Give an entry to a source, once: nothing is tried again here, for the key makes that safe for the caller.

        A caller who hangs up no longer hears of it, but the writing goes on to its end or its deadline, so that
        what came of it is known and what is kept of the citizen is dropped: ``finish`` waits for that.
        """
        task = asyncio.ensure_future(self._write(entry, key, mandate, source))
        self._writing.add(task)
        return asyncio.shield(task)

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
            self.faults.append(Fault(key, "content of Document", error))
            self.deviations += deviations.of_error(key, Question(about=Document), error)
            raise

    async def finish(self) -> None:
        """Wait until everything that is being written is written or has failed; nothing is asked after that."""
        if self._writing:
            await asyncio.gather(*self._writing, return_exceptions=True)
        # The permit office holds the door as well: if both went on, only a collection could free the request.
        self.beside = _nothing_beside
        self._running.clear()
        self._patience.close()

    def outcomes(self) -> list[Outcome]:
        """How it went so far, as far as the caller may know, in the order of asking."""
        return [one.told for one in self._asked.values() if one.told is not None]

    async def settled(self, ref: str) -> list[Outcome]:
        """The outcomes for one citizen, once everything that was asked about them so far is answered."""
        for together in self._running.get(ref, ()):
            await together
        while asked := next((one for one in self._asked.values() if one.ref == ref and not one.outcome), None):
            await until(asked)
        return [one.told for one in self._asked.values() if one.ref == ref and one.told is not None]

    def _ask_chosen(self, question: Question[R], grant: Grant, named: Named | None) -> Awaitable[Found[R]]:
        """Ask whom this citizen's pointers, the insurer, the caller or a restriction makes to be asked."""
        ref, restriction = grant.subject.ref, grant.restriction
        choice = Choice(self.directory, question, ref, named, restriction.passes_over if restriction else None)
        if choice.fed:
            self._read_pointers(ref)
        begun = self._begin(choice.first, question, grant)
        together: Awaitable[Found[R]]
        if choice.is_made:
            together = _Chosen(partial(self._together, choice, begun, question, grant))
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

    def _begin(self, sources: Iterable[Source], question: Question[R], grant: Grant) -> list[Asked[R]]:
        """Ask these sources; whoever has been asked the same in this request is not asked again."""
        ref, is_open = grant.subject.ref, grant.restriction is None
        begun: list[Asked[R]] = []
        for source in sources:
            key = ref, source.info.id, question
            asked = self._asked.get(key)
            if asked is None:
                asked = self._asked[key] = Asked(source=source, question=question, ref=ref)
            if asked.asking is None:
                self.account.sent(grant, source.info.id)
                asked.asking = self._inquiry.begin(self._ask_one(asked, grant))
            if is_open:
                asked.is_open = True
                asked.told = asked.told or asked.outcome
            begun.append(asked)
        return begun

    async def _widen(self, choice: Choice, question: Question[R], grant: Grant) -> None:
        """Ask further sources, as soon as it is known which."""
        pointers = await self._read_pointers(grant.subject.ref) if choice.fed else ()
        self._begin(choice.point(pointers), question, grant)
        if choice.is_short:
            self._begin(choice.visited(await self._facilities(grant)), question, grant)
            self._begin(choice.probe(), question, grant)

    def _read_pointers(self, ref: str) -> Awaitable[Sequence[Pointer] | None]:
        """The citizen's pointers, read once per request; ``None`` where they cannot be read."""

        async def read() -> Sequence[Pointer] | None:
            found: Sequence[Pointer] | None = None
            try:
                found = await self.directory.pointers.of(ref)
            except PointersUnavailable as error:
                self.faults.append(Fault("store", "pointers", error))
            self._pointers[ref] = found
            return found

        return self._inquiry.once(("pointers", ref), read)

    async def _facilities(self, grant: Grant) -> Sequence[str]:
        """Where the insurer knows the citizen to have been or to be registered, as far as it says so in time."""
        asked = [
            (about, one, allowed)
            for about in (Claim, Coverage)
            if (allowed := self.beside(grant, about)) is not None
            for one in self._begin(
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
        return await self._together(choice, self._begin(choice.asked, question, grant), question, grant)

    async def _together(
        self, choice: Choice, begun: Sequence[Asked[R]], question: Question[R], grant: Grant
    ) -> Found[R]:
        for asked in begun:
            await until(asked)
        ref = grant.subject.ref
        records, outcomes = _records(begun), _outcomes(begun)
        for source in choice.passed_over:
            outcome = not_asked(source, question)
            passed_over = Asked(source=source, question=question, ref=ref, outcome=outcome, told=outcome)
            self._asked.setdefault((ref, source.info.id, question), passed_over)
            outcomes = (*outcomes, outcome)
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
            self._asked[grant.subject.ref, outcome.source.id, question].told = outcome
        return shown

    async def _ask_one(self, asked: Asked[R], grant: Grant) -> None:
        inquiry, source, patience = self._inquiry, asked.source, self._patience
        clock = inquiry.clock
        begun = clock.monotonic()
        left = inquiry.deadline.at - begun
        answer: Answer[R] | None = None
        task = patience.begin(min(source.deadline, left))
        try:
            answer = await source.ask(asked.question, grant, inquiry)
        except asyncio.CancelledError:
            if not patience.end(task):
                raise
            error: Exception = TimeoutError()
        except Exception as caught:  # noqa: BLE001 - a defect in one kind must not cost the other sources' records
            patience.end(task)
            error = caught
        else:
            patience.end(task)
        elapsed_ms = round((clock.monotonic() - begun) * 1000)
        if answer is None:
            outcome = self._failed(asked, error, elapsed_ms)
        else:
            outcome, asked.records = answered(asked, answer, elapsed_ms), answer.records
            self.deviations += deviations.of_answer(source.info.id, asked.question, answer)
        asked.outcome = outcome
        if asked.is_open:
            asked.told = outcome
        info = source.info
        healthy = _RESTING if info.resting else _UP
        info.health = healthy if outcome.records or is_complete(outcome) else _FAILING
        if info.found_by is _BY_POINTERS and outcome.state is _ANSWERED:
            self._measure(asked)

    async def _write(self, entry: Entry, key: str, mandate: Mandate, source: Source) -> Written:
        mandate.require(entry)
        self.account.wrote(mandate, source.info.id)
        recorder = recorder_of(source, type(entry))
        if recorder is None:
            return writing.failed(source.info, Rejected("takes no such entries"), self._inquiry.clock)
        try:
            async with asyncio.timeout(self._inquiry.deadline.within(source.deadline).left()):
                receipt = await recorder.write(entry, key, mandate, self._inquiry)
        except Exception as error:  # noqa: BLE001 - a defect in one kind is told as any other failure
            known = error if isinstance(error, SourceError) else Unconfirmed(f"at the door: {type(error).__name__}")
            self.faults.append(Fault(source.info.id, type(entry).__name__, error))
            written = writing.failed(source.info, known, self._inquiry.clock)
        else:
            written = Written(outcome=WriteOutcome(source=source.info, state=WriteState.CONFIRMED), receipt=receipt)
        if written.outcome.state in (WriteState.CONFIRMED, WriteState.UNCONFIRMED):
            # What may stand there has to be shown: nothing older is.
            await self.keeping.forget(mandate.subject.ref)
            if isinstance(entry, Measurement):
                self.keeping.announce(mandate.subject.ref, source.info.id, Observation)
        return written

    def _measure(self, asked: Asked[Any]) -> None:
        """Count whether a source that sends pointers had sent one for what it holds."""
        pointers, source, about = self._pointers.get(asked.ref), asked.source.info.id, asked.question.about
        if pointers is not None:
            pointed = any(p.source == source and p.about is about for p in pointers)
            self.directory.pointers.measure(source, about, pointed=pointed)

    def _failed(self, asked: Asked[R], error: Exception, elapsed_ms: int) -> Outcome:
        known = error if isinstance(error, SourceError) else _translated(error)
        source, about = asked.source.info.id, asked.question.about
        self.faults.append(Fault(source, about.__name__, error))
        self.deviations += deviations.of_error(source, asked.question, known)
        return failed(asked, known, elapsed_ms, self._inquiry.clock.now())


def _translated(error: Exception) -> SourceError:
    if isinstance(error, TimeoutError):
        return TooSlow("stopped at the door")
    return SourceError(f"defect: {type(error).__name__}")


def _records(begun: Sequence[Asked[R]]) -> tuple[R, ...]:
    if len(begun) == 1:
        return begun[0].records
    return tuple(record for asked in begun for record in asked.records)


def _outcomes(begun: Iterable[Asked[Any]]) -> tuple[Outcome, ...]:
    return tuple([asked.outcome for asked in begun if asked.outcome is not None])


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
