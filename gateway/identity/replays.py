"""Which proofs were used already. A proof is good once, also when twelve come at the same moment."""

from collections import OrderedDict
from typing import Any, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.clock import Clock
from gateway.identity.dpop_settings import ReplaySettings
from gateway.identity.errors import ReplaysUnavailable

log = structlog.get_logger()


class Replays(Protocol):
    """Remembers names of proofs."""

    async def first(self, name: str, seconds: float) -> bool:
        """Whether the name comes for the first time; from now on it is known for so many seconds.

        Raises:
            ReplaysUnavailable: nobody can say.
        """

    async def aclose(self) -> None:
        """Let go of what is open."""


class MemoryReplays:
    """The memory of this process. What is still good is never forgotten for want of room: then nothing new is taken."""

    def __init__(self, clock: Clock, *, most: int = 200_000) -> None:
        self._clock = clock
        self._most = most
        self._until: OrderedDict[str, float] = OrderedDict()

    async def first(self, name: str, seconds: float) -> bool:
        """One step without a pause: of twelve at once, one is first."""
        now = self._clock.monotonic()
        self._forget(now)
        if name in self._until:
            return False
        if len(self._until) >= self._most:
            raise ReplaysUnavailable(cause="no room to remember more proofs")
        self._until[name] = now + seconds
        return True

    async def aclose(self) -> None:
        """Nothing is open."""

    def _forget(self, now: float) -> None:
        # All are remembered for the same time, so the oldest end first.
        while self._until:
            name, until = next(iter(self._until.items()))
            if until > now:
                return
            del self._until[name]


class RedisReplays:
    """A Redis that several gateways share."""

    def __init__(self, settings: ReplaySettings) -> None:
        """Make the client; no connection is opened yet.

        Raises:
            ValueError: the address is none of a Redis.
        """
        assert settings.url is not None  # noqa: S101 - the settings have seen to it
        how: dict[str, Any] = {"socket_timeout": settings.timeout, "socket_connect_timeout": settings.timeout}
        url = settings.url.reveal()
        if settings.ca is not None and url.startswith("rediss://"):
            how["ssl_ca_certs"] = str(settings.ca)
        self._client = Redis.from_url(url, **how)

    async def first(self, name: str, seconds: float) -> bool:
        """One command, which the server carries out as one: of twelve at once, at any gateway, one is first."""
        try:
            done = await self._client.set(f"citizen-graph:proof:{name}", b"1", nx=True, px=int(seconds * 1000))
        except (RedisError, OSError, TimeoutError) as error:
            log.error("identity.replays_unavailable", reason=type(error).__name__)  # noqa: TRY400 - no defect of ours
            raise ReplaysUnavailable(cause="the memory of used proofs does not answer") from None
        return bool(done)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def replays_of(settings: ReplaySettings, clock: Clock) -> Replays:
    """The memory that the settings name.

    Raises:
        ValueError: the address is none of a Redis.
    """
    return RedisReplays(settings) if settings.backend == "redis" else MemoryReplays(clock, most=settings.most)
