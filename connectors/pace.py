"""A pace for the calls of one account: no more in a minute than was agreed, whoever makes them."""

from datetime import timedelta

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import Overloaded
from connectors.resilience import Sleep

_AT_ONCE = 0.1
"""Share of a minute's calls that may be made at once, after a silence."""


class Pace:
    """Gives out turns evenly (the leaky bucket of ITU-T I.371, as GCRA)."""

    def __init__(self, calls_per_minute: int, *, clock: Clock, sleep: Sleep) -> None:
        """Begin with a rested account.

        Args:
            calls_per_minute: the agreed number; 0 is without limit.
            clock: for the stop-watch.
            sleep: waits for a turn.
        """
        self._interval = 60 / calls_per_minute if calls_per_minute else 0.0
        self._slack = self._interval * max(calls_per_minute * _AT_ONCE - 1, 0)
        self._clock = clock
        self._sleep = sleep
        self._due = 0.0
        """When the next call is due, had all calls been made evenly."""

    async def turn(self, deadline: Deadline) -> None:
        """Wait for a turn. One that is given and not used is lost.

        Raises:
            Overloaded: no turn comes before the deadline.
        """
        if not self._interval:
            return
        now = self._clock.monotonic()
        wait = self._due - self._slack - now
        if wait >= deadline.left():
            raise Overloaded("the account has used up its calls", retry_after=timedelta(seconds=wait))
        self._due = max(self._due, now) + self._interval
        if wait > 0:
            await self._sleep(wait)
