"""What the citizens of the other sources notice of a slow, a hanging and a lying one: nothing, or it is a mistake.

    .venv/bin/python -m tests.bench.ailing

Two gateways take turns, one with three ailing hospitals and one with three sound ones in their place. On both, some
callers ask the hospitals, all three of them, and others the registers; of the latter the times are compared.
"""

import asyncio
import statistics
import sys
from collections.abc import Sequence

from tests.bench.contestant.configured import Placed
from tests.bench.measured import Measured, Run, measured
from tests.bench.upstream import Told, upstreams

_REGISTERS = (
    """query R($id: CitizenId!) { citizen(id: $id) { immunizations { nodes { on } completeness { complete } } } }"""
)
_HOSPITALS = (
    """query H($id: CitizenId!) { citizen(id: $id) { observations { nodes { at } completeness { complete } } } }"""
)

_SOUND = [Told(records=5, seconds=0.02)] * 3
_AILING = [
    Told(records=5, seconds=0.4),
    Told(records=5, seconds=-1),
    Told(records=5, seconds=0.02, lies=True),
]
_TURNS = 9


def _placed(register: str, hospitals: Sequence[str]) -> list[Placed]:
    at = [
        Placed(key=f"h{number}", category="HOSPITAL", url=url, holds=("Observation",), deadline="500ms")
        for number, url in enumerate(hospitals)
    ]
    return [Placed(key="register", category="VACCINATION", url=register, holds=("Immunization",)), *at]


async def _turn(gateway: Measured) -> tuple[Run, Run]:
    hospitals = asyncio.ensure_future(gateway.load(_HOSPITALS, clients=4, requests=24))
    registers = await gateway.load(_REGISTERS, clients=4, requests=400)
    return registers, await hospitals


async def main() -> None:
    """Print the times of both, and how far they are apart."""
    with upstreams([Told(seconds=0.02), *_SOUND, *_AILING]) as (register, *others):
        async with (
            measured(_placed(register, others[:3]), warm=_REGISTERS) as sound,
            measured(_placed(register, others[3:]), warm=_REGISTERS) as ailing,
        ):
            pairs = [(await _turn(sound), await _turn(ailing)) for _ in range(_TURNS)]
            answer = await ailing.ask(_HOSPITALS)
    states = sorted(entry["state"] for entry in answer["extensions"]["sources"])
    sys.stdout.write(f"the ailing three end as {', '.join(states)}\n\n")
    sys.stdout.write("| registers, while hospitals are asked | p50 | p95 |\n| --- | --- | --- |\n")
    for place, name in enumerate(("sound hospitals", "ailing hospitals")):
        runs = [pair[place][0] for pair in pairs]
        p50, p95 = (statistics.median(run.share(part) for run in runs) for part in (0.5, 0.95))
        sys.stdout.write(f"| {name} | {p50:.1f} ms | {p95:.1f} ms |\n")
    moved = [pair[1][0].share(0.95) / pair[0][0].share(0.95) - 1 for pair in pairs]
    wrong = sum(pair[place][0].wrong for pair in pairs for place in (0, 1))
    sys.stdout.write(
        f"\np95 moved by {statistics.median(moved):+.1%} (median of {_TURNS} turns); {wrong} wrong answers\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
