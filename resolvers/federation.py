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

from msgspec import Struct, structs

from connectors.clock import Clock
from connectors.contents import Content, shelf_of
from connectors.contract import Answer, Grant, Inquiry, Outcome, Question, Refused, Restriction, Source, SourceState
from connectors.errors import Denied, Garbled, Overloaded, Rejected, SourceError, TooSlow, Unconfirmed, WrongPerson
from connectors.records import Claim, Coverage, Document, Facility, FoundBy, Observation, Record, SourceHealth
from connectors.writing import Entry, Mandate, Measurement, recorder_of
from resolvers import deviations, writing
from resolvers.access.account import Account
from resolvers.choice import Choice
from resolvers.deviations import Deviation
from resolvers.locating import Directory, Named, Pointer, PointersUnavailable
from resolvers.wanting import Wanted
from resolvers.writing import WriteOutcome, WriteState, Written

R = TypeVar("R", bound=Record)

_STATES: tuple[tuple[type[SourceError], SourceState], ...] = (
    (WrongPerson, SourceState.IDENTITY_MISMATCH),
    (Garbled, SourceState.INVALID_ANSWER),
    (Denied, SourceState.REFUSED),
    (TooSlow, SourceState.TIMED_OUT),
    (SourceError, SourceState.UNAVAILABLE),
)


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


class Fault(Struct, frozen=True):
    """A failure of a source, or of what tells where records lie; for the operator's eyes."""

    source: str
    about: str
    error: Exception


_Said = tuple[tuple[R, ...], Outcome]
"""A source's records, and how it went."""

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


class _Together(Generic[R]):
    """What sources give that are under way already: put together by whoever waits for it, as often as that is done."""

    __slots__ = ("_put",)

    def __init__(self, put: Callable[[], Coroutine[Any, Any, Found[R]]]) -> None:
        self._put = put

    def __await__(self) -> Generator[Any, None, Found[R]]:
        return self._put().__await__()


def is_complete(outcome: Outcome) -> bool:
    """Whether that source told all it holds."""
    return outcome.whole and outcome.state in (SourceState.ANSWERED, SourceState.NO_RECORD)


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
        self.beside: Beside = lambda _grant, _about: None
        """Set by the permit office: with it, the insurer may be asked where the citizen has been."""
        self.deviations: list[Deviation] = []
        """What sources did otherwise than they promise; for the operator's eyes."""
        self.wanted: Wanted | None = None
        """What of records anybody will look at in this request; ``None`` where it might be anything."""
        self._inquiry = inquiry
        self._writing: set[asyncio.Task[Written]] = set()
        self._outcomes: dict[tuple[str, str, Question[Record]], Outcome | None] = {}
        self._running: dict[str, list[Awaitable[object]]] = {}
        self._pointers: dict[str, Sequence[Pointer] | None] = {}

    def ask(self, question: Question[R], grant: Grant | Refused, named: Named | None = None) -> Awaitable[Found[R]]:
        """Ask every source that is likely to hold such a record, all at once. The asking begins now, not when awaited.

        Whom to ask may depend on what pointers and the insurer say; those who are asked anyway do not wait for that.
        Without a grant nobody is asked, and the outcomes say so. What a grant withholds nobody behind the door sees.
        """
        if isinstance(grant, Refused):
            self.account.withheld(question.about)
            choice = Choice(self.directory, question, "", named)
            return _done(Found((), _rows(choice.asked, question, partial(_refused, grant)), choice.not_asked))
        question = self._worded(question, grant)
        ref = grant.subject.ref
        self.account.asked(grant, question.about)
        choice = Choice(
            self.directory, question, ref, named, grant.restriction.passes_over if grant.restriction else None
        )
        if choice.fed:
            self._read_pointers(ref)
        begun = self._begin(choice.first, question, grant)
        together: Awaitable[Found[R]]
        if choice.is_made:
            together = _Together(partial(self._together, choice, begun, question, grant))
        else:
            # Never shared: each asking has a choice of its own, and equal questions meet at the sources.
            key = ("locate", len(self._running.get(ref, ())), ref)
            widened = self._inquiry.once(key, partial(self._widen, choice, question, grant))
            together = asyncio.ensure_future(self._widened(choice, widened, question, grant))
        self._running.setdefault(ref, []).append(together)
        return together

    def recipients(self, of: type[Entry]) -> list[Source]:
        """The sources that take such entries, in the order of the configuration."""
        return [source for source in self.directory.sources if recorder_of(source, of)]

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
        """Wait until everything that is being written is written or has failed."""
        if self._writing:
            await asyncio.gather(*self._writing, return_exceptions=True)

    def outcomes(self) -> list[Outcome]:
        """How it went so far, in the order of asking."""
        return [outcome for outcome in self._outcomes.values() if outcome is not None]

    async def settled(self, ref: str) -> list[Outcome]:
        """The outcomes for one citizen, once everything that was asked about them so far is answered."""
        for asked in self._running.get(ref, ()):
            await asked
        return [outcome for key, outcome in self._outcomes.items() if key[0] == ref and outcome is not None]

    def _worded(self, question: Question[R], grant: Grant) -> Question[R]:
        """The question as it is put: all of one request want the same fields, so that equal questions stay equal.

        Where a grant withholds something everything is wanted: any field may tell what a record is about.
        """
        if self.wanted is None or grant.restriction is not None:
            return question
        meeting = len(self.directory.shelf(question.about).holders) > 1
        return structs.replace(question, wanted=self.wanted.of(question.about, meeting=meeting))

    def _begin(self, sources: Iterable[Source], question: Question[R], grant: Grant) -> list[Awaitable[_Said[R]]]:
        """Ask these sources; whoever has been asked the same in this request is not asked again."""
        ref = grant.subject.ref
        return [
            self._inquiry.once(("ask", source.info.id, question, ref), partial(self._ask_one, source, question, grant))
            for source in sources
        ]

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
            _filtered(said, about, allowed)
            for about in (Claim, Coverage)
            if (allowed := self.beside(grant, about)) is not None
            for said in self._begin(
                [source for source in self.directory.insurers if about in source.holds],
                self._worded(Question(about=about), allowed),
                allowed,
            )
        ]
        if not asked:
            return ()
        # At most half of the time that is left: whoever is found must have some to answer in.
        patience = min(self.directory.insurance, self._inquiry.deadline.left() / 2)
        done, _ = await asyncio.wait(map(asyncio.ensure_future, asked), timeout=patience)
        records = [record for said in done for record in said.result()]
        return sorted({facility.code for record in records if (facility := _place_of(record)) is not None})

    async def _widened(self, choice: Choice, widened: Awaitable[None], question: Question[R], grant: Grant) -> Found[R]:
        await widened
        return await self._together(choice, self._begin(choice.asked, question, grant), question, grant)

    async def _together(
        self, choice: Choice, begun: Sequence[Awaitable[_Said[R]]], question: Question[R], grant: Grant
    ) -> Found[R]:
        # All are under way, and none raises: whoever is waited for last, the longest one decides.
        results = [await said for said in begun]
        passed_over = _rows(choice.passed_over, question, _not_asked)
        for outcome in passed_over:
            self._outcomes.setdefault((grant.subject.ref, outcome.source.id, question), outcome)
        records = tuple(record for records, _ in results for record in records)
        outcomes = (*(outcome for _, outcome in results), *passed_over)
        if grant.restriction is not None:
            records = tuple(grant.restriction.kept(question.about, records, key=grant.subject.ref))
            outcomes = self._veiled(outcomes, records, question, grant)
        return Found(records, outcomes, choice.not_asked, choice.rules_out, grant.restriction)

    def _veiled(
        self, outcomes: Iterable[Outcome], records: Iterable[R], question: Question[R], grant: Grant
    ) -> tuple[Outcome, ...]:
        """The outcomes as whoever does not see everything may know them: they tell only of what is shown."""
        counts = Counter(place.source.id for record in records for place in record.provenance[:1])
        veiled = tuple(_veiled(outcome, counts[outcome.source.id]) for outcome in outcomes)
        self._outcomes.update(((grant.subject.ref, outcome.source.id, question), outcome) for outcome in veiled)
        return veiled

    async def _ask_one(self, source: Source, question: Question[R], grant: Grant) -> _Said[R]:
        key = (grant.subject.ref, source.info.id, question)
        self.account.sent(grant, source.info.id)
        self._outcomes[key] = None  # keeps the order of asking, whoever answers first
        clock = self._inquiry.clock
        begun = clock.monotonic()
        records: tuple[R, ...] = ()
        try:
            async with asyncio.timeout(self._inquiry.deadline.within(source.deadline).left()):
                answer = await source.ask(question, grant, self._inquiry)
        except Exception as error:  # noqa: BLE001 - a defect in one kind must not cost the other sources' records
            outcome = self._failed(source, question, error)
        else:
            records, outcome = answer.records, _answered(source, question, answer)
            self.deviations += deviations.of_answer(source.info.id, question, answer)
        outcome = structs.replace(outcome, elapsed_ms=round((clock.monotonic() - begun) * 1000))
        source.info.health = _health(source, answered=bool(records) or is_complete(outcome))
        self._outcomes[key] = outcome
        self._measure(source, grant.subject.ref, outcome)
        return records, outcome

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

    def _measure(self, source: Source, ref: str, outcome: Outcome) -> None:
        """Count whether a source that sends pointers had sent one for what it holds."""
        pointers = self._pointers.get(ref)
        if source.info.found_by is FoundBy.POINTERS and outcome.state is SourceState.ANSWERED and pointers is not None:
            pointed = any(p.source == source.info.id and p.about is outcome.about for p in pointers)
            self.directory.pointers.measure(source.info.id, outcome.about, pointed=pointed)

    def _failed(self, source: Source, question: Question[R], error: Exception) -> Outcome:
        known = error if isinstance(error, SourceError) else _translated(error)
        self.faults.append(Fault(source.info.id, question.about.__name__, error))
        self.deviations += deviations.of_error(source.info.id, question, known)
        return Outcome(
            source=source.info,
            about=question.about,
            state=next(state for kind, state in _STATES if isinstance(known, kind)),
            code=known.code,
            retryable=known.retryable,
            retry_after=self._inquiry.clock.now() + known.retry_after if isinstance(known, Overloaded) else None,
        )


def _health(source: Source, *, answered: bool) -> SourceHealth:
    if not answered:
        return SourceHealth.FAILING
    return SourceHealth.DEGRADED if source.info.resting else SourceHealth.UP


def _translated(error: Exception) -> SourceError:
    if isinstance(error, TimeoutError):
        return TooSlow("stopped at the door")
    return SourceError(f"defect: {type(error).__name__}")


def _answered(source: Source, question: Question[R], answer: Answer[R]) -> Outcome:
    whole = not answer.truncated and not answer.dropped
    if answer.dropped:
        state, code = SourceState.INVALID_ANSWER, Garbled.code
    else:
        state, code = (SourceState.ANSWERED if answer.records else SourceState.NO_RECORD), None
    return Outcome(
        source=source.info,
        about=question.about,
        state=state,
        code=code,
        records=len(answer.records),
        retrieved_at=answer.retrieved_at,
        whole=whole,
    )


def _refused(why: Refused, source: Source, question: Question[R]) -> Outcome:
    return Outcome(source=source.info, about=question.about, state=why.state, code="FORBIDDEN", retryable=why.retryable)


def _veiled(outcome: Outcome, shown: int) -> Outcome:
    state = outcome.state
    if state in (SourceState.ANSWERED, SourceState.NO_RECORD):
        state = SourceState.ANSWERED if shown else SourceState.NO_RECORD
    return structs.replace(outcome, state=state, records=shown, restricted=True)


async def _filtered(said: Awaitable[_Said[Any]], about: type[Record], grant: Grant) -> Sequence[Record]:
    """What a source said, as far as the grant shows it."""
    records, _ = await said
    kept = grant.restriction.kept if grant.restriction else None
    return records if kept is None else kept(about, records, key=grant.subject.ref)


def _not_asked(source: Source, question: Question[R]) -> Outcome:
    return Outcome(source=source.info, about=question.about, state=SourceState.NOT_ASKED, retryable=True)


def _rows(
    sources: Iterable[Source], question: Question[R], row: Callable[[Source, Question[R]], Outcome]
) -> tuple[Outcome, ...]:
    return tuple(row(source, question) for source in sources)


def _place_of(record: Record) -> Facility | None:
    """The facility to which an insurer's record points."""
    if isinstance(record, Claim):
        return record.facility
    return record.registered_facility if isinstance(record, Coverage) else None


async def _done(found: Found[R]) -> Found[R]:
    return found
