"""A93: the machine's calendar jumps. Tokens are judged by the calendar; what is waited for is not."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City

ALLERGIES = "{ me { allergies { completeness { complete } } } }"


class Jumping:
    """The city's time with a calendar that somebody sets; the stop-watch goes on as ever."""

    def __init__(self, right: CityClock) -> None:
        self._right = right
        self.wrong = timedelta(0)

    def now(self) -> datetime:
        return self._right.now() + self.wrong

    def monotonic(self) -> float:
        return self._right.monotonic()


@pytest.fixture(scope="module")
def clock(city_clock: CityClock) -> Jumping:
    """Of the gateway alone: the city keeps its own time."""
    return Jumping(city_clock)


@pytest.fixture(scope="module")
def jumping(whole_city: City, clock: Jumping, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway that lives by that clock."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("jumping"), clock=clock) as running:
        yield running


@pytest.mark.parametrize(("hours", "status"), [(0, 200), (1, 401), (-1, 401)])
async def test_a93_a_token_is_judged_by_the_calendar(
    jumping: Running, clock: Jumping, city: City, hours: int, status: int
) -> None:
    """One from before is past, one from after is not valid yet; when the calendar is right again, so is the token."""
    token = city.eid.token_for("an")
    clock.wrong = timedelta(hours=hours)
    try:
        assert (await jumping.ask(ALLERGIES, token=token)).status == status
    finally:
        clock.wrong = timedelta(0)


@pytest.mark.parametrize("hours", [1, -1])
async def test_a93_what_is_under_way_goes_by_the_stop_watch(
    jumping: Running, clock: Jumping, city: City, hours: int
) -> None:
    """A jump neither cuts off a source that still has time nor lets it take longer than it has."""
    city.faults.set("hospital-b", "slow", seconds=0.5)
    asked = asyncio.ensure_future(jumping.ask(ALLERGIES, token=city.eid.token_for("an")))
    assert await asyncio.to_thread(city.seen["hospital-b"].wait_until, lambda seen: seen.in_flight > 0)
    clock.wrong = timedelta(hours=hours)
    try:
        answer = await asked
    finally:
        clock.wrong = timedelta(0)
    assert answer.data["me"]["allergies"]["completeness"]["complete"]
