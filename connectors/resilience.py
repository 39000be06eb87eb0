"""What keeps one ailing source from costing the others: repetition of reads, and a breaker per class of record.

Two libraries do the work. Repetition is tenacity's (9.2, 2026): its sleep, its stop and its wait are arguments, so our
clock, our deadline and our randomness decide; stamina, which stands on it, takes its sleep and its randomness from
the machine. The breaker's states, counters and thresholds are pybreaker's (1.4, 2025, also the breaker of redis-py).
The others at hand are no longer released (aiobreaker 2021, hyx 2023), sleep and count by the machine's clock alone
(purgatory 2024, circuitbreaker 2025), or know no bound on trials. pybreaker itself guards functions that return at
once, by the machine's clock; so it is told here how a call ended, and asking, waiting and admitting trials is ours.
"""

import asyncio
import enum
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, TypeVar

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN, CircuitBreaker
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from connectors import calls
from connectors.activity import Activity
from connectors.calls import IN_THE_NAME_OF
from connectors.clock import Clock
from connectors.contents import Content, shelf_of
from connectors.contract import Answer, Deadline, Grant, Inquiry, Question, Source
from connectors.errors import (
    Crowded,
    Overloaded,
    Rejected,
    Resting,
    Restricted,
    TooSlow,
    Unavailable,
    Unmatched,
    WrongPerson,
)
from connectors.options import BreakerOptions
from connectors.records import Document, Record
from connectors.writing import Entry, Mandate, Receipt, Recorder

R = TypeVar("R", bound=Record)
T = TypeVar("T")

Sleep = Callable[[float], Awaitable[None]]
Random = Callable[[], float]
"""A number from 0 to 1, evenly."""

_log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.05
"""Seconds before the first repetition, by half more or less; twice that before the next."""
_TRIALS = 3
"""Trials that must succeed before a breaker closes: one alone, then two at once, so that nobody is overrun."""
_LONGEST_REST = timedelta(minutes=1)
"""A source that asks for more patience is asked again after this much, for its word may be wrong or hostile."""
_RESTRICTED_FOR = timedelta(minutes=10)
"""How long a source that has restricted our account is asked nothing at all."""
_TRIAL_UNDER_WAY = 1.0
"""Seconds after which to come back when others are just trying."""


async def repeated(
    failed: Unavailable,
    call: Callable[[], Coroutine[Any, Any, T]],
    *,
    times: int,
    deadline: Deadline,
    sleep: Sleep,
    random: Random,
) -> T:
    """The outcome of a read that may be repeated while the source is unavailable and there is time.

    Args:
        failed: how the first attempt ended. The library costs as much as a call, so it hears only of those that failed.
        call: one more attempt, a coroutine function; its errors are ``SourceError``.
        times: repetitions at most, beyond the first attempt.
        deadline: no pause begins that would reach it.
        sleep: waits.
        random: for pauses that differ, so that those who failed together do not come back together.

    Raises:
        SourceError: that of the last attempt.
    """
    first = [failed]

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after.total_seconds() if isinstance(error, Overloaded) else 0.0
        doubled = float(2 ** (state.attempt_number - 1))
        return asked + _FIRST_PAUSE * doubled * (0.5 + random())

    def enough(state: RetryCallState) -> bool:
        return state.attempt_number > times or state.upcoming_sleep >= deadline.left()

    async def again() -> T:
        if first:
            raise first.pop()
        return await call()

    may_pass = retry_if_exception(lambda error: isinstance(error, Unavailable))
    return await AsyncRetrying(sleep=sleep, wait=pause, stop=enough, retry=may_pass, reraise=True)(again)


class Ended(enum.Enum):
    """How a call ended, in the eyes of a breaker."""

    WELL = enum.auto()
    BADLY = enum.auto()
    FATALLY = enum.auto()
    """One such end is enough."""
    OTHERWISE = enum.auto()
    """Says nothing about the source."""


class Breaker:
    """Counts how calls end; after too many failures in a row it admits none for a while, then some on trial."""

    def __init__(self, options: BreakerOptions, clock: Clock) -> None:
        self._circuit = CircuitBreaker(
            fail_max=options.failures, success_threshold=_TRIALS, throw_new_error_on_trip=False
        )
        self._reset = float(options.reset)
        self._clock = clock
        self._until = 0.0
        self._on_trial = 0
        self.is_sound = True
        """Whether it is closed and has counted no failure: it need not be asked, and a good end changes nothing."""

    def is_closed(self) -> bool:
        """Whether every call is admitted."""
        return self._circuit.current_state == STATE_CLOSED

    def begin(self) -> str:
        """Admit a call.

        Returns:
            What ``end`` wants back.

        Raises:
            Resting: no call is admitted now.
        """
        if self.is_sound:
            return STATE_CLOSED
        if self._circuit.current_state == STATE_OPEN:
            left = self._until - self._clock.monotonic()
            if left > 0:
                raise Resting("given a rest after failures", retry_after=timedelta(seconds=left))
            self._circuit.half_open()
        state: str = self._circuit.current_state
        if state == STATE_HALF_OPEN:
            if self._on_trial > self._circuit.success_counter:
                raise Resting("others are just trying", retry_after=timedelta(seconds=_TRIAL_UNDER_WAY))
            self._on_trial += 1
        return state

    def end(self, begun: str, ended: Ended, *, rest: timedelta | None = None) -> None:
        """Say how an admitted call ended.

        Args:
            begun: what ``begin`` returned.
            ended: how.
            rest: for how long nobody is admitted when this opens the breaker; the configured while by default.
        """
        if ended is Ended.WELL and self.is_sound and begun == STATE_CLOSED:
            return
        if begun == STATE_HALF_OPEN:
            self._on_trial -= 1
        self._count(begun, ended, rest)
        self.is_sound = self.is_closed() and not self._circuit.fail_counter

    def _count(self, begun: str, ended: Ended, rest: timedelta | None) -> None:
        now = self._circuit.current_state
        if now == STATE_OPEN:
            return
        if ended is Ended.FATALLY:
            self._circuit.open()
        elif begun == now and ended is Ended.WELL:
            # A call from before the last change tells of a source as it was then.
            if now == STATE_HALF_OPEN or self._circuit.fail_counter:
                self._circuit.call(_succeed)
        elif begun == now and ended is Ended.BADLY:
            with suppress(_Failure):
                self._circuit.call(_fail)
        if self._circuit.current_state == STATE_OPEN:
            seconds = self._reset if rest is None else rest.total_seconds()
            self._until = self._clock.monotonic() + seconds


class _Failure(Exception):
    """What pybreaker counts."""


def _succeed() -> None:
    pass


def _fail() -> None:
    raise _Failure


class GuardedSource:
    """A source with a breaker for each class of record that it holds. ``info.resting`` shows which are not closed."""

    def __init__(
        self,
        source: Source,
        options: BreakerOptions,
        *,
        clock: Clock,
        activity: Activity | None = None,
        lateness: Callable[[float], float] = lambda _seconds: 0.0,
    ) -> None:
        """Stand before a source.

        Args:
            source: who is asked.
            options: when it is given a rest.
            clock: for how long that is.
            activity: where its questions and calls are counted.
            lateness: how late this process itself was at worst in the last so many seconds.
        """
        self.info = source.info
        self.holds = source.holds
        self.deadline = source.deadline
        self.takes: frozenset[type[Entry]] = source.takes if isinstance(source, Recorder) else frozenset()
        self.gives_contents = shelf_of(source) is not None
        self._source = source
        self._clock = clock
        self._activity = activity or Activity()
        self._lateness = lateness
        self._wrong_person = Ended.FATALLY if options.wrong_person == "open" else Ended.BADLY
        self._breakers = {about: Breaker(options, clock) for about in source.holds} if options.failures else {}

    async def ask(self, question: Question[R], grant: Grant, inquiry: Inquiry) -> Answer[R]:
        """The source's answer, or at once ``Resting`` (see ``contract.Source``)."""
        about, activity = question.about, self._activity
        grant.require(about)
        breaker = self._breakers.get(about)
        begun = STATE_CLOSED if breaker is None or breaker.is_sound else breaker.begin()
        at = self._clock.monotonic()
        named = IN_THE_NAME_OF.set((self.info.id, inquiry, activity))
        activity.questions += 1
        try:
            answer = await self._source.ask(question, grant, inquiry)
        except BaseException as error:
            if breaker is not None:
                self._failed(breaker, begun, error, inquiry, self._clock.monotonic() - at)
            raise
        finally:
            activity.questions -= 1
            IN_THE_NAME_OF.reset(named)
        if breaker is not None and (begun != STATE_CLOSED or not breaker.is_sound):
            breaker.end(begun, Ended.WELL)
            self._show()
        return answer

    async def write(self, entry: Entry, key: str, mandate: Mandate, inquiry: Inquiry) -> Receipt:
        """The source's receipt (see ``writing.Recorder``).

        No breaker stands before it: people write at a person's pace, and whoever has measured something should not
        hear that the source rests because others could not read from it.
        """
        mandate.require(entry)
        if not isinstance(self._source, Recorder) or type(entry) not in self.takes:
            raise Rejected("takes no such entries")
        with calls.noted(self.info.id, inquiry, self._activity):
            return await self._source.write(entry, key, mandate, inquiry)

    @asynccontextmanager
    async def content(self, document: Document, grant: Grant, inquiry: Inquiry) -> AsyncIterator[Content]:
        """The source's content (see ``contents.Shelf``). Whether it rests, the question for the document has told."""
        shelf = shelf_of(self._source)
        if shelf is None:
            raise Rejected("gives out no contents")
        with calls.noted(self.info.id, inquiry, self._activity):
            async with shelf.content(document, grant, inquiry) as content:
                yield content

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        await self._source.close()

    def _failed(self, breaker: Breaker, begun: str, error: BaseException, inquiry: Inquiry, elapsed: float) -> None:
        """Let the breaker know, and all of them where the source has restricted our account."""
        if isinstance(error, Restricted):
            # It is the account that is restricted, whatever it was used for.
            for other in self._breakers.values():
                if other is not breaker:
                    other.end(STATE_CLOSED, Ended.FATALLY, rest=_RESTRICTED_FOR)
            breaker.end(begun, Ended.FATALLY, rest=_RESTRICTED_FOR)
        else:
            rest = min(error.retry_after, _LONGEST_REST) if isinstance(error, Overloaded) else None
            breaker.end(begun, self._judged(error, inquiry, elapsed), rest=rest)
        self._show()

    def _judged(self, error: BaseException, inquiry: Inquiry, elapsed: float) -> Ended:
        """What an error says about the source. A time-out counts where the source had its time.

        An ``Overloaded`` source said itself when to come back, and who goes on asking is the storm that it fears.
        """
        if isinstance(error, Unmatched):
            return Ended.WELL
        if isinstance(error, WrongPerson):
            return self._wrong_person
        if isinstance(error, Overloaded):
            return Ended.FATALLY
        if isinstance(error, TooSlow | asyncio.CancelledError):
            return self._judged_late(error, inquiry, elapsed)
        return Ended.BADLY if isinstance(error, Unavailable) else Ended.OTHERWISE

    def _judged_late(self, error: BaseException, inquiry: Inquiry, elapsed: float) -> Ended:
        """What it says about the source that no answer came in time."""
        if isinstance(error, Crowded) or self._lateness(elapsed) > _OUR_OWN_LATENESS:
            # It was not asked, or its answer may have lain there while this process was busy.
            return Ended.OTHERWISE
        if isinstance(error, TooSlow):
            # Whoever asks with next to no time left must not be able to close a source to everybody.
            had_time = inquiry.deadline.left() > _NEXT_TO_NOTHING or elapsed >= self.deadline / 2
        else:
            # The door's own time-out, or a caller who hung up.
            had_time = elapsed >= 0.95 * self.deadline
        return Ended.BADLY if had_time else Ended.OTHERWISE

    def _show(self) -> None:
        resting = frozenset(about.__name__ for about, breaker in self._breakers.items() if not breaker.is_closed())
        for name in resting - self.info.resting:
            _log.warning("%s is given a rest for %s", self.info.id, name)
        self.info.resting = resting


_OUR_OWN_LATENESS = 0.1
"""Seconds that this process may come late before a time-out is its own: a call wakes it up some ten times."""
_NEXT_TO_NOTHING = 0.01
"""Seconds that may be left although a time-out has come: timers are no more exact."""
