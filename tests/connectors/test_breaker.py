"""The breaker by itself: when it opens, what it admits on trial, when it closes. The clock is held."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from connectors.errors import Resting
from connectors.options import BreakerOptions, Duration
from connectors.resilience import Breaker, Ended
from tests.sandbox.eid.held_clock import HeldClock

RESET = 30.0


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


def breaker_of(clock: HeldClock, failures: int = 3) -> Breaker:
    return Breaker(BreakerOptions(failures=failures, reset=Duration(RESET)), clock)


def ends(breaker: Breaker, *how: Ended) -> None:
    """Calls one after the other, which end like this."""
    for ended in how:
        breaker.end(breaker.begin(), ended)


def admits(breaker: Breaker) -> bool:
    """Whether a call would be admitted; it then ends without a word about the source."""
    try:
        ends(breaker, Ended.OTHERWISE)
    except Resting:
        return False
    return True


def test_f17_it_opens_after_so_many_failures_in_a_row(clock: HeldClock) -> None:
    """A success in between begins the counting anew; what says nothing about the source counts for nothing."""
    breaker = breaker_of(clock)
    ends(breaker, Ended.BADLY, Ended.BADLY, Ended.WELL, Ended.BADLY, Ended.OTHERWISE, Ended.BADLY)
    assert breaker.is_closed()
    ends(breaker, Ended.BADLY)
    assert not breaker.is_closed()
    with pytest.raises(Resting) as caught:
        breaker.begin()
    assert caught.value.retry_after == timedelta(seconds=RESET)


def test_it_says_how_long_it_will_rest(clock: HeldClock) -> None:
    breaker = breaker_of(clock, 1)
    ends(breaker, Ended.BADLY)
    clock.pass_seconds(20)
    with pytest.raises(Resting) as caught:
        breaker.begin()
    assert caught.value.retry_after == timedelta(seconds=10)


def test_f27_it_closes_after_three_trials_and_admits_only_some_at_once(clock: HeldClock) -> None:
    """One alone, then two at once, then three; those beyond fail at once and are told to come back."""
    breaker = breaker_of(clock, 1)
    ends(breaker, Ended.BADLY)
    clock.pass_seconds(RESET)
    first = breaker.begin()
    assert not admits(breaker)
    breaker.end(first, Ended.WELL)
    second, third = breaker.begin(), breaker.begin()
    assert not admits(breaker)
    breaker.end(second, Ended.WELL)
    assert not breaker.is_closed()
    breaker.end(third, Ended.WELL)
    assert breaker.is_closed()
    assert [breaker.begin() for _ in range(50)]


def test_f27_where_few_ask_nobody_is_turned_away(clock: HeldClock) -> None:
    """Trials one after the other are all admitted."""
    breaker = breaker_of(clock, 1)
    ends(breaker, Ended.BADLY)
    clock.pass_seconds(RESET)
    ends(breaker, Ended.WELL, Ended.WELL, Ended.WELL)
    assert breaker.is_closed()


def test_f17_a_failed_trial_opens_it_for_the_whole_while_again(clock: HeldClock) -> None:
    breaker = breaker_of(clock)
    ends(breaker, Ended.BADLY, Ended.BADLY, Ended.BADLY)
    clock.pass_seconds(RESET)
    ends(breaker, Ended.WELL, Ended.BADLY)
    clock.pass_seconds(RESET - 1)
    assert not admits(breaker)
    clock.pass_seconds(1)
    assert admits(breaker)


def test_a_trial_that_says_nothing_leaves_its_place_to_the_next(clock: HeldClock) -> None:
    """A caller who hangs up neither closes nor opens it."""
    breaker = breaker_of(clock, 1)
    ends(breaker, Ended.BADLY)
    clock.pass_seconds(RESET)
    ends(breaker, *[Ended.OTHERWISE] * 5)
    assert not breaker.is_closed()
    ends(breaker, Ended.WELL, Ended.WELL, Ended.WELL)
    assert breaker.is_closed()


@pytest.mark.parametrize("late", [Ended.WELL, Ended.BADLY])
def test_news_from_before_change_nothing(clock: HeldClock, late: Ended) -> None:
    """A call that began before the breaker opened ends when it is on trial, or open: it tells of another time."""
    breaker = breaker_of(clock, 1)
    older, *old = [breaker.begin() for _ in range(4)]
    ends(breaker, Ended.BADLY)
    clock.pass_seconds(RESET - 1)
    breaker.end(older, late)
    clock.pass_seconds(1)
    trial = breaker.begin()
    for begun in old:
        breaker.end(begun, late)
    assert not breaker.is_closed()
    assert not admits(breaker)
    breaker.end(trial, Ended.WELL)
    assert not breaker.is_closed()
    assert admits(breaker)


def test_f06_a_rest_may_be_as_long_as_the_source_wishes(clock: HeldClock) -> None:
    breaker = breaker_of(clock)
    breaker.end(breaker.begin(), Ended.FATALLY, rest=timedelta(seconds=7))
    assert not admits(breaker)
    clock.pass_seconds(7)
    assert admits(breaker)


class AnyOrder(RuleBasedStateMachine):
    """Calls begin, end and time passes in any order: the promises hold in every state."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HeldClock()
        self.breaker = breaker_of(self.clock, 2)
        self.under_way: list[str] = []
        self.on_trial = 0
        self.may_try_at = self.must_try_at = 0.0

    @rule()
    def begins(self) -> None:
        try:
            begun = self.breaker.begin()
        except Resting as refused:
            self.is_refused(refused)
            return
        assert self.clock.monotonic() >= self.may_try_at
        self.under_way.append(begun)
        if not self.breaker.is_closed():
            self.on_trial += 1
            assert self.on_trial <= 3

    def is_refused(self, refused: Resting) -> None:
        assert not self.breaker.is_closed()
        assert timedelta(0) < refused.retry_after <= timedelta(seconds=RESET)

    @precondition(lambda self: self.under_way)
    @rule(ended=st.sampled_from(Ended), which=st.integers(0, 99))
    def ends(self, ended: Ended, which: int) -> None:
        begun = self.under_way.pop(which % len(self.under_way))
        self.on_trial -= begun != "closed"
        before = self.breaker.is_closed()
        self.breaker.end(begun, ended)
        if ended in (Ended.BADLY, Ended.FATALLY):
            self.must_try_at = self.clock.monotonic() + RESET
        if ended is Ended.FATALLY:
            assert not self.breaker.is_closed()
        if before and not self.breaker.is_closed():
            assert ended in (Ended.BADLY, Ended.FATALLY)
            self.may_try_at = self.clock.monotonic() + RESET
        if not before and self.breaker.is_closed():
            assert ended is Ended.WELL

    @rule(seconds=st.sampled_from([0.5, 29, 30, 31]))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_seconds(seconds)

    @invariant()
    def nobody_is_shut_out_for_ever(self) -> None:
        """With nobody on trial and the while over, the next is admitted."""
        if not self.on_trial and self.clock.monotonic() >= self.must_try_at:
            assert admits(self.breaker)


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyOrder: Any = AnyOrder.TestCase
