"""``explain``: which sources would be asked, without asking them; and never more than the caller may know."""

import json
from typing import Any

from tests.gateway.wire import Heard, post, said
from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

QUERY = "{ me { allergies { nodes { id } } coverage { nodes { id } } } }"


async def explained(running: Running, token: str, query: str = QUERY, **variables: Any) -> Heard:
    body = {"query": query, "variables": variables, "extensions": {"explain": True, "cost": True}}
    return await said(running, post(json.dumps(body).encode(), token=token))


async def test_it_is_told_who_would_be_asked(gateway: Running, city: City, token: str) -> None:
    """By source and section, with the price; no hospital and no insurer hears of it."""
    heard = await explained(gateway, token)
    told = {(row["source"], row["section"]) for row in heard.json["extensions"]["explain"]}

    assert (heard.status, heard.json["data"]) == (200, None)
    assert {("hospital-a", "ALLERGIES"), ("hospital-b", "ALLERGIES"), ("insurance", "COVERAGE")} <= told
    assert heard.json["extensions"]["cost"]["price"] > 20
    # The register knows whom the caller may open, the e-ID whether the token is good: both are asked as ever.
    assert [name for name, seen in city.seen.items() if seen.calls and name not in ("population", "eid")] == []


async def test_those_are_told_who_are_asked(gateway: Running, token: str) -> None:
    """What is explained is what then happens."""
    told = (await explained(gateway, token)).json["extensions"]["explain"]
    asked = await gateway.ask(QUERY, token=token)

    assert sorted((row["source"], row["section"]) for row in told) == sorted(asked.states)


async def test_a31_nothing_is_explained_about_a_stranger(gateway: Running, token: str) -> None:
    """The refusal is the one of a query."""
    query = "query ($id: CitizenId!) { citizen(id: $id) { allergies { nodes { id } } } }"
    heard = await explained(gateway, token, query, id=by_key("phuc").personal_id)

    assert heard.codes == ["FORBIDDEN"]
    assert "explain" not in heard.json["extensions"] or heard.json["extensions"]["explain"] == []


async def test_what_changes_something_is_not_explained(gateway: Running, token: str) -> None:
    """Nothing is written to find out what would be."""
    heard = await explained(gateway, token, "mutation { refresh(sections: [ALLERGIES]) { purged } }")

    assert (heard.status, heard.codes) == (400, ["BAD_REQUEST"])
