"""The timeline: records of several classes in one order, cut into pages without loss or repetition."""

from typing import Any

import pytest

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


async def test_how_a_question_went_is_told_once(gateway: Running, city: City) -> None:
    """Pregnancies and screenings rest on visits, problems and results that are events themselves."""
    asked = "{ me { timeline { completeness { sources { source { id } section } } } } }"
    rows = (await gateway.ask(asked, token=city.eid.token_for("ngoc"))).data["me"]["timeline"]["completeness"][
        "sources"
    ]
    each = [(row["source"]["id"], row["section"]) for row in rows]

    assert len(each) == len(set(each))
    assert {"PREGNANCIES", "DOCUMENTS"} <= {section for _, section in each}


async def test_f3_a_silent_source_leaves_the_timeline_uncounted(gateway: Running, city: City) -> None:
    """What is missing is said, and nobody counts what nobody knows."""
    city.faults.set("hospital-a", "down")
    asked = "{ me { timeline { totalCount completeness { complete } } } }"
    timeline = (await gateway.ask(asked, token=city.eid.token_for("an"))).data["me"]["timeline"]

    assert timeline == {"totalCount": None, "completeness": {"complete": False}}


LISTS = (
    """{ me { screenings { nodes { id on } } pregnancies { nodes { id status } } documents { nodes { id url } } } }"""
)
EVENTS = """query($since: Date) { me { timeline(kinds: [SCREENING, PREGNANCY, DOCUMENT], since: $since) {
  nodes { kind on title { label } record { id ... on Pregnancy { status } ... on Document { url } } }
  completeness { complete } } } }"""


@pytest.mark.parametrize("key", ["loan", "ngoc", "xuan"])
async def test_screenings_pregnancies_and_documents_are_the_events_that_their_lists_have(
    gateway: Running, city: City, key: str
) -> None:
    """The same items with the same ids, whether a source holds them as such or they are made of what several say."""
    token = city.eid.token_for(key)
    lists = (await gateway.ask(LISTS, token=token)).data["me"]
    timeline = (await gateway.ask(EVENTS, token=token)).data["me"]["timeline"]
    in_lists = {
        (kind, item["id"], item.get("status"), item.get("url"))
        for kind, name in (("SCREENING", "screenings"), ("PREGNANCY", "pregnancies"), ("DOCUMENT", "documents"))
        for item in lists[name]["nodes"]
    }

    assert timeline["completeness"]["complete"]
    assert in_lists
    assert {
        (node["kind"], node["record"]["id"], node["record"].get("status"), node["record"].get("url"))
        for node in timeline["nodes"]
    } == in_lists


async def test_a_pregnancy_stands_where_it_began_and_not_at_the_birth_that_is_expected(
    gateway: Running, city: City
) -> None:
    """In the words of the reader; and a period is judged by that day."""
    token = city.eid.token_for("ngoc")
    nodes = (await gateway.ask(EVENTS, token=token)).data["me"]["timeline"]["nodes"]
    (pregnancy,) = [node for node in nodes if node["kind"] == "PREGNANCY"]
    later = (await gateway.ask(EVENTS, token=token, variables={"since": "2026-11-24"})).data["me"]["timeline"]

    assert pregnancy["title"]["label"] == "Thai kỳ"
    assert pregnancy["on"] < "2026-11-23"
    assert "PREGNANCY" not in {node["kind"] for node in later["nodes"]}
