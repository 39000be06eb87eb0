"""A visit stands at the hospital and at the insurer: the citizen sees it once, with what was claimed for it."""

from tests.running import Running
from tests.sandbox.city import City

VISITS = """{ me { encounters {
  totalCount nodes { facility { code } start claim { facility { code } admitted provenance { source { id } } } }
  completeness { complete sources { source { id } section state } } } } }"""


async def test_an_insured_visit_has_its_claim(gateway: Running, city: City) -> None:
    """By facility and time of admission, from a system that speaks another protocol."""
    encounters = (await gateway.ask(VISITS, token=city.eid.token_for("an"))).data["me"]["encounters"]

    claimed = [visit for visit in encounters["nodes"] if visit["claim"]]
    assert claimed
    for visit in claimed:
        assert visit["claim"]["facility"] == visit["facility"]
        assert visit["claim"]["provenance"][0]["source"]["id"] == "insurance"
    assert encounters["completeness"]["complete"]
    assert encounters["totalCount"] == len(encounters["nodes"])


async def test_f3_with_the_insurer_down_no_visit_is_called_unclaimed(gateway: Running, city: City) -> None:
    """The visits are all there and counted; the list says that their claims are missing."""
    city.faults.set("insurance", "down")
    encounters = (await gateway.ask(VISITS, token=city.eid.token_for("an"))).data["me"]["encounters"]

    assert encounters["nodes"]
    assert {visit["claim"] for visit in encounters["nodes"]} == {None}
    assert not encounters["completeness"]["complete"]
    rows = {(row["source"]["id"], row["section"]): row["state"] for row in encounters["completeness"]["sources"]}
    assert rows["insurance", "CLAIMS"] == "UNAVAILABLE"


async def test_whoever_does_not_read_claims_does_not_ask_the_insurer(gateway: Running, city: City) -> None:
    """What is not shown is not asked for."""
    await gateway.ask("{ me { encounters { nodes { start } } } }", token=city.eid.token_for("an"))

    assert not city.seen["insurance"].calls
