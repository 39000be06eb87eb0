"""Where a request goes, layer by layer: calls of functions and processor time in each room of the house.

    python -m tests.bench.layers [small|full]

The calls are counted by the interpreter's own profiler, and are the same on every machine and under every load: what
they say can be compared between two days. The times are those of a profiled process, which is slower the more calls
there are; their shares say where to look, and not how long anything takes.
"""

import asyncio
import cProfile
import os
import pstats
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import uvloop
from msgspec import Struct

from gateway import telemetry
from gateway.serving import serve
from gateway.settings import load
from tests.bench.contestant.configured import Placed
from tests.bench.contestant.opened import OpenGateway
from tests.bench.measured import measured
from tests.bench.upstream import Told, upstreams

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_REQUESTS = 200
_RECORDS = 20
_LINES = 20


class Cost(Struct):
    """Of one room, for one request."""

    calls: float = 0.0
    seconds: float = 0.0


def _placed(url: str) -> list[Placed]:
    return [
        Placed(
            key="hospital",
            category="HOSPITAL",
            url=url,
            holds=("Demographics", "Encounter", "Condition", "Observation"),
        ),
        Placed(key="vaccination", category="VACCINATION", url=url, holds=("Immunization",)),
        Placed(key="insurance", category="INSURANCE", url=url, holds=("Coverage", "Claim")),
    ]


def room(file: str) -> str:
    """The part of the house, or the library, to which a file belongs."""
    if file == "~":
        return "built in"
    if "site-packages" in file:
        return file.rpartition("site-packages/")[2].partition("/")[0]
    if file.startswith(str(ROOT)):
        parts = Path(file).relative_to(ROOT).parts
        return "/".join(parts[:2])
    return "compiled operations" if file.startswith("<") else "standard library"


def by_room(stats: pstats.Stats) -> dict[str, Cost]:
    """The cost of each room, for one request."""
    found: dict[str, Cost] = {}
    for (file, _, _), (_, calls, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        cost = found.setdefault(room(file), Cost())
        cost.calls += calls / _REQUESTS
        cost.seconds += own / _REQUESTS
    return found


def told(costs: dict[str, Cost]) -> Iterable[str]:
    """The lines of a table."""
    whole = sum(cost.seconds for cost in costs.values())
    yield "| room | calls | share of the time |"
    yield "| --- | --- | --- |"
    ranked = Counter({name: cost.seconds for name, cost in costs.items()})
    for name, seconds in ranked.most_common(_LINES):
        yield f"| {name} | {costs[name].calls:.0f} | {100 * seconds / whole:.0f} % |"
    yield f"| all | {sum(cost.calls for cost in costs.values()):.0f} | |"


async def _profiled(kind: str, report: Path) -> None:
    query = (HERE / "contestant" / "queries" / f"ours-{kind}.graphql").read_text(encoding="utf-8")
    with upstreams([Told(records=_RECORDS)]) as (url,):
        async with measured(_placed(url), module="tests.bench.layers", arguments=(str(report),)) as gateway:
            for number in range(50):
                await gateway.ask(query, number)
            gateway.process.send_signal(signal.SIGUSR1)
            await gateway.ask("{ __typename }")
            for number in range(_REQUESTS):
                answer = await gateway.ask(query, number)
                assert answer["data"]["citizen"], "nothing was answered"
            gateway.process.send_signal(signal.SIGUSR1)
            await gateway.ask("{ __typename }")


def _serve(report: Path) -> None:
    """The gateway, in a process of its own; it begins to count at the first signal, and writes at the second."""
    profile = cProfile.Profile()
    counting = False

    def turn(*_: object) -> None:
        nonlocal counting
        if counting:
            profile.disable()
            profile.dump_stats(report)
        else:
            profile.enable()
        counting = not counting

    signal.signal(signal.SIGUSR1, turn)
    os.environ.setdefault("BENCH_IDENTIFIER_KEY", "only for measurements, and of no worth elsewhere")
    telemetry.set_up(level="critical")
    uvloop.run(serve(OpenGateway(load(Path(os.environ["BENCH_FOLDER"]) / "gateway.toml"))))


def main() -> None:
    """Print the tables."""
    if sys.argv[1:] and "/" in sys.argv[1]:
        _serve(Path(sys.argv[1]))
        return
    for kind in sys.argv[1:] or ("small", "full"):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report"
            asyncio.run(_profiled(kind, report))
            sys.stdout.write(f"\n{kind}\n\n" + "\n".join(told(by_room(pstats.Stats(str(report))))) + "\n")


if __name__ == "__main__":
    main()
