"""The pace of an account: even turns, some at once after a silence, and a refusal where no turn comes in time."""

from datetime import timedelta

import pytest

from connectors.contract import Deadline
from connectors.errors import Overloaded
from connectors.pace import Pace
from tests.sandbox.eid.held_clock import HeldClock


class Waits:
    """Notes how long is waited, and lets that time pass."""

    def __init__(self, clock: HeldClock) -> None:
        self.clock = clock
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(round(seconds, 6))
        self.clock.pass_seconds(seconds)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


def pace_of(calls_per_minute: int, clock: HeldClock) -> tuple[Pace, Waits]:
    waits = Waits(clock)
    return Pace(calls_per_minute, clock=clock, sleep=waits), waits


async def test_a_tenth_of_a_minutes_calls_may_be_made_at_once(clock: HeldClock) -> None:
    """Then one every second for sixty a minute."""
    pace, waits = pace_of(60, clock)
    for _ in range(9):
        await pace.turn(Deadline.after(10, clock))
    assert waits.seconds == [1.0, 1.0, 1.0]


async def test_a_turn_that_comes_too_late_is_refused_at_once(clock: HeldClock) -> None:
    """It says when to come back, and takes nobody's turn."""
    pace, waits = pace_of(1, clock)
    await pace.turn(Deadline.after(10, clock))
    for _ in range(2):
        with pytest.raises(Overloaded) as caught:
            await pace.turn(Deadline.after(10, clock))
        assert caught.value.retry_after == timedelta(seconds=60)
    clock.pass_seconds(60)
    await pace.turn(Deadline.after(10, clock))
    assert waits.seconds == []


async def test_without_a_limit_nobody_waits(clock: HeldClock) -> None:
    pace, waits = pace_of(0, clock)
    for _ in range(1000):
        await pace.turn(Deadline.after(0.001, clock))
    assert waits.seconds == []
