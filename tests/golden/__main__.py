"""``python -m tests.golden``: writes the golden answers anew. Then read the difference: it is what will be answered."""

import asyncio
import logging
import tempfile
from pathlib import Path

import structlog

from tests.golden.answering import FAULTS, all_extents, all_told, as_loss, as_text, golden_gateway
from tests.running import CityClock
from tests.sandbox.city import City, running_city

HERE = Path(__file__).parent


async def write(city: City, clock: CityClock, folder: Path) -> None:
    """Ask, and write."""
    for name in ("answers", "faults"):
        for old in (HERE / name).glob("*.txt"):
            old.unlink()
        (HERE / name).mkdir(exist_ok=True)
    with golden_gateway(city, folder, clock) as gateway:
        for key, told in (await all_told(gateway, city)).items():
            (HERE / "answers" / f"{key}.txt").write_text(as_text(told), encoding="utf-8")
        whole = await all_extents(gateway, city)
        for name, fault in FAULTS.items():
            if name != "slow":
                (HERE / "faults" / f"{name}.txt").write_text(
                    as_loss(whole, await all_extents(gateway, city, fault)), encoding="utf-8"
                )
    with golden_gateway(city, folder, clock, deadline="1s") as gateway:
        lost = as_loss(whole, await all_extents(gateway, city, FAULTS["slow"]))
        (HERE / "faults" / "slow.txt").write_text(lost, encoding="utf-8")


structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
with running_city(clock=(held := CityClock())) as running, tempfile.TemporaryDirectory() as place:
    asyncio.run(write(running, held, Path(place)))
