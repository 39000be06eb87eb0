"""How soon a gateway is there, and whether its memory stays what it is under load.

.venv/bin/python -m tests.bench.steady [minutes of load]
"""

import asyncio
import statistics
import sys
import time

from tests.bench.contestant.configured import Placed
from tests.bench.measured import measured
from tests.bench.upstream import Told, upstreams

_QUERY = """query R($id: CitizenId!) { citizen(id: $id) {
  immunizations { nodes { on lot } } observations { nodes { at code { text } } } } }"""
_STARTS = 5
_ROUND = 200
_RATE = 50
"""Requests in a second, while it is looked at the memory."""
_LOOKS = 12


def _placed(url: str) -> list[Placed]:
    return [Placed(key="all", category="HOSPITAL", url=url, holds=("Immunization", "Observation"))]


async def _starts(url: str) -> None:
    found, spent = [], []
    for _ in range(_STARTS):
        begun = time.perf_counter()
        async with measured(_placed(url)) as gateway:
            found.append(time.perf_counter() - begun)
            spent.append(gateway.cpu())
    told = f"{statistics.median(found):.2f} s, of which {statistics.median(spent):.2f} s of processor time"
    sys.stdout.write(f"from nothing to the first answer: {told} (median of {_STARTS})\n\n")


async def _memory(url: str, minutes: float) -> None:
    sys.stdout.write("| minutes | requests so far | MiB |\n| --- | --- | --- |\n")
    async with measured(_placed(url), warm=_QUERY) as gateway:
        begun, done, looks, wrong = time.perf_counter(), 0, 0, 0
        while (lasted := time.perf_counter() - begun) < minutes * 60:
            run = await gateway.load(_QUERY, clients=16, requests=_ROUND)
            done, wrong = done + _ROUND, wrong + run.wrong
            await asyncio.sleep(max(0.0, begun + done / _RATE - time.perf_counter()))
            if lasted >= looks * minutes * 60 / _LOOKS:
                looks += 1
                sys.stdout.write(f"| {lasted / 60:.0f} | {done} | {gateway.memory():.1f} |\n")
                sys.stdout.flush()
        sys.stdout.write(f"| {minutes:.0f} | {done} | {gateway.memory():.1f} |\n\nwrong: {wrong}\n\n")


async def main() -> None:
    """Both."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    with upstreams([Told(records=20)]) as (url,):
        await _starts(url)
        await _memory(url, minutes)


if __name__ == "__main__":
    asyncio.run(main())
