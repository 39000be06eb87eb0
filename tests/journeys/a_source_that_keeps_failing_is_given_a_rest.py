"""A source that keeps failing is left alone for a while, says so, and is taken back when it has healed."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City

ALLERGIES = """{ me { allergies { nodes { provenance { source { id health } fromCache retrievedAt } }
  completeness { sources { source { id } state code retryAfter } } } } }"""
ENCOUNTERS = "{ me { encounters { nodes { id } completeness { sources { source { id } state } } } } }"
REST = 30


@pytest.fixture
def resting(whole_city: City, city: City, city_clock: CityClock, tmp_path: Path) -> Iterator[Running]:
    """A gateway of its own, with breakers as they are by default, and no repetitions, so that calls can be counted."""
    once = "category = -> retries = 0\ncategory ="
    with running_gateway(whole_city, tmp_path, clock=city_clock, once=once) as running:
        yield running


async def state(gateway: Running, city: City, query: str = ALLERGIES, key: str = "an") -> str:
    """How it went with hospital B."""
    data: dict[str, Any] = (await gateway.ask(query, token=city.eid.token_for(key))).data["me"]
    (section,) = data.values()
    rows = {row["source"]["id"]: row for row in section["completeness"]["sources"]}
    return str(rows["hospital-b"]["state"])


async def health(gateway: Running) -> Any:
    async with httpx.AsyncClient(trust_env=False, base_url=gateway.admin) as http:
        ready = await http.get("/health/ready")
        assert ready.status_code == 200
        return (await http.get("/health")).json()


def asked(city: City, operation: str = "AllergyIntolerance.search") -> int:
    """How often hospital B was asked since the last time."""
    seen = city.seen["hospital-b"]
    count = seen.count("Patient.search") + seen.count(operation)
    seen.forget()
    return count


async def test_f17_it_rests_for_one_class_of_record_and_comes_back(
    resting: Running, city: City, city_clock: CityClock
) -> None:
    """Five failures open it; meanwhile it is not asked, told as degraded, and asked for everything else."""
    city.faults.set("hospital-b", "down")
    assert [await state(resting, city) for _ in range(5)] == ["UNAVAILABLE"] * 5
    assert asked(city) == 5
    assert await state(resting, city) == "UNAVAILABLE"
    assert asked(city) == 0

    city.faults.clear("hospital-b")
    assert await state(resting, city, ENCOUNTERS) == "ANSWERED"
    told = await health(resting)
    assert (told["sources"]["hospital-b"], told["resting"]) == ("DEGRADED", {"hospital-b": ["Allergy"]})

    city_clock.skip(REST)
    assert [await state(resting, city) for _ in range(3)] == ["ANSWERED"] * 3
    told = await health(resting)
    assert (told["sources"]["hospital-b"], told["resting"]) == ("UP", {})


async def test_f17_a_trial_that_fails_costs_one_call(resting: Running, city: City, city_clock: CityClock) -> None:
    """Not five again."""
    city.faults.set("hospital-b", "down")
    for _ in range(5):
        await state(resting, city)
    asked(city)
    city_clock.skip(REST)
    assert [await state(resting, city) for _ in range(4)] == ["UNAVAILABLE"] * 4
    assert asked(city) == 1


async def test_f12_one_answer_about_another_person_is_enough(resting: Running, city: City) -> None:
    """Hospital B mixed somebody up: nobody is shown its allergies until it has proved itself."""
    assert await state(resting, city, key="lac") == "IDENTITY_MISMATCH"
    asked(city)
    answer = await resting.ask(ALLERGIES, token=city.eid.token_for("an"))
    rows = {row["source"]["id"]: row for row in answer.data["me"]["allergies"]["completeness"]["sources"]}
    assert (rows["hospital-b"]["state"], rows["hospital-b"]["code"]) == ("UNAVAILABLE", "SOURCE_UNAVAILABLE")
    assert rows["hospital-b"]["retryAfter"]
    assert rows["hospital-a"]["state"] == "ANSWERED"
    assert asked(city) == 0


async def test_f26_with_every_source_down_the_gateway_answers_and_soon_asks_nobody(
    resting: Running, city: City
) -> None:
    """200 each time, ready all the time."""
    for source in city.addresses:
        city.faults.set(source, "down")
    for _ in range(5):
        assert await state(resting, city) == "UNAVAILABLE"
    for source in city.addresses:
        city.seen[source].forget()
    assert await state(resting, city) == "UNAVAILABLE"
    await health(resting)
    assert not [source for source in city.addresses if city.seen[source].calls]


async def test_f06_a_source_that_asks_for_patience_is_let_alone_at_once(
    resting: Running, city: City, city_clock: CityClock
) -> None:
    """As long as it asked for."""
    city.faults.set("hospital-b", "busy", seconds=20)
    await state(resting, city)
    city.faults.clear("hospital-b")
    asked(city)
    assert await state(resting, city) == "UNAVAILABLE"
    assert asked(city) == 0
    city_clock.skip(20)
    assert await state(resting, city) == "ANSWERED"


async def test_a_kept_answer_says_so_and_ends_with_its_seconds(
    whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Hospital B grants ten seconds: asked once, shown twice with the time of the reading, then asked again."""
    grants = 'file:secrets/hospital-b-token" -> file:secrets/hospital-b-token"\ncache = "10s"'

    async def told(gateway: Running) -> set[tuple[bool, str]]:
        answer = await gateway.ask(ALLERGIES, token=city.eid.token_for("an"))
        rows = [node["provenance"][0] for node in answer.data["me"]["allergies"]["nodes"]]
        return {(row["fromCache"], row["retrievedAt"]) for row in rows if row["source"]["id"] == "hospital-b"}

    with running_gateway(whole_city, tmp_path, clock=city_clock, grants=grants) as gateway:
        ((first, then),) = await told(gateway)
        ((second, now),) = await told(gateway)
        assert (first, second) == (False, True)
        assert now == then
        assert asked(city) == 2
        city_clock.skip(10)
        ((third, later),) = await told(gateway)
        assert not third
        assert later > then
        assert asked(city) == 2


async def test_f27_a_crowd_does_not_run_over_a_source_that_comes_back(
    resting: Running, city: City, city_clock: CityClock
) -> None:
    """After its rest one caller of twenty tries it, then two at once, then everybody; the others are told to wait."""
    city.faults.set("hospital-b", "down")
    for _ in range(5):
        await state(resting, city)
    city_clock.skip(REST)
    hospital = city.seen["hospital-b"]
    for trials in (1, 2):
        hospital.forget()
        city.faults.set("hospital-b", "hang")
        callers = {asyncio.ensure_future(state(resting, city)) for _ in range(20)}
        waiting = callers
        while len(waiting) > trials:  # who is turned away is so at once
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        city.faults.clear("hospital-b")
        assert sorted(await asyncio.gather(*callers)) == ["ANSWERED"] * trials + ["UNAVAILABLE"] * (20 - trials)
        assert hospital.most_in_flight == trials
    assert await asyncio.gather(*(state(resting, city) for _ in range(20))) == ["ANSWERED"] * 20
