"""A Redis for tests: the real one where this machine has it, and false ones that ail in the ways of ``FALSE``."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

BINARY = shutil.which("redis-server") or shutil.which("valkey-server")

Answers = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Takes every word and says none."""
    while await reader.read(1000):
        pass


def saying(answer: bytes) -> Answers:
    """Says the same to everything."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            writer.write(answer)
            await writer.drain()

    return say


async def hangs_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accepts and is gone."""
    writer.transport.abort()


FALSE: Mapping[str, Answers] = {
    "slow": silent,
    "reset": hangs_up,
    "full": saying(b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"),
    "loading": saying(b"-LOADING Redis is loading the dataset in memory\r\n"),
    "forbidden": saying(b"-NOAUTH Authentication required.\r\n"),
    "no protocol": saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "binary": saying(b"\x00\xff\x00garbage\r\n" * 3),
    "wrong type": saying(b":1\r\n"),
    "half": saying(b"*2\r\n$16\r\nshort"),
    "wrong values": saying(b"*2\r\n$3\r\nabc\r\n$3\r\nxyz\r\n"),
    "too many": saying(b"*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"),
    "huge": saying(b"$999999999999\r\n"),
}
"""What a Redis, or what stands in its place, may do."""


class FalseRedis:
    """Where a false Redis listens, and how many connections it has had."""

    def __init__(self) -> None:
        self.url = ""
        self.connections = 0


@asynccontextmanager
async def false_redis(answers: Answers) -> AsyncIterator[FalseRedis]:
    """Run one for as long as the block lasts."""
    running = FalseRedis()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await answers(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    running.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    try:
        yield running
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


@contextmanager
def real_redis(folder: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Run a real one in that folder. Gives its address, and a function that makes it write all it holds into a file.

    It listens at a socket in the file system: no port can be taken by somebody else meanwhile.
    """
    assert BINARY is not None
    socket = folder / "redis.sock"
    settings = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(  # noqa: S603 - our own words
        [BINARY, *settings, "--rdbcompression", "no"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            _until_ready(process)
            yield f"unix://{socket}", lambda: _dumped(folder)
        finally:
            process.terminate()


def _until_ready(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if b"eady to accept connections" in line:
            return
    raise AssertionError("the redis-server ended before it was ready")


def _dumped(folder: Path) -> bytes:
    return (folder / "dump.rdb").read_bytes()
