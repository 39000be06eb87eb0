"""HTTP/1.1 by hand: a socket on which everything can be said, also what no client library would say."""

import asyncio
import select
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson
from msgspec import Struct

from tests.running import GRAPHQL

PATIENCE = 10.0
"""Seconds until a test gives up; nothing that it waits for takes as long."""


class Heard(Struct, frozen=True):
    """One answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return orjson.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """The codes of its errors."""
        return [error["extensions"]["code"] for error in self.json.get("errors", [])]


class Wire:
    """One connection to a gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, *pieces: bytes) -> None:
        """Send bytes."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()

    async def hear(self, *, bodiless: bool = False) -> Heard:
        """The next answer; ``bodiless`` when it answers a HEAD."""
        async with asyncio.timeout(PATIENCE):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            length = 0 if bodiless else int(headers.get("content-length", 0))
            body = await self._reader.readexactly(length)
        return Heard(int(first.split(" ")[1]), headers, body)

    async def is_closed(self) -> bool:
        """Whether the other side ends the connection without another byte, in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._reader.read(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    async def ends_without_data(self) -> bool:
        """Whether the connection ends in time, and whatever is said before holds no data."""
        try:
            async with asyncio.timeout(PATIENCE):
                return b'"data"' not in await self._reader.read()
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def hang_up(self) -> None:
        """Cut the connection."""
        self._writer.transport.abort()


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[Wire]:
    """A connection to that gateway."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


def post(
    body: bytes, *, token: str | None, target: bytes = b"/graphql", headers: bytes = b"", length: int | None = None
) -> bytes:
    """A request by POST, letter by letter; ``headers`` are further lines, each with its end."""
    sent = length if length is not None else len(body)
    return (
        head(b"POST", target, token, b"Content-Type: application/json\r\nContent-Length: %d\r\n" % sent + headers)
        + body
    )


def head(method: bytes, target: bytes, token: str | None, headers: bytes = b"") -> bytes:
    """The header of a request."""
    authorization = f"Authorization: Bearer {token}\r\n".encode() if token else b""
    accept = f"Accept: {GRAPHQL}\r\n".encode()
    return b"%b %b HTTP/1.1\r\nHost: gateway.example\r\n%b%b%b\r\n" % (method, target, authorization, accept, headers)


class Listening(Protocol):
    """A gateway, wherever it runs."""

    @property
    def url(self) -> str:
        """``http://host:port`` of its public side."""


async def said(gateway: Listening, *pieces: bytes) -> Heard:
    """The answer to bytes on a connection of their own."""
    async with wired(gateway.url) as wire:
        await wire.say(*pieces)
        return await wire.hear()


async def cut_without_reading(url: str, request: bytes) -> bool:
    """Whether the other side cuts a connection on which a lot is asked for and nothing is ever read."""
    parts = urlsplit(url)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((parts.hostname, parts.port))
        line.sendall(request)
        # Without any event asked for, only an error or a hang-up is told.
        poller = select.poll()
        poller.register(line, 0)
        return bool(await asyncio.to_thread(poller.poll, PATIENCE * 1000))
