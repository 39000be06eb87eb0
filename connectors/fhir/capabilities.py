"""What a server says it can do (CapabilityStatement, R4 section 5.2), read now and then and never simply believed.

Statements are often generated, out of date, or about another version. So they only decide where nothing was configured
and both ways are right; what is configured is asked all the same. What a statement leaves out matters once: an empty
answer to something that the server does not say it knows is no proof that there is nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import SourceError
from connectors.fhir.bundle import CapabilityStatement

_KEPT = 3600.0
"""Seconds for which a statement counts."""
_AGAIN = 60.0
"""Seconds after which it is read again when that failed."""
_SHARE = 0.25
"""Of the time that a question has: no question fails for want of a statement."""


class Offer(Struct, frozen=True):
    """What a server says of one type."""

    parameters: frozenset[str] = frozenset()
    """Search parameters; none where it does not list any."""
    includes: frozenset[str] = frozenset()
    """Values of ``_include``."""

    def knows(self, parameter: str) -> bool:
        """Whether the type can be searched by it, as far as is said."""
        return not self.parameters or parameter in self.parameters


class Offers(Struct, frozen=True):
    """What a server says of the types that can be searched."""

    types: Mapping[str, Offer]

    @classmethod
    def of(cls, said: CapabilityStatement) -> "Offers | None":
        """None where nothing is said of any type."""
        types = {
            one.type: Offer(frozenset(known.name for known in one.search_param), frozenset(one.search_include))
            for role in said.rest
            if role.mode != "client"
            for one in role.resource
            if not one.interaction or any(way.code == "search-type" for way in one.interaction)
        }
        return cls(types) if types else None


class Statement:
    """The statement of one server, for everybody."""

    def __init__(self, read: Callable[[Deadline], Awaitable[CapabilityStatement]], *, clock: Clock) -> None:
        """Keep nothing yet.

        Args:
            read: asks the server; its errors are ``SourceError``.
            clock: for the age of what is kept.
        """
        self._read = read
        self._clock = clock
        self._offers: Offers | None = None
        self._until = 0.0
        self._reading = asyncio.Lock()

    async def offers(self, deadline: Deadline) -> Offers | None:
        """What is known of the server; None as long as nothing is.

        One question reads it while the others wait, all for a share of their time only. When it cannot be read the
        last one goes on to count, and it is tried again after a while.
        """
        if self._is_fresh() and not self._reading.locked():
            return self._offers
        share = deadline.within(deadline.left() * _SHARE)
        try:
            async with asyncio.timeout(share.left()), self._reading:
                if not self._is_fresh():
                    self._until = self._clock.monotonic() + _AGAIN
                    self._offers = Offers.of(await self._read(share))
                    self._until = self._clock.monotonic() + _KEPT
        except (TimeoutError, SourceError):
            pass
        return self._offers

    def _is_fresh(self) -> bool:
        return self._clock.monotonic() < self._until
