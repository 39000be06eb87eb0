"""The graph as a part of a larger one: what a router asks with the token of its caller; a reference opens nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

PART = "introspection = true -> introspection = true\nsubgraph = true"
ENTITIES = """query ($of: [_Any!]!) { _entities(representations: $of) { __typename
  ... on Citizen { personalId allergies { nodes { substance { text label } } completeness { complete } } } } }"""


@pytest.fixture(scope="module")
def part(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway that is part of a larger graph."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("part"), clock=city_clock, part=PART) as running:
        yield running


def reference(person: str) -> dict[str, str]:
    """As another graph refers to that person."""
    return {"__typename": "Citizen", "personalId": by_key(person).personal_id}


async def test_a_router_gets_what_the_caller_of_its_token_may_see(part: Running, city: City) -> None:
    """By either key, in the order of the references, whole as by ``citizen``."""
    token = city.eid.token_for("mai")
    direct = await part.ask(
        f'{{ citizen(id: "{by_key("nhi").personal_id}") {{ id personalId '
        "allergies { nodes { substance { text label } } completeness { complete } } } me { personalId } }",
        token=token,
    )
    child, own = direct.data["citizen"], direct.data["me"]["personalId"]
    by_id = {"__typename": "Citizen", "id": child.pop("id")}
    answer = await part.ask(ENTITIES, token=token, variables={"of": [reference("nhi"), reference("mai"), by_id]})

    first, second, third = answer.data["_entities"]
    assert first == third == {"__typename": "Citizen", **child}
    assert second["personalId"] == own


async def test_a31_a_reference_to_a_stranger_and_to_nobody_look_alike(part: Running, city: City) -> None:
    """Each is an error at its own place; what stands beside it is given."""
    nobody = {"__typename": "Citizen", "personalId": "079185998999"}
    forged = {"__typename": "Citizen", "id": "bm9ib2R5"}
    answer = await part.ask(
        ENTITIES,
        token=city.eid.token_for("dat"),
        variables={"of": [reference("phuc"), nobody, forged, reference("dat")]},
    )

    *refused, own = answer.body["data"]["_entities"]
    assert refused == [None, None, None]
    assert own["personalId"] == by_key("dat").personal_id
    told = [{**error, "path": error["path"][0]} for error in answer.body["errors"]]
    assert told[0] == told[1] == told[2]
    assert [error["path"] for error in answer.body["errors"]] == [["_entities", place] for place in range(3)]
    assert answer.codes == ["FORBIDDEN"] * 3
    assert by_key("phuc").personal_id not in str(answer.body["errors"])


@pytest.mark.parametrize(
    "of",
    [
        "x", 7, None, [], {}, {"__typename": "Citizen"}, {"__typename": "Allergy", "id": "x"},
        {"__typename": "Query", "id": "x"}, {"__typename": ["Citizen"], "id": "x"}, {"__typename": "Citizen", "id": 7},
        {"__typename": "Citizen", "personalId": "07918599899"}, {"__typename": "Citizen", "personalId": "٠٧٩١٨٥٩٩٨٩٩٩"},
        {"__typename": "Citizen", "id": "x", "personalId": "079185998999"}, {"__typename": "Citizen", "info": "x"},
    ],
)  # fmt: skip
async def test_a30_what_is_no_reference_is_refused(part: Running, token: str, of: Any) -> None:
    """As a value that does not fit, without repeating it."""
    answer = await part.ask(ENTITIES, token=token, variables={"of": [of]})

    assert answer.codes == ["BAD_REQUEST"]
    assert "0791859989" not in str(answer.body)


async def test_a54_references_have_their_bound(part: Running, token: str) -> None:
    """Twenty are taken together."""
    answer = await part.ask("{ me { personalId } }", token=token)
    own = {"__typename": "Citizen", **answer.data["me"]}
    query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Citizen { id } } }"

    assert len((await part.ask(query, token=token, variables={"of": [own] * 20})).data["_entities"]) == 20
    assert (await part.ask(query, token=token, variables={"of": [own] * 21})).codes == ["BAD_REQUEST"]


async def test_the_schema_of_the_part_is_the_published_one(part: Running, token: str) -> None:
    """Where the schema is told at all."""
    answer = await part.ask("{ _service { sdl } }", token=token)

    assert answer.data["_service"]["sdl"] == (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "document",
    [
        '{ _entities(representations: [{__typename: "Citizen", personalId: "079185998999"}]) { __typename } }',
        "query Q { ...F } fragment F on Query { x: _entities(representations: []) { __typename } }",
        "{ me { id } ... @include(if: false) { _entities(representations: []) { __typename } } }",
    ],
)
async def test_a52_a_gateway_that_is_no_part_gives_no_entities(gateway: Running, token: str, document: str) -> None:
    """Off by default; and to nobody without a token, whether it is on or off."""
    answer = await gateway.ask(document, token=token)
    assert (answer.status, answer.codes) == (400, ["SUBGRAPH_DISABLED"])

    assert (await gateway.ask(document, token=None)).status == 401
