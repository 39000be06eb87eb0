"""One call over HTTP, and whoever carries it: the small border below ``http.Line`` where a client can be exchanged."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from msgspec import Struct

from connectors.reply import Reply


class Call(Struct, frozen=True, kw_only=True):
    """What is sent, put into the words of HTTP and not yet onto a wire."""

    method: str
    target: str
    """Path with its query, percent-encoded: what stands in the first line of the request."""
    headers: Mapping[str, str]
    """By names in lower case; ``host`` and ``content-length`` are the carrier's."""
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

    async def carry(self, call: Call) -> Reply:
        """The answer, whole and within its bounds, whatever its status; no redirect is followed.

        Whoever waits no longer ends the call: the carrier then lets go of its connection.

        Raises:
            SourceError: and nothing else, cancellation apart.
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
