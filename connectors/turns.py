"""Turns: how many calls to one source may be in flight at once, and who waits for the next one to end.

Nearly every call finds a free place. So taking one and giving it back are a look at two attributes, done in place by
who asks (``http.Line``); only who has to wait comes here.
"""

import asyncio
from collections import deque

from connectors.activity import Activity
from connectors.errors import Crowded


class Turns:
    """The places of one source. ``free`` is above zero only while nobody waits, and a place goes to who waited longest.

    To take one: count ``free`` down, or ``wait`` where it is zero. To give it back: count ``free`` up, or ``give_back``
    where somebody is ``waiting``.
    """

    __slots__ = ("_queue", "free", "waiting")

    def __init__(self, places: int, queue: int) -> None:
        """Begin with every place free.

        Args:
            places: calls in flight at most.
            queue: how many may wait.
        """
        self.free = places
        self.waiting: deque[asyncio.Future[None]] = deque()
        self._queue = queue

    async def wait(self, left: float, activity: Activity) -> None:
        """Wait for a place; it is then ours.

        Args:
            left: seconds for that.
            activity: where it is counted.

        Raises:
            Crowded: too many wait already, or no place came free in time.
        """
        if len(self.waiting) >= self._queue:
            activity.crowded += 1
            raise Crowded("too many calls wait for this source")
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(left, _too_late, turn)
        self.waiting.append(turn)
        activity.waiting += 1
        try:
            await turn
        except BaseException as error:
            activity.crowded += isinstance(error, Crowded)
            if turn in self.waiting:
                self.waiting.remove(turn)
            elif not turn.cancelled() and turn.exception() is None:
                # Whoever waited was cancelled in the moment in which the turn came.
                self.give_back()
            raise
        finally:
            activity.waiting -= 1
            timer.cancel()

    def give_back(self) -> None:
        """Give a place to who has waited longest, or make it free."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


def _too_late(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(Crowded("no turn before the deadline"))
