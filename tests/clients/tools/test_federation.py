"""The published schema is a part of a larger graph for Apollo's own composition and query planner."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.tools.running import node
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

SCHEMA = Path(__file__).parents[3] / "schema.graphql"
PART = "introspection = true -> introspection = true\nsubgraph = true"


@pytest.fixture
def part(city: City, city_clock: CityClock, tmp_path: Path) -> Iterator[Running]:
    """A gateway that is part of a larger graph."""
    with running_gateway(city, tmp_path, clock=city_clock, part=PART) as running:
        yield running


async def test_the_schema_composes_and_a_routers_query_is_answered(tools: Path, part: Running, city: City) -> None:
    """Another graph refers to a citizen by number; what the planner then asks of ours is asked, and answered."""
    told = json.loads(await node(tools, "federation.mjs", SCHEMA=str(SCHEMA)))
    assert told["hints"] == []
    assert "_entities(representations:$representations)" in told["query"]

    known = [{"__typename": "Citizen", "personalId": by_key("an").personal_id}]
    answer = await part.ask(told["query"], token=city.eid.token_for("an"), variables={"representations": known})
    (citizen,) = answer.data["_entities"]
    assert citizen["demographics"]["fullName"]
    assert "Penicilin" in {row["substance"]["text"] for row in citizen["allergies"]["nodes"]}
