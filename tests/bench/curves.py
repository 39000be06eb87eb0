"""How the cost of a request follows what is asked, and not what is configured: three curves, as tables.

.venv/bin/python -m tests.bench.curves
"""

import asyncio
import sys

from tests.bench.contestant.configured import Placed
from tests.bench.measured import measured
from tests.bench.upstream import Told, upstreams

_REGISTERS = """query R($id: CitizenId!) { citizen(id: $id) {
  immunizations { nodes { on lot } } coverage { nodes { cardNumber } } } }"""
_OBSERVATIONS = """query O($id: CitizenId!) { citizen(id: $id) { observations {
  nodes { at status code { text } value { ... on QuantityValue { value unit } } } completeness { complete } } } }"""
_PAGE = """query P($id: CitizenId!) { citizen(id: $id) { observations(first: 20) {
  nodes { at status code { text } value { ... on QuantityValue { value unit } } } pageInfo { endCursor } } } }"""


def _registers(addresses: list[str]) -> list[Placed]:
    return [
        Placed(key="vaccination", category="VACCINATION", url=addresses[0], holds=("Immunization",)),
        Placed(key="insurance", category="INSURANCE", url=addresses[1], holds=("Demographics", "Coverage")),
    ]


async def hospitals() -> None:
    """1 to 500 hospitals are configured: of the registers, and of the hospitals themselves, of which 8 are asked."""
    _head("hospitals configured", "registers asked", "hospitals asked, up to 8", "MiB")
    with upstreams([Told(), Told(), Told(records=5)]) as addresses:
        for count in (1, 8, 50, 100, 250, 500):
            more = [
                Placed(key=f"h{number}", category="HOSPITAL", url=addresses[2], holds=("Observation",), always=False)
                for number in range(count)
            ]
            async with measured([*_registers(addresses), *more], warm=_OBSERVATIONS) as gateway:
                await gateway.load(_REGISTERS, clients=8, requests=100)
                registers = await gateway.load(_REGISTERS, clients=8, requests=400)
                asked = await gateway.load(_OBSERVATIONS, clients=8, requests=200)
                _row(count, f"{registers.cpu:.2f} ms", f"{asked.cpu:.2f} ms", f"{gateway.memory():.0f}")


async def records() -> None:
    """10 to 10,000 records of one citizen in one hospital: all of them, and a page of 20."""
    _head("records", "all of them", "for a record", "a page of 20")
    for count in (10, 100, 1000, 10_000):
        with upstreams([Told(records=count)]) as addresses:
            place = Placed(key="hospital", category="HOSPITAL", url=addresses[0], holds=("Observation",))
            async with measured([place], warm=_OBSERVATIONS) as gateway:
                times = max(5, 2000 // count)
                whole = await gateway.load(_OBSERVATIONS, clients=2, requests=times)
                page = await gateway.load(_PAGE, clients=2, requests=times)
                told = f"{whole.cpu / count * 1000:.0f} µs"
                _row(count, f"{whole.cpu:.2f} ms", told, f"{page.cpu:.2f} ms")


async def clients() -> None:
    """1 to 512 clients at once."""
    _head("clients", "for a request", "requests/s", "p50", "p99", "wrong")
    with upstreams([Told(), Told()]) as addresses:
        async with measured(_registers(addresses), warm=_REGISTERS) as gateway:
            for count in (1, 8, 64, 256, 512):
                run = await gateway.load(_REGISTERS, clients=count, requests=max(400, 4 * count))
                times = f"{run.share(0.5):.1f} ms", f"{run.share(0.99):.1f} ms"
                _row(count, f"{run.cpu:.2f} ms", f"{run.rate:.0f}", *times, run.wrong)


def _head(*names: str) -> None:
    sys.stdout.write(f"\n| {' | '.join(names)} |\n|{' --- |' * len(names)}\n")


def _row(*cells: object) -> None:
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")
    sys.stdout.flush()


async def main() -> None:
    """All three."""
    await hospitals()
    await records()
    await clients()


if __name__ == "__main__":
    asyncio.run(main())
