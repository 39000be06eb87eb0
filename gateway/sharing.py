"""Counters of rates in a Redis that several gateways share.

A word with the Redis costs as much as a request does. So a gateway takes for a caller a few requests at once: a
sixteenth of what is left as far as it knows, and one by one near the end. What it took and did not use it forgets after
a tenth of the window. So all gateways together admit no more than the amount, and where a window ends between taking
and using, at most one in 160 more for each gateway; and who moves from one gateway to another may be refused sooner, by
what the first one took for nothing.
"""

from collections import OrderedDict
from collections.abc import Callable

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import ConnectionPool

from connectors.clock import Clock
from connectors.options import Secret
from gateway.windows import Bound

_PATIENCE = 0.05
"""Seconds for one word with the Redis."""
_PART = 16
"""Of what is left that part is taken at once."""
_MOST = 50_000
"""Keys of which it is remembered what was taken for them."""
_FRESH = 1.0
"""Seconds for which it is believed that something was left."""


class SharedWindows:
    """The library's sliding windows in that Redis. One that ails counts nothing, and says so."""

    def __init__(self, url: Secret, clock: Clock, *, fails: Callable[[], None]) -> None:
        """Connect to nothing yet.

        Args:
            url: of the Redis.
            clock: its stop-watch tells how long ago something was taken.
            fails: is told of each word that was not answered as it should be.
        """
        patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
        self._pool = ConnectionPool.from_url(url.reveal(), **patience)
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="citizen-graph-rate",
            connection_pool=self._pool,  # type: ignore[arg-type]  # handed on to the client, as the library's words promise
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._clock = clock
        self._fails = fails
        self._taken: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        """By kind and key: until when it is heeded, and how much was taken and not used; also that it was nothing."""

    async def admit(self, bound: Bound, key: str, *, left: int) -> bool:
        """Count one, where anything is left.

        Args:
            bound: what is counted.
            key: for whom.
            left: of it, as far as this gateway knows.
        """
        name, now = (bound.kind, key), self._clock.monotonic()
        until, taken = self._taken.get(name, (0.0, 0))
        if until <= now:
            more = left // _PART
        elif taken:
            self._keep(name, until if taken > 1 else 0.0, taken - 1)
            return True
        else:
            more = 0  # a moment ago there was too little left for more than one
        if more > 1:
            if await self.hit(bound, key, more):
                self._keep(name, now + bound.seconds / 10, more - 1)
                return True
            self._keep(name, now + _FRESH, 0)
        return await self.hit(bound, key, 1)

    async def hit(self, bound: Bound, key: str, cost: int) -> bool:
        """Count exactly that much now, where it is left."""
        try:
            return await self._limiter.hit(_item(bound), bound.kind, key, cost=cost) is not False
        except Exception:  # noqa: BLE001 - also garbage, in all the ways in which the library stumbles over it
            self._fails()
            return True

    async def has_room(self, bound: Bound, key: str, *, at_once: bool = False) -> bool:
        """Whether anything is left: now, or where something was, a second ago at most."""
        name, now = (bound.kind, key), self._clock.monotonic()
        if not at_once and self._taken.get(name, (0.0, 0))[0] > now:
            return True
        try:
            found = await self._limiter.test(_item(bound), bound.kind, key) is not False
        except Exception:  # noqa: BLE001 - as above
            self._fails()
            return True
        if found:
            self._keep(name, now + _FRESH, 0)
        return found

    async def close(self) -> None:
        """Let go of the Redis."""
        await self._pool.aclose()

    def _keep(self, name: tuple[str, str], until: float, taken: int) -> None:
        self._taken[name] = until, taken
        self._taken.move_to_end(name)
        if len(self._taken) > _MOST:
            self._taken.popitem(last=False)


def _item(bound: Bound) -> RateLimitItem:
    return (RateLimitItemPerHour if bound.seconds == 3600 else RateLimitItemPerMinute)(bound.amount)
