"""Turns by themselves: none is lost, none is given twice, and who waits longest is next."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.activity import Activity
from connectors.errors import Crowded
from connectors.turns import Turns
from tests.connectors.serving import PATIENCE


async def taken(turns: Turns, activity: Activity | None = None) -> None:
    """Take a place, as a line does."""
    if turns.free:
        turns.free -= 1
    else:
        await turns.wait(PATIENCE, activity or Activity())


async def test_who_has_waited_longest_is_next() -> None:
    turns, order = Turns(1, 10), []
    await taken(turns)

    async def call(number: int) -> None:
        await taken(turns)
        order.append(number)
        turns.give_back()

    waiting = [asyncio.ensure_future(call(number)) for number in range(5)]
    await asyncio.sleep(0)
    turns.give_back()
    await asyncio.gather(*waiting)
    assert order == [0, 1, 2, 3, 4]
    assert turns.free == 1


async def test_a76_a_turn_that_comes_in_the_moment_of_giving_up_goes_to_the_next() -> None:
    turns, activity = Turns(1, 10), Activity()
    await taken(turns)
    first, second = (asyncio.ensure_future(taken(turns, activity)) for _ in range(2))
    await asyncio.sleep(0)
    turns.give_back()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    assert (turns.free, len(turns.waiting), activity.waiting) == (0, 0, 0)


async def test_no_turn_in_time_is_told_and_counted() -> None:
    turns, activity = Turns(0, 1), Activity()
    with pytest.raises(Crowded, match="deadline"):
        await turns.wait(0, activity)
    assert (len(turns.waiting), activity.waiting, activity.crowded) == (0, 0, 1)


@given(places=st.integers(1, 3), steps=st.lists(st.integers(0, 3), max_size=40))
async def test_places_are_neither_lost_nor_made_whatever_happens(places: int, steps: list[int]) -> None:
    """Calls come, end, and are given up, in any order."""
    turns = Turns(places, 100)
    calls: list[asyncio.Task[None]] = []
    held: list[asyncio.Task[None]] = []

    async def call() -> None:
        await taken(turns)
        held.append(asyncio.current_task())  # type: ignore[arg-type]  # there is one

    for step in steps:
        if step <= 1:
            calls.append(asyncio.ensure_future(call()))
        elif step == 2 and held:
            held.pop()
            turns.give_back()
        elif calls:
            calls.pop(0).cancel()
        for _ in range(step):
            await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
    assert turns.free + len(held) == places
    assert not (turns.free and turns.waiting)
    for task in calls:
        task.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
