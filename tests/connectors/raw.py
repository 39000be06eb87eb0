"""A server that writes what it is told, byte by byte: for answers that are no HTTP, or not all of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(script: Script) -> AsyncIterator[str]:
    """Read a request's head, let the script write, and hang up. Gives the address."""
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await script(writer)
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def says(*parts: bytes) -> Script:
    """Write these parts and nothing else."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.writelines(parts)

    return script


async def resets(writer: asyncio.StreamWriter) -> None:
    """Cut the connection without a word."""
    writer.transport.abort()


class Endless:
    """Writes until nobody reads any more, and counts the bytes."""

    def __init__(self) -> None:
        self.written = 0

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        writer.write(head("Content-Type: application/json"))
        while True:
            writer.write(b" " * 65_536)
            await writer.drain()
            self.written += 65_536


def head(*lines: str, status: str = "200 OK") -> bytes:
    """Status line and headers of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def chunks(parts: Iterable[bytes]) -> bytes:
    """Parts in chunked encoding, without the last chunk that would end them (RFC 9112, 7.1)."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
