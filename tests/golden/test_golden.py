"""What is said about everybody in the city is what it was, whole and while a hospital fails, down to the last field."""

import difflib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.golden.answering import FAULTS, all_extents, all_told, as_loss, as_text, golden_gateway
from tests.running import CityClock
from tests.sandbox.city import City
from tests.sandbox.people import everyone

HERE = Path(__file__).parent
MOST_LINES = 60
ADVICE = "If that is meant: 'make golden', and read the difference before it is committed."


def differences(kept: Path, now: Mapping[str, str]) -> list[str]:
    """What changed, line by line, in files that are and texts that should be the same."""
    names = sorted({file.stem for file in kept.glob("*.txt")} | now.keys())
    found: list[str] = []
    for name in names:
        file = kept / f"{name}.txt"
        before = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        found += difflib.unified_diff(before, now.get(name, "").splitlines(), name, "now", n=1, lineterm="")
    return found


async def test_everybody_is_told_as_before(city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """Every field of the schema, for each person, by whoever may read it."""
    with golden_gateway(city, tmp_path, city_clock) as gateway:
        now = {key: as_text(told) for key, told in (await all_told(gateway, city)).items()}

    assert now.keys() == {person.key for person in everyone()}
    changed = differences(HERE / "answers", now)
    assert not changed, "\n".join([*changed[:MOST_LINES], ADVICE])


async def test_what_is_lost_while_a_hospital_fails_is_said_as_before(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Down, slow, garbled, or somebody else's record: what is missing, and that no list claims to be whole."""
    now = {}
    with golden_gateway(city, tmp_path, city_clock) as gateway:
        whole = await all_extents(gateway, city)
        for name, fault in FAULTS.items():
            if name != "slow":
                now[name] = as_loss(whole, await all_extents(gateway, city, fault))
    with golden_gateway(city, tmp_path, city_clock, deadline="1s") as gateway:
        now["slow"] = as_loss(whole, await all_extents(gateway, city, FAULTS["slow"]))

    changed = differences(HERE / "faults", now)
    assert not changed, "\n".join([*changed[:MOST_LINES], ADVICE])


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_no_list_that_lost_something_is_called_complete(fault: str) -> None:
    """Read from the kept file: whoever writes it anew cannot write that."""
    lines = (HERE / "faults" / f"{fault}.txt").read_text(encoding="utf-8").splitlines()

    assert len(lines) > 10
    assert [line for line in lines if "INCOMPLETE" not in line and "nothing at all" not in line] == []
