"""One call over HTTP, and whoever carries it: the small border below ``http.Line`` where a client can be exchanged."""

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from msgspec import Struct

from connectors.errors import Garbled, TooSlow
from connectors.reply import Reply

T = TypeVar("T")


class Head(Struct, frozen=True):
    """Fields of a request's header: judged once and written once, for however many calls."""

    fields: Mapping[str, str]
    """By names in lower case; ``host`` and ``content-length`` are the carrier's."""
    written: bytes
    """As they go out, each with the end of its line."""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Head":
        """Write these fields.

        Raises:
            Garbled: a value with an end of line in it would be a header, or a request, of somebody else's making.
        """
        text = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        if not text.isascii() or text.count("\n") != len(fields) or text.count("\r") != len(fields):
            raise Garbled("LocalProtocolError")
        return cls(fields, text.encode("ascii"))

    def adding(self, more: Mapping[str, str]) -> "Head":
        """These fields with others, which take the place of those by the same name.

        Raises:
            Garbled: as ``of``.
        """
        added = Head.of(more)
        fields = {**self.fields, **more}
        if len(fields) < len(self.fields) + len(more):
            return Head.of(fields)
        return Head(fields, self.written + added.written)

    def __repr__(self) -> str:
        """Say nothing: a field may be a credential."""
        return "Head(…)"


class Call(Struct, frozen=True):
    """What is sent, put into the words of HTTP and not yet onto a wire."""

    method: str
    target: str
    """Path with its query, percent-encoded: what stands in the first line of the request."""
    head: Head
    content: bytes | None = None
    repeatable: bool = False
    """Whether the source minds as little to be asked twice as once."""

    def __repr__(self) -> str:
        """Say what is done and not to what: a target may name a citizen, a header may be a credential."""
        return f"Call({self.method})"


class Stream(Protocol):
    """An answer of any length, of which the header has come."""

    @property
    def status(self) -> int:
        """Of HTTP."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By names in lower case."""

    async def piece(self) -> bytes:
        """The next bytes of the body; none at its end. Nothing is read ahead of who takes.

        Raises:
            SourceError: the rest does not come, or is more than the bound.
        """


class Carrier(Protocol):
    """Carries calls to one source."""

    async def carry(self, call: Call, left: float) -> Reply:
        """The answer, whole and within its bounds, whatever its status; no redirect is followed.

        Whoever waits no longer ends the call: the carrier then lets go of its connection.

        Args:
            call: what is asked.
            left: seconds until the answer must have been read whole.

        Raises:
            SourceError: and nothing else, cancellation apart; ``TooSlow`` where the time is over.
        """

    def stream(self, call: Call, *, most: int) -> AbstractAsyncContextManager[Stream]:
        """The answer as it comes, on a connection of its own that ends with the block.

        Args:
            call: what is asked; no redirect is followed.
            most: bytes of a body that are taken.

        Raises:
            SourceError: there is no answer.
        """

    async def close(self) -> None:
        """Close every connection. Idempotent."""


async def in_time(work: Awaitable[T], left: float) -> T:
    """What comes of the work, which is cancelled when that many seconds are over.

    Raises:
        TooSlow: they were not enough.
    """
    try:
        async with asyncio.timeout(left):
            return await work
    except TimeoutError:
        raise too_slow() from None


def too_slow() -> TooSlow:
    """The deadline of a call has come, whoever carries it."""
    return TooSlow("no whole answer before the deadline")
