"""How late this process is: measured by a clock that the test moves, never by waiting."""

import asyncio

from connectors.lag import Lag
from tests.sandbox.eid.held_clock import HeldClock


class Looked:
    """A lag whose sleep ends when the test says so, after the time that the test says."""

    def __init__(self) -> None:
        self.clock = HeldClock()
        self._turns: asyncio.Queue[float] = asyncio.Queue()
        self.lag = Lag(self.clock, sleep=self._sleep)
        self.task = asyncio.ensure_future(self.lag.watch())

    async def _sleep(self, seconds: float) -> None:
        self.clock.pass_seconds(seconds + await self._turns.get())
        self._turns.task_done()

    async def late(self, *seconds: float) -> None:
        """Let it look once for each of these latenesses."""
        await asyncio.sleep(0)
        for each in seconds:
            self._turns.put_nowait(each)
        await self._turns.join()
        await asyncio.sleep(0)


async def test_the_worst_lateness_is_that_of_the_time_that_is_asked_about() -> None:
    """An old one says nothing about now."""
    looked = Looked()
    await looked.late(0.0, 0.5, 0.0, 0.2)

    assert round(looked.lag.worst(10), 6) == 0.5
    assert round(looked.lag.worst(0.35), 6) == 0.2
    looked.task.cancel()


async def test_a_loop_that_is_blocked_just_now_is_late_already() -> None:
    """Time-outs may be judged before the look that is overdue."""
    looked = Looked()
    await looked.late(0.0)
    looked.clock.pass_seconds(1.1)

    assert round(looked.lag.worst(0.1), 6) == 1.0
    looked.task.cancel()


async def test_who_does_not_look_is_not_late() -> None:
    """Neither before the first look nor after the last."""
    looked = Looked()
    assert looked.lag.worst(10) == 0
    await looked.late(0.0)
    looked.task.cancel()
    await asyncio.gather(looked.task, return_exceptions=True)
    looked.clock.pass_seconds(5)

    assert looked.lag.worst(10) == 0
