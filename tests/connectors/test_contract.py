"""An inquiry: one request's dealings, each begun once, all ended with it."""

import asyncio

import pytest

from connectors.contract import Deadline, Inquiry
from connectors.errors import Unavailable
from connectors.records import Allergy, Condition
from tests.resolvers.world import grant
from tests.sandbox.eid.held_clock import HeldClock


def inquiry() -> Inquiry:
    """A request with five seconds."""
    clock = HeldClock()
    return Inquiry(request_id="1", deadline=Deadline.after(5, clock), clock=clock)


async def test_work_with_the_same_key_is_done_once_also_when_it_fails() -> None:
    """Everybody who waits hears the same, good or bad."""
    request, begun = inquiry(), []

    async def fail() -> None:
        begun.append(1)
        raise Unavailable("x")

    results = await asyncio.gather(*(request.once("key", fail) for _ in range(5)), return_exceptions=True)

    assert len(begun) == 1
    assert [type(result) for result in results] == [Unavailable] * 5


async def test_a_waiter_who_gives_up_leaves_the_work_to_the_others() -> None:
    """A short deadline of one question does not end the look-up that another one waits for."""
    request, go_on = inquiry(), asyncio.Event()

    async def work() -> str:
        await go_on.wait()
        return "done"

    async def impatient() -> None:
        async with asyncio.timeout(0):
            await request.once("key", work)

    patient = request.once("key", work)
    with pytest.raises(TimeoutError):
        await impatient()
    go_on.set()

    assert await patient == "done"


async def test_the_end_of_the_request_waits_until_work_has_let_go() -> None:
    """`close` returns when the connections of the request are free again."""
    request, let_go = inquiry(), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            let_go.append(True)

    request.once("key", work)
    await asyncio.sleep(0)
    await request.close()

    assert let_go == [True]


def test_limits_nest() -> None:
    """A call's own limit only ever shortens what the request has left."""
    clock = HeldClock()
    request = Deadline.after(5, clock)
    assert request.within(2).left() == 2
    assert request.within(60).left() == 5
    clock.pass_seconds(6)
    assert request.left() == 0


def test_a_grant_covers_what_it_names_and_nothing_else() -> None:
    """Asking with the wrong one is a mistake of ours, and loud."""
    grant(Condition).require(Condition)
    with pytest.raises(PermissionError):
        grant(Condition).require(Allergy)
