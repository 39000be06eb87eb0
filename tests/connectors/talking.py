"""A server that talks on a connection as it is told, request after request, and counts both."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET

Talk = Callable[["Told"], Awaitable[None]]


class Told:
    """One connection as the server sees it."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        number: int,
        noted: Callable[[], Awaitable[None]],
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.number = number
        """Of the connection, from 1."""
        self.noted = noted
        self.heads: list[bytes] = []

    async def request(self) -> bytes:
        """The head of the next request."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        await self.noted()
        return head

    async def say(self, *parts: bytes) -> None:
        """Write these parts, each for itself."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off."""
        line = self.writer.get_extra_info("socket")
        line.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def end(self) -> None:
        """Wait until the other side has hung up."""
        while await self.reader.read(65_536):
            pass


class Talking:
    """The server."""

    def __init__(self) -> None:
        self.url = ""
        self.connections: list[Told] = []
        self.over = 0
        self._changed = asyncio.Condition()

    @property
    def requests(self) -> int:
        """Of all connections."""
        return sum(len(told.heads) for told in self.connections)

    async def asked(self, requests: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self.requests >= requests)

    async def quiet(self) -> None:
        """Wait until every connection there was is over."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self.over == len(self.connections))

    async def note(self, *, over: int = 0) -> None:
        """Something has happened: a request came, or a connection is over."""
        async with self._changed:
            self.over += over
            self._changed.notify_all()


@asynccontextmanager
async def talking(talk: Talk, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Talking]:
    """Let the server talk, for as long as the block lasts."""
    server = Talking()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        told = Told(reader, writer, len(server.connections) + 1, server.note)
        server.connections.append(told)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk(told)
        writer.close()
        await server.note(over=1)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    server.url = f"{scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
