"""Ân and Phúc, and the hospital that each of them allowed something, ask in an order of chance, many at once."""

from pathlib import Path

from tests.bench.mixing import KEPT, WAITING, Mixing
from tests.running import CityClock, running_gateway
from tests.sandbox.city import City


async def test_a81_nobody_is_ever_shown_a_part_of_the_other_record(
    whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Two hundred requests here, with answers that are kept for seconds; `tests.bench.mixing` asks ten thousand."""
    with running_gateway(whole_city, tmp_path, clock=city_clock, kept=KEPT, waiting=WAITING) as running:
        mixing = Mixing(running, city, city_clock)
        await mixing.run(200, seed=7)

    assert mixing.wrong == []
    assert mixing.outcomes["whole"] > 100 and mixing.outcomes["a stranger is refused"] > 5
