"""How many requests in a minute are taken from one caller, one client, one address; more are answered with 429.

A citizen is counted by who *asks*, never by who is asked for: nobody can lock another one out. Whoever is refused too
often asks for numbers that are not theirs (enumeration): they are slowed down, and the operator is told.

The counting is the library ``limits`` (sliding windows), in this process or in a Redis that several gateways share. A
Redis that ails costs the sharing, not the service: each gateway then counts for itself.
"""

from collections import OrderedDict
from ipaddress import ip_address, ip_network
from typing import Literal

import structlog
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import ConnectionPool
from starlette.types import Scope

from connectors.clock import Clock
from gateway.asgi import header_values
from gateway.errors import RequestError
from gateway.settings import RateSettings
from gateway.watch import Watch
from resolvers.access.caller import Caller, CallerKind
from resolvers.identifiers import Identifiers

_MOST_COUNTERS = 200_000
"""In one process, some 40 MB; what was not counted for longest is forgotten first."""
_PATIENCE = 0.05
"""Seconds for one word with the Redis."""


class BoundedCounters(MemoryStorage):
    """The library's memory, with a bound. Its own sweeps through all counters at every request."""

    STORAGE_SCHEME = ["async+bounded"]  # noqa: RUF012 - the library's registry reads a list

    def __init__(self, clock: Clock, most: int = _MOST_COUNTERS) -> None:
        super().__init__()
        self._clock = clock
        self._most = most
        self._counters: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and begin anew where the time of the counter is over."""
        count, ends = self._counters.get(key, (0, 0.0))
        now = self._clock.monotonic()
        if ends <= now:
            count, ends = 0, now + expiry
        self._counters[key] = (count + amount, ends)
        self._counters.move_to_end(key)
        if len(self._counters) > self._most:
            self._counters.popitem(last=False)
        return count + amount

    async def decr(self, key: str, amount: int = 1) -> int:
        """Take back what was counted."""
        count, ends = self._counters.get(key, (0, 0.0))
        self._counters[key] = (max(count - amount, 0), ends)
        return self._counters[key][0]

    async def get(self, key: str) -> int:
        """What is counted now."""
        count, ends = self._counters.get(key, (0, 0.0))
        return count if ends > self._clock.monotonic() else 0

    def __len__(self) -> int:
        return len(self._counters)


class Rates:
    """Admits requests."""

    def __init__(self, settings: RateSettings, *, identifiers: Identifiers, watch: Watch, clock: Clock) -> None:
        self._identifiers = identifiers
        self._watch = watch
        self._proxies = [ip_network(network) for network in settings.proxies]
        self._address = _item(RateLimitItemPerMinute, settings.per_address)
        self._citizen = _item(RateLimitItemPerMinute, settings.per_citizen)
        self._client = _item(RateLimitItemPerMinute, settings.per_client)
        self._refusals = _item(RateLimitItemPerHour, settings.refusals)
        self._here = SlidingWindowCounterRateLimiter(BoundedCounters(clock))
        self._pool: ConnectionPool | None = None
        self._shared: SlidingWindowCounterRateLimiter | None = None
        if settings.url is not None:
            patience = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
            self._pool = ConnectionPool.from_url(settings.url.reveal(), **patience)
            self._shared = _shared_by(self._pool)

    async def admit_address(self, scope: Scope) -> None:
        """Count a request before anything of it is read.

        Raises:
            RequestError: 429.
        """
        if self._address is not None:
            await self._count(self._address, "address", self.address_of(scope))

    async def admit(self, caller: Caller) -> None:
        """Count a request of a caller who is known.

        Raises:
            RequestError: 429.
        """
        kind, key = self._key(caller)
        item = self._citizen if kind == "citizen" else self._client
        if item is not None:
            await self._count(item, kind, key)
        if self._refusals is not None and not await self._test(self._refusals, "refusals", key):
            raise self._too_many(self._refusals, "refusals")

    async def refused(self, caller: Caller, times: int) -> None:
        """Count what was forbidden to a caller: once too often, and the operator is told."""
        if self._refusals is None or not times:
            return
        _, key = self._key(caller)
        counted = await self._hit(self._refusals, "refusals", key, cost=min(times, self._refusals.amount))
        if not counted or not await self._test(self._refusals, "refusals", key):
            structlog.get_logger().error(
                "alert", alert="enumeration", client=caller.client_id, caller=caller.kind.value
            )

    def address_of(self, scope: Scope) -> str:
        """Where the request comes from: who connected, or whom our own proxies name.

        ``X-Forwarded-For`` is read from its end, and as far as its entries are proxies of ours: what stands before
        is anybody's to write.
        """
        peer = (scope.get("client") or ("", 0))[0]
        if not self._proxies or not self._is_proxy(peer):
            return peer
        told = b",".join(header_values(scope, b"x-forwarded-for")).decode("latin-1")
        for entry in reversed(told.split(",")):
            address = entry.strip()
            if not _is_address(address):
                return peer
            peer = address
            if not self._is_proxy(peer):
                return peer
        return peer

    async def close(self) -> None:
        """Let go of the Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    def _key(self, caller: Caller) -> tuple[str, str]:
        if caller.kind is CallerKind.CITIZEN and caller.personal_id is not None:
            return "citizen", self._identifiers.reference(caller.personal_id)
        return "client", caller.client_id

    def _is_proxy(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._proxies)

    async def _count(self, item: RateLimitItem, kind: str, key: str) -> None:
        if not await self._hit(item, kind, key):
            raise self._too_many(item, kind)

    def _too_many(self, item: RateLimitItem, kind: str) -> RequestError:
        self._watch.slowed(kind)
        # In a sliding window something is free again long before its end; how soon depends on what others of it do.
        seconds = max(1, item.get_expiry() // 10)
        return RequestError(
            429, "TOO_MANY_REQUESTS", "Too many requests. Wait a little.", headers=[("Retry-After", str(seconds))]
        )

    async def _hit(self, item: RateLimitItem, kind: str, key: str, cost: int = 1) -> bool:
        """Count here, and where several gateways count together: what is at the place of a Redis may say anything."""
        if not await self._here.hit(item, kind, key, cost=cost):
            return False
        return await self._asked("hit", item, kind, key, cost)

    async def _test(self, item: RateLimitItem, kind: str, key: str) -> bool:
        return await self._here.test(item, kind, key) and await self._asked("test", item, kind, key, 1)

    async def _asked(self, what: Literal["hit", "test"], item: RateLimitItem, kind: str, key: str, cost: int) -> bool:
        if self._shared is None:
            return True
        try:
            return await getattr(self._shared, what)(item, kind, key, cost=cost) is not False
        except Exception:  # noqa: BLE001 - also garbage, in all the ways in which the library stumbles over it
            self._watch.uncounted()
            return True


def _item(kind: type[RateLimitItem], amount: int) -> RateLimitItem | None:
    return kind(amount) if amount else None


def _shared_by(pool: ConnectionPool) -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage(
        "async+redis://",
        implementation="redispy",
        key_prefix="citizen-graph-rate",
        connection_pool=pool,  # type: ignore[arg-type]  # handed on to the client, as the library's words promise
    )
    return SlidingWindowCounterRateLimiter(storage)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
