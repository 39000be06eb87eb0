"""How many requests in a minute are taken from one caller, one client, one address; more are answered with 429.

A citizen is counted by who *asks*, never by who is asked for: nobody can lock another one out. Whoever is refused too
often asks for numbers that are not theirs (enumeration): they are slowed down, and the operator is told.

Every gateway counts for itself; where they share a Redis, they count together as well. A Redis that ails costs the
sharing, not the service.
"""

from ipaddress import ip_address, ip_network

import structlog
from starlette.types import Scope

from connectors.clock import Clock
from gateway.asgi import header_values
from gateway.errors import RequestError
from gateway.settings import RateSettings
from gateway.sharing import SharedWindows
from gateway.watch import Watch
from gateway.windows import Bound, Windows
from resolvers.access.caller import Caller, CallerKind

_MOST_COUNTERS = 50_000
"""Of each kind, in one process: some 40 MB together."""


class Rates:
    """Admits requests."""

    def __init__(self, settings: RateSettings, *, watch: Watch, clock: Clock) -> None:
        self._watch = watch
        self._proxies = [ip_network(network) for network in settings.proxies]
        self._address = _windows("address", settings.per_address, 60, clock)
        self._citizen = _windows("citizen", settings.per_citizen, 60, clock)
        self._client = _windows("client", settings.per_client, 60, clock)
        self._refusals = _windows("refusals", settings.refusals, 3600, clock)
        self._shared = None if settings.url is None else SharedWindows(settings.url, clock, fails=watch.uncounted)

    async def admit_address(self, scope: Scope) -> None:
        """Count a request before anything of it is read.

        Raises:
            RequestError: 429.
        """
        if self._address is not None:
            await self._count(self._address, self.address_of(scope))

    async def admit(self, caller: Caller) -> None:
        """Count a request of a caller who is known.

        Raises:
            RequestError: 429.
        """
        windows, key = self._counted_as(caller)
        if windows is not None:
            await self._count(windows, key)
        refusals = self._refusals
        if refusals is not None and not (
            refusals.left(key) > 0 and (self._shared is None or await self._shared.has_room(refusals.bound, key))
        ):
            raise self._too_many(refusals.bound)

    async def refused(self, caller: Caller, times: int) -> None:
        """Count what was forbidden to a caller: once too often, and the operator is told."""
        refusals = self._refusals
        if refusals is None or not times:
            return
        _, key = self._counted_as(caller)
        # More than is left is as bad as all that is left: it must not pass uncounted.
        cost = min(times, refusals.left(key))
        has_room = refusals.hit(key, cost) and refusals.left(key) > 0
        if self._shared is not None:
            counted = await self._shared.hit(refusals.bound, key, cost)
            has_room = has_room and counted and await self._shared.has_room(refusals.bound, key, at_once=True)
        if not has_room:
            structlog.get_logger().error(
                "alert", alert="enumeration", client=caller.client_id, caller=caller.kind.value
            )

    def address_of(self, scope: Scope) -> str:
        """Where the request comes from: who connected, or whom our own proxies name.

        ``X-Forwarded-For`` is read from its end, and as far as its entries are proxies of ours: what stands before
        is anybody's to write.
        """
        client = scope.get("client")
        peer: str = client[0] if client else ""
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
        if self._shared is not None:
            await self._shared.close()

    def _counted_as(self, caller: Caller) -> tuple[Windows | None, str]:
        if caller.kind is CallerKind.CITIZEN and caller.ref is not None:
            return self._citizen, caller.ref
        return self._client, caller.client_id

    def _is_proxy(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._proxies)

    async def _count(self, windows: Windows, key: str) -> None:
        """Count here, and where several gateways count together: what is at the place of a Redis may say anything."""
        left = windows.left(key) if self._shared is not None else 0
        if not windows.hit(key) or not (
            self._shared is None or await self._shared.admit(windows.bound, key, left=left)
        ):
            raise self._too_many(windows.bound)

    def _too_many(self, bound: Bound) -> RequestError:
        self._watch.slowed(bound.kind)
        # In a sliding window something is free again long before its end; how soon depends on what others of it do.
        seconds = max(1, bound.seconds // 10)
        return RequestError(
            429, "TOO_MANY_REQUESTS", "Too many requests. Wait a little.", headers=[("Retry-After", str(seconds))]
        )


def _windows(kind: str, amount: int, seconds: int, clock: Clock) -> Windows | None:
    return Windows(Bound(kind, amount, seconds), clock, most=_MOST_COUNTERS) if amount else None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
