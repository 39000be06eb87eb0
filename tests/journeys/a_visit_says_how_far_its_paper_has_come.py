"""Xuân was at the health station: when it wrote that down and was paid, and whether health insurance knows of it."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City

STATES = "legalState { state at source { id } }"
VISITS = f"""{{ me {{ encounters {{
  nodes {{ start end facility {{ code }} provenance {{ recordedAt source {{ id }} }} {STATES} claim {{ {STATES} }} }}
  completeness {{ complete sources {{ section state }} }} }} }} }}"""
TIMELINE = f"""{{ me {{ timeline(kinds: [ENCOUNTER]) {{
  nodes {{ record {{ ... on Encounter {{ {STATES} }} }} }} }} }} }}"""
CLAIMS = f"{{ me {{ claims {{ nodes {{ {STATES} }} completeness {{ complete }} }} }} }}"


async def test_a_visit_says_who_has_its_paper_and_since_when(gateway: Running, city: City) -> None:
    """Three states of two systems; that the insurance has decided nobody says, so it is not there."""
    visits = (await gateway.ask(VISITS, token=city.eid.token_for("xuan"))).data["me"]["encounters"]["nodes"]
    at_station = [visit for visit in visits if visit["facility"]["code"] == "79983"]

    assert at_station
    for visit in at_station:
        (where,) = visit["provenance"]
        assert visit["legalState"] == [
            {"state": "RECORDED", "at": where["recordedAt"], "source": {"id": "health-station"}},
            {"state": "PAID", "at": visit["end"], "source": {"id": "health-station"}},
            {"state": "CLAIMED", "at": None, "source": {"id": "insurance"}},
        ]
        assert where["recordedAt"]
    for visit in visits:
        assert states(visit)[0] == "RECORDED"
        assert ("CLAIMED" in states(visit)) == (visit["claim"] is not None)


async def test_a_claim_says_it_the_same_way(gateway: Running, city: City) -> None:
    """As the insurance holds it, in its own list as with its visit; what the facility says stands with the visit."""
    token = city.eid.token_for("xuan")
    claims = (await gateway.ask(CLAIMS, token=token)).data["me"]["claims"]
    visits = (await gateway.ask(VISITS, token=token)).data["me"]["encounters"]["nodes"]
    with_visits = [visit["claim"] for visit in visits if visit["claim"]]

    assert claims["completeness"]["complete"]
    assert with_visits
    for claim in (*claims["nodes"], *with_visits):
        assert claim["legalState"] == [{"state": "CLAIMED", "at": None, "source": {"id": "insurance"}}]


async def test_f3_with_the_insurer_down_a_visit_is_not_called_unclaimed(gateway: Running, city: City) -> None:
    """What the facilities say stays; the list says that the insurer's word is missing."""
    city.faults.set("insurance", "down")
    encounters = (await gateway.ask(VISITS, token=city.eid.token_for("xuan"))).data["me"]["encounters"]

    assert {state for visit in encounters["nodes"] for state in states(visit)} == {"RECORDED", "PAID"}
    assert not encounters["completeness"]["complete"]
    assert {"section": "CLAIMS", "state": "UNAVAILABLE"} in encounters["completeness"]["sources"]


async def test_a_visit_of_the_timeline_says_it_too(gateway: Running, city: City) -> None:
    nodes = (await gateway.ask(TIMELINE, token=city.eid.token_for("xuan"))).data["me"]["timeline"]["nodes"]

    assert {"PAID", "CLAIMED"} <= {state for node in nodes for state in states(node["record"])}


def states(item: Any) -> list[str]:
    return [step["state"] for step in item["legalState"]]
