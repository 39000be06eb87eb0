"""Ask the store for what opens others' records: patiently for a moment, not at all while it ails, never silently."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.clock import Clock
from connectors.errors import Resting
from connectors.options import BreakerOptions, Duration
from connectors.resilience import Breaker, Ended
from gateway.store.database import Unavailable
from resolvers.access.consents import TrustUnavailable

_BREAKER = BreakerOptions(failures=5, reset=Duration(2))

READING = 2.0
"""Seconds for reading about one citizen. Whoever needs it is refused when it takes longer."""
WRITING = 3.0


class Patience:
    """Counts how asking ends, for everybody who asks through it."""

    def __init__(self, clock: Clock) -> None:
        self._breaker = Breaker(_BREAKER, clock)

    @asynccontextmanager
    async def __call__(self, seconds: float) -> AsyncIterator[None]:
        """Ask within the block, for so long.

        Raises:
            TrustUnavailable: the store ails.
        """
        try:
            begun = self._breaker.begin()
        except Resting:
            raise TrustUnavailable from None
        ended = Ended.OTHERWISE
        try:
            async with asyncio.timeout(seconds):
                yield
            ended = Ended.WELL
        except Unavailable as error:
            ended = Ended.BADLY
            raise TrustUnavailable from error
        finally:
            self._breaker.end(begun, ended)
