"""One timer ends whatever is overdue, each at its own time, and nothing else."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import pytest

from connectors.contract import Question, SourceState
from connectors.records import Condition
from resolvers.federation import Federation
from resolvers.locating import Directory
from resolvers.patience import Patience
from tests.resolvers.world import FalseSource, condition, for_ever, grant, inquiry

QUESTION = Question(about=Condition)


async def patiently(patience: Patience, seconds: float, waited: Callable[[], Awaitable[object]]) -> str:
    """How waiting for something ends."""
    task = asyncio.current_task()
    assert task is not None
    patience.begin(task, seconds)
    try:
        await waited()
    except asyncio.CancelledError:
        if patience.end(task):
            return "overdue"
        raise
    patience.end(task)
    return "done"


async def test_each_is_stopped_at_its_own_time_and_who_is_done_is_left_alone() -> None:
    """The later ones are begun first, so that the timer has to be set back."""
    patience, order = Patience(), []

    async def run(seconds: float) -> None:
        assert await patiently(patience, seconds, asyncio.Event().wait) == "overdue"
        order.append(seconds)

    quick = asyncio.ensure_future(patiently(patience, 60, lambda: asyncio.sleep(0)))
    await asyncio.gather(*map(run, (0.03, 0.01, 0.02, 0.02)))
    assert order == [0.01, 0.02, 0.02, 0.03]
    assert await quick == "done"


async def test_what_is_begun_after_the_timer_rang_has_one_again() -> None:
    patience = Patience()
    for _ in range(3):
        assert await asyncio.ensure_future(patiently(patience, 0.001, asyncio.Event().wait)) == "overdue"


async def test_the_timer_outlives_a_request_and_keeps_nothing_of_it() -> None:
    """Else every request would stay in memory until its deadline."""
    directory = Directory([FalseSource("a", {Condition: [condition("1")]})])
    patience, of_a_request = directory.patience, ContextVar[Federation]("of_a_request")

    async def request() -> weakref.ref[Federation]:
        federation = Federation(directory, inquiry())
        of_a_request.set(federation)
        await federation.ask(QUESTION, grant(Condition))
        await federation.finish()
        return weakref.ref(federation)

    left = await asyncio.ensure_future(request())
    assert patience._alarm is not None and not patience._alarm.cancelled()
    assert not patience._due and not patience._overdue
    alarm = patience._alarm
    await asyncio.ensure_future(request())
    assert patience._alarm is alarm, "the next request has no timer of its own"
    await asyncio.sleep(0)  # the loop itself lets go of the task
    gc.collect()  # of a large heap it takes longer than the timer is set for
    assert left() is None


async def test_one_timer_serves_requests_that_may_take_longer_and_those_that_may_not() -> None:
    """Whoever comes later and has less time is stopped in time, whatever the timer was set for; so are the others."""
    directory, order = Directory([]), []

    async def run(seconds: float) -> None:
        assert await patiently(directory.patience, seconds, asyncio.Event().wait) == "overdue"
        order.append(seconds)

    await asyncio.gather(*(asyncio.ensure_future(run(seconds)) for seconds in (0.04, 0.05, 0.01, 0.03, 0.02)))
    assert order == [0.01, 0.02, 0.03, 0.04, 0.05]
    assert directory.patience._alarm is None, "and none is set where nobody is waited for"


async def test_a_timer_that_rings_for_nobody_is_set_for_the_next_one() -> None:
    """Whoever it was set for was done in time."""
    patience = Patience()
    assert await asyncio.ensure_future(patiently(patience, 0.001, lambda: asyncio.sleep(0))) == "done"
    later = asyncio.ensure_future(patiently(patience, 0.01, asyncio.Event().wait))
    assert await later == "overdue"


async def test_whoever_else_stops_a_task_is_heard() -> None:
    """Also in the very moment in which it was overdue."""
    patience = Patience()
    for seconds in (60, 0):
        task = asyncio.ensure_future(patiently(patience, seconds, asyncio.Event().wait))
        await asyncio.sleep(0)
        if seconds == 0:
            patience._ring(asyncio.get_running_loop())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_an_answer_that_came_in_spite_of_all_counts() -> None:
    """A kind that lets nobody stop it: what it brings in the end is an answer, and the task goes on."""

    async def stubborn() -> list[Condition]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return [condition("1")]
        return []

    source = FalseSource("a", {Condition: stubborn}, deadline=0.001)
    found = await Federation(Directory([source]), inquiry()).ask(QUESTION, grant(Condition))
    assert [outcome.state for outcome in found.outcomes] == [SourceState.ANSWERED]
    assert len(found.records) == 1


async def test_f02_many_silent_sources_are_given_up_each_at_its_own_deadline() -> None:
    """One timer for all of them; the reason is the same as ever."""
    sources = [FalseSource(f"s{n}", {Condition: for_ever}, deadline=0.002 * (1 + n % 3)) for n in range(6)]
    federation = Federation(Directory(sources), inquiry())
    found = await federation.ask(QUESTION, grant(Condition))
    assert {(outcome.state, outcome.code) for outcome in found.outcomes} == {(SourceState.TIMED_OUT, "GATEWAY_TIMEOUT")}
    assert all(isinstance(fault.error, TimeoutError) for fault in federation.faults)
