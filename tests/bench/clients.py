"""What one call to a source costs in several clients: why the one under the line is our own.

    .venv/bin/python -m tests.bench.clients

Every client reads the whole body of the same answers from the same server on this machine, and decodes nothing.
``aiohttp`` and ``pyreqwest`` take part where they are installed.
"""

import asyncio
import importlib
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvloop

from connectors.carrying import Call, Head
from connectors.network import GuardedNetwork, look_up
from connectors.pool import Pool
from tests.bench.upstream import Told, upstreams

Get = Callable[[], Awaitable[bytes]]
_HEADERS = {"accept": "application/fhir+json", "user-agent": "citizen-graph"}
_AT_ONCE = (1, 7, 56)
_REPEATS = 5


@asynccontextmanager
async def _own(url: str) -> AsyncIterator[Get]:
    network = GuardedNetwork("127.0.0.1", "public", look_up=look_up)
    port = int(url.rpartition(":")[2])
    pool = Pool(network, host="h", port=port, tls=None, connect=5, read=None, max_body=10_000_000)
    call = Call(method="GET", target="/Observation?patient=1", head=Head.of(_HEADERS), repeatable=True)

    async def get() -> bytes:
        return (await pool.carry(call, 60)).body

    yield get
    await pool.close()


@asynccontextmanager
async def _httpx(url: str) -> AsyncIterator[Get]:
    async with httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=None)) as client:

        async def get() -> bytes:
            return (await client.get(f"{url}/Observation?patient=1", headers=_HEADERS)).content

        yield get


@asynccontextmanager
async def _aiohttp(url: str) -> AsyncIterator[Get]:
    aiohttp: Any = importlib.import_module("aiohttp")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def get() -> bytes:
            async with session.get(f"{url}/Observation?patient=1", headers=_HEADERS) as response:
                body: bytes = await response.read()
                return body

        yield get


@asynccontextmanager
async def _pyreqwest(url: str) -> AsyncIterator[Get]:
    made: Any = importlib.import_module("pyreqwest.client")
    async with made.ClientBuilder().build() as client:

        async def get() -> bytes:
            response = await client.get(f"{url}/Observation?patient=1").headers(_HEADERS).build().send()
            return bytes(await response.bytes())

        yield get


_CLIENTS = {"own pool": _own, "httpx": _httpx, "aiohttp": _aiohttp, "pyreqwest": _pyreqwest}


async def _cost(get: Get, at_once: int) -> float:
    """Microseconds of processor time for a call."""
    times = max(1, 400 // at_once)
    await asyncio.gather(*(get() for _ in range(at_once)))
    found = []
    for _ in range(_REPEATS):
        begun = time.process_time()
        for _ in range(times):
            await asyncio.gather(*(get() for _ in range(at_once)))
        found.append((time.process_time() - begun) / (times * at_once) * 1e6)
    return statistics.median(found)


async def main() -> None:
    """Print the table."""
    names = [f"{size} KB, {n} at once" for size in (9, 68) for n in _AT_ONCE]
    sys.stdout.write(f"| client | {' | '.join(names)} |\n|{' --- |' * (len(names) + 1)}\n")
    with upstreams([Told(records=17), Told(records=130)]) as addresses:
        for name, opened in _CLIENTS.items():
            costs = []
            try:
                for url in addresses:
                    async with opened(url) as get:
                        costs += [await _cost(get, n) for n in _AT_ONCE]
            except ModuleNotFoundError:
                continue
            sys.stdout.write(f"| {name} | {' | '.join(f'{cost:.0f} µs' for cost in costs)} |\n")


if __name__ == "__main__":
    uvloop.run(main())
