"""How late this process itself is. Who comes late to a time-out must not say that the other was slow."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from connectors.clock import Clock

_EVERY = 0.1
"""Seconds between two looks."""
_KEPT = 600
"""Looks that are remembered: a minute."""


class Lag:
    """Watches how much later than agreed the event loop wakes somebody up."""

    def __init__(self, clock: Clock, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._due: float | None = None
        self._seen: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    async def watch(self) -> None:
        """Look on and on, until cancelled."""
        try:
            while True:
                self._due = self._clock.monotonic() + _EVERY
                await self._sleep(_EVERY)
                now = self._clock.monotonic()
                self._seen.append((now, max(0.0, now - self._due)))
        finally:
            self._due = None

    def worst(self, seconds: float) -> float:
        """The greatest lateness, in seconds, of the last so many seconds. One that is not over counts as well.

        Args:
            seconds: how far to look back.
        """
        now = self._clock.monotonic()
        worst = 0.0 if self._due is None else max(0.0, now - self._due)
        for at, late in reversed(self._seen):
            if at < now - seconds:
                break
            worst = max(worst, late)
        return worst
