"""A proxy between the gateway and something it leans on, which lets words pass or spoils them, as a test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

Mode = Literal["through", "slow", "silent", "reset", "garbage"]
LATE = 0.2
"""Seconds by which every answer comes late in the mode ``slow``."""


class Proxy:
    """Stands before the socket at a path of the file system."""

    def __init__(self, path: str) -> None:
        self.mode: Mode = "through"
        self.port = 0
        self.words = 0
        """Pieces that came from the caller."""
        self._path = path
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> asyncio.Server:
        """Listen at a port of the system's choice."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def stop(self) -> None:
        """Cut every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        behind_reader, behind = await asyncio.open_unix_connection(self._path)
        ways = [
            asyncio.ensure_future(self._there(reader, behind)),
            asyncio.ensure_future(self._back(behind_reader, writer)),
        ]
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (behind, writer):
            end.transport.abort()

    async def _there(self, reader: asyncio.StreamReader, behind: asyncio.StreamWriter) -> None:
        while (said := await reader.read(65_536)) and self.mode != "reset":
            self.words += 1
            behind.write(said)

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65_536):
            if self.mode == "slow":
                asyncio.get_running_loop().call_later(LATE, writer.write, said)
            elif self.mode != "silent":
                writer.write(_spoiled(said) if self.mode == "garbage" else said)


@asynccontextmanager
async def proxy_to(path: str) -> AsyncIterator[Proxy]:
    """Run one for as long as the block lasts."""
    proxy = Proxy(path)
    server = await proxy.start()
    try:
        yield proxy
    finally:
        server.close()
        await proxy.stop()
        await server.wait_closed()


def _spoiled(said: bytes) -> bytes:
    """Another letter in the middle of whatever is long enough to be a value; the protocol stays whole."""
    middle = len(said) // 2
    return said if len(said) < 100 else said[:middle] + bytes([said[middle] ^ 1]) + said[middle + 1 :]
