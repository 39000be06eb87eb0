"""The subscriptions of one gateway: how many there may be, what each hears, and that all end when the gateway does."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack, contextmanager

from prometheus_client import Gauge

from connectors.clock import Clock
from gateway.changes import Changes, Listening
from gateway.errors import RequestError
from gateway.settings import SubscriptionSettings
from gateway.watch import Watch
from resolvers.access.caller import Caller
from resolvers.changes import Heard
from resolvers.context import Context, Hear
from resolvers.refusals import SignInEnded

Asking = Callable[[], AbstractAsyncContextManager[Context]]
"""Opens a context of its own, with the sources as they are then, for one change."""


class Subscriptions:
    """Those that are open. One per process."""

    def __init__(self, settings: SubscriptionSettings, *, changes: Changes, clock: Clock, watch: Watch) -> None:
        self.heartbeat = settings.heartbeat
        """Seconds."""
        self.ended = asyncio.Event()
        """Set when the gateway ends: clients come back, to another one."""
        self._changes = changes
        self._clock = clock
        self._places = _Places(settings, what="subscriptions", gauge=watch.subscriptions)
        self._sockets = _Places(settings, what="sockets", gauge=watch.sockets)

    def end(self) -> None:
        """Let every subscription end, and none begin."""
        self.ended.set()

    @contextmanager
    def opened(self, caller: Caller, asking: Asking) -> Iterator[Hear]:
        """A place for one more subscription of that caller, and its ear, as long as the block lasts.

        Raises:
            RequestError: 429 or 503, there is no place.
        """
        if self.ended.is_set():
            raise _no_room()
        with self._places.one(caller), ExitStack() as listening:

            def hear(ref: str) -> AsyncGenerator[tuple[Heard, Context], None]:
                return self._heard(listening.enter_context(self._changes.listen(ref)), caller, asking)

            yield hear

    def connected(self, caller: Caller) -> AbstractContextManager[None]:
        """A place for one more socket of that caller, whatever goes on there; there are as many as of subscriptions.

        Raises:
            RequestError: 429 or 503, there is no place.
        """
        return self._sockets.one(caller)

    async def _heard(
        self, listening: Listening, caller: Caller, asking: Asking
    ) -> AsyncGenerator[tuple[Heard, Context], None]:
        """Every change, as it comes.

        Raises:
            SignInEnded: the caller's token has expired, noticed a heartbeat later at most.
        """
        while True:
            change = None
            try:
                async with asyncio.timeout(self.heartbeat):
                    change = await listening.take()
            except TimeoutError:
                pass
            if self._clock.now() >= caller.expires_at:
                raise SignInEnded
            if change is not None:
                async with asking() as context:
                    yield change, context


class _Places:
    """So many for all, so many for each caller."""

    def __init__(self, settings: SubscriptionSettings, *, what: str, gauge: Gauge) -> None:
        self._settings = settings
        self._what = what
        self._gauge = gauge
        self._taken: Counter[tuple[str, str]] = Counter()
        """By issuer and subject of the caller."""

    @contextmanager
    def one(self, caller: Caller) -> Iterator[None]:
        """One of them, as long as the block lasts.

        Raises:
            RequestError: 429 or 503, there is none left.
        """
        who = (caller.issuer, caller.subject)
        if self._taken.total() >= self._settings.most:
            raise _no_room()
        if self._taken[who] >= self._settings.most_per_caller:
            message = f"You have too many {self._what}. End one first."
            raise RequestError(429, "TOO_MANY_SUBSCRIPTIONS", message, headers=_LATER)
        self._taken[who] += 1
        self._gauge.inc()
        try:
            yield
        finally:
            self._gauge.dec()
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]


def _no_room() -> RequestError:
    return RequestError(503, "SERVICE_UNAVAILABLE", "There is no room for a subscription. Try again.", headers=_LATER)


_LATER = (("Retry-After", "5"),)
