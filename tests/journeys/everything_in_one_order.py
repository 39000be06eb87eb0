"""The timeline: records of several classes in one order, cut into pages without loss or repetition."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City

PAGE = """query($after: String) { me { timeline(first: 5, after: $after) {
  totalCount nodes { kind on at title { text label } record { id ... on Encounter { claim { id } }
  ... on Report { results { id } } } } pageInfo { hasNextPage endCursor } completeness { complete } } } }"""


async def test_pages_hold_every_event_once_and_newest_first(gateway: Running, city: City) -> None:
    """Reading page by page gives as many events as the first page counted."""
    nodes: list[dict[str, Any]] = []
    after, more, total = None, True, None
    while more:
        answer = await gateway.ask(PAGE, token=city.eid.token_for("an"), variables={"after": after})
        timeline = answer.data["me"]["timeline"]
        nodes += timeline["nodes"]
        total, after, more = (
            timeline["totalCount"],
            timeline["pageInfo"]["endCursor"],
            timeline["pageInfo"]["hasNextPage"],
        )

    assert len({(node["kind"], node["record"]["id"]) for node in nodes}) == len(nodes) == total
    assert len({node["kind"] for node in nodes}) > 3
    days = [node["on"] or "" for node in nodes]
    assert days == sorted(days, reverse=True)


async def test_only_the_kinds_named_are_asked_for(gateway: Running, city: City) -> None:
    """What is not shown is not asked for."""
    asked = "{ me { timeline(kinds: [ALLERGY]) { nodes { kind } } sources { section } } }"
    me = (await gateway.ask(asked, token=city.eid.token_for("an"))).data["me"]

    assert {row["section"] for row in me["sources"]} == {"ALLERGIES"}
    assert {node["kind"] for node in me["timeline"]["nodes"]} <= {"ALLERGY"}


async def test_f3_a_silent_source_leaves_the_timeline_uncounted(gateway: Running, city: City) -> None:
    """What is missing is said, and nobody counts what nobody knows."""
    city.faults.set("hospital-a", "down")
    asked = "{ me { timeline { totalCount completeness { complete } } } }"
    timeline = (await gateway.ask(asked, token=city.eid.token_for("an"))).data["me"]["timeline"]

    assert timeline == {"totalCount": None, "completeness": {"complete": False}}
