"""Calls carried by any transport of httpx: what is not a connection of our own, in tests the whole world."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from connectors.carrying import Call, Stream, in_time
from connectors.errors import Garbled, SourceError, TooSlow, Unavailable
from connectors.options import SourceOptions
from connectors.reply import Reply


class _Flow:
    """The answer of a transport, piece by piece."""

    def __init__(self, response: httpx.Response, most: int) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._pieces = response.aiter_raw(64 * 1024)
        self._left = most

    async def piece(self) -> bytes:
        """The next bytes (see ``carrying.Stream``)."""
        try:
            taken = await anext(self._pieces, b"")
        except httpx.HTTPError as error:
            raise _our_word(error) from None
        self._left -= len(taken)
        if self._left < 0:
            raise Garbled("larger than its bound")
        return taken


class Foreign:
    """Carries calls by a transport that was given."""

    def __init__(self, transport: httpx.AsyncBaseTransport, options: SourceOptions) -> None:
        """Take over the transport.

        Args:
            transport: closed with this.
            options: the address, the bound of a body, and the times for connecting and for a silence.
        """
        self._transport = transport
        self._origin = httpx.URL(options.url).copy_with(raw_path=b"/")
        self._max_body = options.max_body
        timeout = httpx.Timeout(None, connect=options.connect, read=options.read)
        self._extensions = {"timeout": timeout.as_dict()}

    async def carry(self, call: Call, left: float) -> Reply:
        """The answer (see ``carrying.Carrier``)."""
        try:
            return await in_time(self._exchanged(self._request(call)), left)
        except httpx.HTTPError as error:
            raise _our_word(error) from None
        except httpx.StreamError as error:
            raise Garbled(type(error).__name__) from None

    @asynccontextmanager
    async def stream(self, call: Call, *, most: int) -> AsyncIterator[Stream]:
        """The answer as it comes (see ``carrying.Carrier``)."""
        try:
            response = await self._transport.handle_async_request(self._request(call))
        except httpx.HTTPError as error:
            raise _our_word(error) from None
        try:
            yield _Flow(response, most)
        finally:
            await response.aclose()

    async def close(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    def _request(self, call: Call) -> httpx.Request:
        return httpx.Request(
            call.method,
            self._origin.copy_with(raw_path=call.target.encode("ascii")),
            headers=dict(call.head.fields),
            content=call.content,
            extensions=self._extensions,
        )

    async def _exchanged(self, request: httpx.Request) -> Reply:
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.RemoteProtocolError as error:
            # Hung up before the answer began, or no HTTP at all: nothing was answered that could be garbled.
            raise Unavailable(type(error).__name__) from None
        try:
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise Garbled("packed although identity was asked for")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > self._max_body:
                    raise Garbled("larger than its bound")
            return Reply(response.status_code, response.headers, bytes(body))
        finally:
            await response.aclose()


def _our_word(error: httpx.HTTPError) -> SourceError:
    """Our word for an error of the transport underneath. Its text may hold an address, so only its class is kept."""
    if isinstance(error, httpx.TimeoutException):
        return TooSlow(type(error).__name__)
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError):
        return Garbled(type(error).__name__)
    return Unavailable(type(error).__name__)
