"""What further processes at one address add. Each is held to the same share of a core, so two cores are enough to see.

.venv/bin/python -m tests.bench.processes
"""

import asyncio
import statistics
import sys
from contextlib import AsyncExitStack, ExitStack

from tests.bench.contestant.configured import Placed
from tests.bench.measured import Measured, measured
from tests.bench.quota import held_to
from tests.bench.upstream import Told, upstreams

_QUERY = """query R($id: CitizenId!) { citizen(id: $id) {
  immunizations { nodes { on lot } } observations { nodes { at code { text } } } } }"""
_SHARE = 0.15
"""Of a core, for each process."""
_COUNTS = (1, 2, 4)
_CLIENTS = 64
"""For each process: they keep it busy however the system deals them out."""
_REQUESTS = 600
"""For each process, in a round."""
_ROUNDS = 3


async def _rate(gateways: list[Measured]) -> float:
    """Requests in a second that they answer together."""
    count = len(gateways)
    found: list[float] = []
    with ExitStack() as shares:
        for gateway in gateways:
            shares.enter_context(held_to(_SHARE, gateway.process.pid))
        for number in range(_ROUNDS + 1):
            run = await gateways[0].load(_QUERY, clients=_CLIENTS * count, requests=_REQUESTS * count)
            if run.wrong:
                raise RuntimeError(f"{run.wrong} of {_REQUESTS * count} answers were wrong")
            if number:  # in the first the connections are made
                found.append(run.rate)
    return statistics.median(found)


async def main() -> None:
    """One gateway, then further ones at its address."""
    sys.stdout.write("| processes | requests/s | times one |\n| --- | --- | --- |\n")
    first = 0.0
    with upstreams([Told(records=20)]) as (url,):
        place = Placed(key="all", category="HOSPITAL", url=url, holds=("Immunization", "Observation"))
        for count in _COUNTS:
            async with AsyncExitStack() as stack:
                gateways: list[Measured] = []
                for _ in range(count):
                    beside = gateways[0] if gateways else None
                    gateways.append(await stack.enter_async_context(measured([place], warm=_QUERY, beside=beside)))
                rate = await _rate(gateways)
            first = first or rate
            sys.stdout.write(f"| {count} | {rate:.0f} | {rate / first:.2f} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
