"""Chạm does not believe her telephone and asks again: what was kept of her is lost, and the hospitals are asked."""

from pathlib import Path

import httpx
import pytest

from tests.running import GRAPHQL, CityClock, Running, running_gateway
from tests.sandbox.city import City

ALLERGIES = "{ me { allergies { nodes { provenance { fromCache } } } } }"
REFRESH = """mutation { refresh(sections: [ALLERGIES, ALLERGIES]) { purged sections { section
  completeness { complete sources { source { id } state } } } } }"""
KEPT = 'holds = [ -> cache = "60s"\nholds = ['


async def from_cache(gateway: Running, token: str) -> set[bool]:
    nodes = (await gateway.ask(ALLERGIES, token=token)).data["me"]["allergies"]["nodes"]
    return {place["fromCache"] for node in nodes for place in node["provenance"]}


async def test_what_was_kept_is_asked_for_again(city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """The source sees a new question, and the section that was named twice is told once."""
    token = city.eid.token_for("huong")
    with running_gateway(city, tmp_path, clock=city_clock, kept=KEPT) as gateway:
        assert (await gateway.ask(ALLERGIES, token=token)).data
        before = len(city.seen["hospital-a"].calls)
        assert (await gateway.ask(ALLERGIES, token=token)).data
        assert len(city.seen["hospital-a"].calls) == before, "it was kept"

        refreshed = (await gateway.ask(REFRESH, token=token)).data["refresh"]

        assert refreshed["purged"]
        assert [one["section"] for one in refreshed["sections"]] == ["ALLERGIES"]
        assert refreshed["sections"][0]["completeness"]["complete"]
        assert len(city.seen["hospital-a"].calls) > before


async def test_a_hospital_that_is_down_stands_in_the_completeness(gateway: Running, city: City) -> None:
    """It is no error: the other sections and sources are told all the same."""
    city.faults.set("hospital-a", "down")
    answer = await gateway.ask(REFRESH, token=city.eid.token_for("huong"))

    told = answer.data["refresh"]["sections"][0]["completeness"]
    states = {row["source"]["id"]: row["state"] for row in told["sources"]}
    assert not told["complete"]
    assert states["hospital-a"] == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("mutation { refresh(sections: []) { purged } }", "BAD_REQUEST"),
        ('mutation { refresh(sections: [ALLERGIES], citizen: "079000000000") { purged } }', "FORBIDDEN"),
    ],
)
async def test_nothing_and_strangers_are_refused(gateway: Running, city: City, query: str, code: str) -> None:
    """Whoever may not read a record cannot have it asked for either."""
    assert (await gateway.ask(query, token=city.eid.token_for("huong"))).codes == [code]


async def test_a63_by_get_nothing_is_asked_again(gateway: Running, city: City) -> None:
    """A link in a page must not make the gateway work."""
    headers = {"accept": GRAPHQL, "authorization": f"Bearer {city.eid.token_for('huong')}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{gateway.url}/graphql", params={"query": REFRESH}, headers=headers)
    assert answer.status_code == 405
    assert not city.seen["hospital-a"].calls
