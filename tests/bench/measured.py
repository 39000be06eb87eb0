"""A gateway in a process of its own, asked from here: what a request costs it, and how long it takes."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct

from connectors.carrying import Call, Head
from connectors.network import GuardedNetwork, look_up
from connectors.pool import Pool
from tests.bench.contestant.configured import Placed, written

ROOT = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")
_HEAD = Head.of({"content-type": "application/json", "accept": "application/json", "accept-encoding": "identity"})
_PATIENCE = 60.0
"""Seconds for one answer."""


class Run(Struct, frozen=True):
    """What came of many requests."""

    seconds: list[float]
    """Of each request, sorted."""
    cpu: float
    """Of the gateway, in milliseconds for a request."""
    rate: float
    """Requests in a second."""
    wrong: int
    """Requests without the answer that was asked for."""

    def share(self, part: float) -> float:
        """The time, in milliseconds, within which that part of the requests was answered."""
        return self.seconds[min(int(part * len(self.seconds)), len(self.seconds) - 1)] * 1000


class Measured:
    """One gateway, and the way to it."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port
        self._pool = Pool(
            GuardedNetwork("127.0.0.1", "public", look_up=look_up),
            host="127.0.0.1",
            port=port,
            tls=None,
            connect=30,
            read=None,
            max_body=64 * 1024 * 1024,
        )

    async def ask(self, query: str, number: int = 0) -> dict[str, Any]:
        """The answer to that query about some citizen."""
        body = orjson.dumps({"query": query, "variables": {"id": f"0791909{number:05}"}})
        reply = await self._pool.carry(Call(method="POST", target="/graphql", head=_HEAD, content=body), _PATIENCE)
        answer: dict[str, Any] = orjson.loads(reply.body)
        return answer

    async def load(self, query: str, *, clients: int, requests: int) -> Run:
        """So many requests, by so many clients who each ask again as soon as they are answered."""
        taken: list[float] = []
        left, wrong = requests, 0

        async def client() -> None:
            nonlocal left, wrong
            while left > 0:
                left -= 1
                begun = time.perf_counter()
                answer = await self.ask(query, left)
                taken.append(time.perf_counter() - begun)
                wrong += not answer.get("data") or "errors" in answer

        before, begun = self.cpu(), time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        spent, lasted = self.cpu() - before, time.perf_counter() - begun
        return Run(sorted(taken), spent / len(taken) * 1000, len(taken) / lasted, wrong)

    def cpu(self) -> float:
        """Seconds of processor time that the gateway has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """MiB that it holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    async def close(self) -> None:
        """Let go of the connections."""
        await self._pool.close()


@asynccontextmanager
async def measured(
    sources: Sequence[Placed],
    *,
    warm: str | None = None,
    module: str = "tests.bench.contestant",
    arguments: Sequence[str] = (),
    beside: Measured | None = None,
) -> AsyncIterator[Measured]:
    """A gateway with these sources, for as long as the block lasts.

    Args:
        sources: where they are.
        warm: asked once before anything is measured.
        module: which serves it.
        arguments: of that module.
        beside: another gateway, at whose address this one listens as well.
    """
    with tempfile.TemporaryDirectory() as folder:
        port = beside.port if beside else _free_port()
        written(Path(folder), port=port, sources=sources)
        others = _listening(port)
        environment = {**os.environ, "BENCH_FOLDER": folder}
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - ours, and started before anything is measured
            [sys.executable, "-m", module, *arguments], env=environment, cwd=ROOT
        )
        gateway = Measured(process, port)
        try:
            await _ready(gateway, others)
            if warm is not None:
                for number in range(3):
                    await gateway.ask(warm, number)
            yield gateway
        finally:
            await gateway.close()
            process.terminate()
            process.wait()


async def _ready(gateway: Measured, others: int) -> None:
    """Wait until it answers; and before, until it listens itself: others may answer at its address."""
    for _ in range(1200):
        if _listening(gateway.port) > others:
            with suppress(Exception):  # not there yet
                await gateway.ask("{ __typename }")
                return
        await asyncio.sleep(0.05)
    raise TimeoutError("the gateway does not start")


def _listening(port: int) -> int:
    """How many sockets listen there (proc_pid_net(5))."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in lines)


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port
