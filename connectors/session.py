"""The session of an account at a source: one token for everybody, taken once, kept in memory only.

An account that asks too often is restricted or locked, so a token is taken by one request while the others wait and
share what comes of it, and a refusal of the credentials is believed for a while instead of being provoked again by
every request.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import Denied, SourceError, TooSlow

_REFUSED_FOR = 30.0
"""Seconds for which refused credentials are not tried again."""


class Token(Protocol):
    """What a source gave for the credentials."""

    @property
    def until(self) -> float:
        """When it is no longer used, on the stop-watch."""


K = TypeVar("K", bound=Token)
T = TypeVar("T")


class AccountSession(ABC, Generic[K]):
    """Gives out the token of one account. A kind says how one is taken."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._token: K | None = None
        self._failure: SourceError | None = None
        self._failures = 0
        self._refused_until = 0.0
        self._taking = asyncio.Lock()

    async def token(self, deadline: Deadline, *, instead_of: K | None = None) -> K:
        """A token that is valid as far as we know.

        Args:
            deadline: of the question that needs it.
            instead_of: a token that the source has just refused.

        Raises:
            SourceError: the source gave none.
        """
        if known := self._usable(instead_of):
            return known
        failures = self._failures
        try:
            async with asyncio.timeout(deadline.left()), self._taking:
                if known := self._usable(instead_of):
                    return known
                if self._failure is not None and self._failures != failures:
                    raise self._failure
                return await self._renewed(deadline)
        except TimeoutError:
            raise TooSlow("no token before the deadline") from None

    async def call(self, made: Callable[[K], Awaitable[T | None]], deadline: Deadline) -> T:
        """What a call gives; it is made again, once, with a new token where the source does not accept the first.

        Args:
            made: makes the call with a token; gives none where the source does not accept the token.
            deadline: of the question that needs it.

        Raises:
            SourceError: that of the call; ``Denied`` where the source does not accept a new token either.
        """
        token = await self.token(deadline)
        if (answer := await made(token)) is not None:
            return answer
        if (answer := await made(await self.token(deadline, instead_of=token))) is not None:
            return answer
        raise Denied("the source does not accept a new token")

    @abstractmethod
    async def _take(self, deadline: Deadline) -> K:
        """A new token, for the credentials.

        Raises:
            SourceError: the source gave none; ``_refused`` was called first where the credentials are to blame.
        """

    def _refused(self) -> None:
        """The source does not accept the credentials: leave it alone for a while."""
        self._refused_until = self._clock.monotonic() + _REFUSED_FOR

    def _usable(self, refused: K | None) -> K | None:
        token = self._token
        usable = token is not None and token != refused and token.until > self._clock.monotonic()
        return token if usable else None

    async def _renewed(self, deadline: Deadline) -> K:
        if self._clock.monotonic() < self._refused_until:
            raise Denied("the account was refused a moment ago")
        try:
            self._token = await self._take(deadline)
        except TooSlow:
            raise  # the time of whoever took it ran out, not that of those who wait
        except SourceError as error:
            self._failure = error
            self._failures += 1
            raise
        return self._token
