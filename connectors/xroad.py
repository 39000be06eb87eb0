"""X-Road as a carrier: whatever a kind says is carried by the security servers of an X-Road ecosystem.

Source: X-Road Message Protocol for REST, PR-REST 1.0.4 (2025-03-17). The kind above knows nothing of it: the path of
its calls becomes the path of the service, its headers and bodies pass unchanged, and what X-Road itself reports is
raised as a ``SourceError`` before anybody looks at the status.

What is checked of an answer: that it is the answer to this very call (``X-Road-Id``), by the service that was called,
and that the provider's server made it out of a request (``X-Road-Request-Hash`` has the form of a SHA-512). The hash is
not computed again: it covers the headers as the two servers exchange them, and 4.3 does not say in which form those are
hashed. By the same section our own security server must verify it.
"""

import base64
import binascii
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote, unquote

from msgspec import structs

from connectors import calls
from connectors.carrying import Call, Carrier, Stream
from connectors.errors import Denied, Garbled, SourceError, Unavailable
from connectors.options import XRoadOptions
from connectors.reply import Reply

_REFUSALS = frozenset({"AccessDenied", "AuthenticationFailed", "SslAuthenticationFailed"})
"""Last word of the types by which either security server refuses us."""
_HASH_BYTES = 64


class XRoad:
    """A carrier round another one, which leads to our security server."""

    def __init__(self, carrier: Carrier, options: XRoadOptions, *, new_id: Callable[[], str]) -> None:
        """Stand before the carrier.

        Args:
            carrier: to the security server.
            options: who we are and what we call.
            new_id: a new id for each call, by preference a UUID (PR-REST 4.3).
        """
        self._carrier = carrier
        self._new_id = new_id
        self._service = _encoded(options.service)
        self._headers = {"x-road-client": _encoded(options.client)}
        if options.security_server:
            self._headers["x-road-security-server"] = _encoded(options.security_server)
        if options.represented_party:
            self._headers["x-road-represented-party"] = _encoded(options.represented_party)

    async def carry(self, call: Call, left: float) -> Reply:
        """Carry one call, with the service before its path, and the X-Road headers: each once.

        Raises:
            SourceError: X-Road did not carry it, or the answer belongs to another call.
        """
        addressed, call_id = self._addressed(call)
        reply = await self._carrier.carry(addressed, left)
        self._check(reply.headers, call_id)
        return reply

    @asynccontextmanager
    async def stream(self, call: Call, *, most: int) -> AsyncIterator[Stream]:
        """The answer as it comes, once it is known to be the answer to this call (see ``carrying.Carrier``)."""
        addressed, call_id = self._addressed(call)
        async with self._carrier.stream(addressed, most=most) as flow:
            self._check(flow.headers, call_id)
            yield flow

    async def close(self) -> None:
        """Close the connections."""
        await self._carrier.close()

    def _addressed(self, call: Call) -> tuple[Call, str]:
        call_id = self._new_id()
        calls.note(call_id)
        addressed = structs.replace(
            call,
            target=f"/r1/{self._service}{call.target}",
            head=call.head.adding({**self._headers, "x-road-id": call_id}),
        )
        return addressed, call_id

    def _check(self, headers: Mapping[str, str], call_id: str) -> None:
        if "x-road-error" in headers:
            raise _reported(headers["x-road-error"])
        if headers.get("x-road-id") != call_id:
            raise Garbled("the exchange answers another call")
        # Encoding differs between servers; what is encoded may not.
        if unquote(headers.get("x-road-service", self._service)) != unquote(self._service):
            raise Garbled("another service answers")
        if not _is_hash(headers.get("x-road-request-hash", "")):
            raise Garbled("no request hash of the provider's server")


def _encoded(identifier: str) -> str:
    """The identifier with each part percent-encoded on its own (PR-REST 4.2)."""
    return "/".join(quote(part, safe="") for part in identifier.split("/"))


def _is_hash(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == _HASH_BYTES
    except (binascii.Error, ValueError):
        return False


def _reported(kind: str) -> SourceError:
    """Our word for a type of X-Road error (PR-REST 4.6). Its own text stays away: it may name an address."""
    if kind.rpartition(".")[2] in _REFUSALS:
        return Denied("refused by a security server")
    if kind.startswith("Client."):
        return Garbled("our security server does not understand the request")
    if kind.startswith("Server.ClientProxy."):
        return Unavailable("our security server reports a fault")
    if kind.startswith("Server.ServerProxy."):
        return Unavailable("the provider's security server reports a fault")
    return Garbled("an unknown type of X-Road error")
