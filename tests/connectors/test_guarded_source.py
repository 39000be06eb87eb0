"""A source with its breakers: what counts, for which class of record, and how it shows."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.activity import Activity
from connectors.contract import Question
from connectors.errors import (
    Crowded,
    Denied,
    Garbled,
    Overloaded,
    Resting,
    Restricted,
    SourceError,
    TooSlow,
    Unavailable,
    Unmatched,
    WrongPerson,
)
from connectors.options import BreakerOptions, Duration
from connectors.records import Allergy, Condition, Record
from connectors.resilience import GuardedSource
from tests.connectors.false_source import AN, FalseSource, grant, inquiry
from tests.sandbox.eid.held_clock import HeldClock

RESET = 30.0


class World:
    """A false source behind its breakers, which open after three failures."""

    def __init__(self, **options: Any) -> None:
        self.clock = HeldClock()
        self.inner = FalseSource(self.clock)
        chosen = BreakerOptions(**{"failures": 3, "reset": Duration(RESET), **options})
        self.lateness = 0.0
        self.activity = Activity()
        self.guarded = GuardedSource(
            self.inner, chosen, clock=self.clock, activity=self.activity, lateness=lambda _seconds: self.lateness
        )

    async def ask(self, about: type[Record] = Allergy, seconds: float = 5) -> Any:
        return await self.guarded.ask(Question(about=about), grant(AN), inquiry(self.clock, seconds))

    async def fails(self, error: Callable[[], BaseException], times: int = 1, **how: Any) -> None:
        """Ask while the source fails like this, which is what the caller is told."""
        self.inner.error = error
        kind = type(error())
        for _ in range(times):
            with pytest.raises(kind) as caught:
                await self.ask(**how)
            assert type(caught.value) is kind
        self.inner.error = None

    async def is_resting(self, about: type[Record] = Allergy) -> bool:
        """Whether a question is refused without the source being asked."""
        before = len(self.inner.asked)
        try:
            await self.ask(about)
        except Resting:
            return len(self.inner.asked) == before
        return False


def overloaded(seconds: float = 7) -> Callable[[], SourceError]:
    return lambda: Overloaded("429", retry_after=timedelta(seconds=seconds))


@pytest.mark.parametrize("error", [Unavailable, TooSlow])
async def test_f03_f05_a_source_that_keeps_failing_is_given_a_rest(error: type[SourceError]) -> None:
    """Then the answer is at once that it is unavailable, with the time to come back."""
    world = World()
    await world.fails(lambda: error("x"), 2)
    assert not await world.is_resting()
    await world.fails(lambda: error("x"), 3)
    with pytest.raises(Unavailable) as caught:
        await world.ask()
    assert isinstance(caught.value, Resting)
    assert caught.value.retry_after == timedelta(seconds=RESET)


async def test_f17_it_comes_back_when_it_has_healed() -> None:
    world = World()
    await world.fails(lambda: Unavailable("x"), 3)
    world.clock.pass_seconds(RESET)
    for _ in range(3):
        assert (await world.ask()).records
    assert world.guarded.info.resting == frozenset()


async def test_one_class_of_record_rests_and_the_others_go_on() -> None:
    """A broken search for allergies costs nobody their conditions."""
    world = World()
    await world.fails(lambda: Unavailable("x"), 3)
    assert await world.is_resting(Allergy)
    assert not await world.is_resting(Condition)


async def test_f12_one_answer_about_somebody_else_is_enough() -> None:
    world = World()
    await world.fails(lambda: WrongPerson("x"))
    assert await world.is_resting()
    assert not await world.is_resting(Condition)


async def test_f12_unless_the_options_say_that_it_counts_like_others() -> None:
    world = World(wrong_person="count")
    await world.fails(lambda: WrongPerson("x"), 2)
    assert not await world.is_resting()
    await world.fails(lambda: WrongPerson("x"), 3)
    assert await world.is_resting()


@pytest.mark.parametrize("error", [Denied, Garbled, Unmatched, SourceError, KeyError])
async def test_what_is_about_one_question_shuts_nobody_out(error: type[Exception]) -> None:
    """A card whose name does not match, a citizen whom nobody can be asked about, an account that was refused."""
    world = World()
    await world.fails(lambda: error("x"), 10)
    assert not await world.is_resting()


@pytest.mark.parametrize(("seconds", "rest"), [(7, 7), (0.5, 0.5), (99_999, 60)])
async def test_f06_a_source_that_asks_for_patience_gets_it_from_everybody(seconds: float, rest: float) -> None:
    """As long as it says, but no word of a source silences it for more than a minute."""
    world = World()
    await world.fails(overloaded(seconds))
    world.clock.pass_seconds(rest - 0.1)
    assert await world.is_resting()
    world.clock.pass_seconds(0.1)
    assert not await world.is_resting()


async def test_whoever_asks_with_no_time_cannot_close_a_source_to_others() -> None:
    """A time-out counts where the source had its time: all that the request had left, if not half of its own."""
    world = World()
    world.inner.takes = 0.2
    await world.fails(lambda: TooSlow("x"), 10, seconds=0.2)
    assert not await world.is_resting()
    world.inner.takes = 1.1
    await world.fails(lambda: TooSlow("x"), 3, seconds=1.1)
    world.inner.takes = 0
    assert await world.is_resting()


@pytest.mark.parametrize(("lateness", "rests"), [(0.0, True), (0.05, True), (0.5, False)])
async def test_f28_a_time_out_of_our_own_closes_no_source(lateness: float, *, rests: bool) -> None:
    """Under a burst this process comes late to everything; an answer may have been there in time."""
    world = World()
    world.lateness = lateness
    await world.fails(lambda: TooSlow("x"), 3)
    assert await world.is_resting() is rests


async def test_our_own_lateness_excuses_no_broken_source() -> None:
    """What was refused was refused, however busy we are."""
    world = World()
    world.lateness = 9.0
    await world.fails(lambda: Unavailable("x"), 3)
    assert await world.is_resting()


async def test_who_was_not_asked_in_time_says_nothing_about_the_source() -> None:
    """Our own queue was too long."""
    world = World()
    await world.fails(lambda: Crowded("x"), 10)
    assert not await world.is_resting()


async def test_questions_under_way_are_counted() -> None:
    """Also one that is given up."""
    world = World()
    world.inner.open.clear()
    call = asyncio.ensure_future(world.ask())
    await world.inner.busy.wait()
    assert world.activity.questions == 1
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert world.activity.questions == 0


@pytest.mark.parametrize(("waited", "rests"), [(0.1, False), (2.0, True)])
async def test_f02_a_time_out_at_the_door_counts_and_hanging_up_does_not(waited: float, *, rests: bool) -> None:
    """Both cancel the call; only the first comes after the time that the source is given."""
    world = World(failures=1)
    world.inner.open.clear()
    call = asyncio.ensure_future(world.ask())
    await world.inner.busy.wait()
    world.clock.pass_seconds(waited)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    world.inner.open.set()
    assert await world.is_resting() is rests


async def test_f27_a_source_that_comes_back_is_not_overrun() -> None:
    """A hundred who waited for it: never more than three at once before it has proved itself."""
    world = World()
    await world.fails(lambda: Unavailable("x"), 3)
    world.clock.pass_seconds(RESET)
    world.inner.most = 0
    world.inner.open.clear()
    calls = [asyncio.ensure_future(world.ask()) for _ in range(100)]
    await world.inner.busy.wait()
    world.inner.open.set()
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert world.inner.most == 1
    assert sum(isinstance(one, Resting) for one in done) == 99


async def test_f27_a_cancelled_trial_gives_its_place_back() -> None:
    world = World(failures=1)
    await world.fails(lambda: Unavailable("x"))
    world.clock.pass_seconds(RESET)
    world.inner.open.clear()
    trial = asyncio.ensure_future(world.ask())
    await world.inner.busy.wait()
    assert await world.is_resting()
    trial.cancel()
    await asyncio.gather(trial, return_exceptions=True)
    world.inner.open.set()
    assert not await world.is_resting()


async def test_it_shows_what_rests_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    """For the graph, for health, and one line in the log, without a word about anybody."""
    world = World()
    await world.fails(lambda: Unavailable("x"), 3)
    assert await world.is_resting()
    assert world.guarded.info.resting == {"Allergy"}
    (line,) = caplog.records
    assert (line.levelno, line.getMessage()) == (logging.WARNING, "hospital is given a rest for Allergy")


async def test_without_breakers_it_is_always_asked() -> None:
    world = World(failures=0)
    await world.fails(lambda: Unavailable("x"), 20)
    await world.fails(lambda: WrongPerson("x"), 20)
    assert not await world.is_resting()


async def test_a_question_outside_its_grant_is_a_mistake_and_counts_for_nothing() -> None:
    world = World(failures=1)
    elsewhere = Question(about=Record)
    with pytest.raises(PermissionError):
        await world.guarded.ask(elsewhere, grant(AN), inquiry(world.clock))
    assert world.inner.asked == []


async def test_a_restricted_account_is_left_alone_at_once_for_every_class() -> None:
    """It is the account that is restricted, not what it was used for; ten minutes later it is tried again."""
    world = World()
    await world.fails(lambda: Restricted("restricted"))
    assert await world.is_resting(Allergy)
    assert await world.is_resting(Condition)
    world.clock.pass_seconds(599)
    assert await world.is_resting(Condition)
    world.clock.pass_seconds(1)
    assert not await world.is_resting(Condition)
