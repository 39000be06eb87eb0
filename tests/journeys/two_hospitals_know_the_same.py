"""Ân's two hospitals know some things both: she sees each once, with both names, and where they disagree."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City

KNOWN = """{ me {
  allergies { totalCount nodes { id substance { text } criticality status reactions { text }
    provenance { source { id } } conflicts { field rule values { value provenance { source { id } } } } }
    completeness { complete } }
  conditions { nodes { id code { text codings { display } } onset provenance { source { id } } conflicts { field } } }
} }"""


def told_by(node: Any) -> list[str]:
    return [place["source"]["id"] for place in node["provenance"]]


async def test_aspirin_is_one_allergy_of_two_hospitals(gateway: Running, city: City) -> None:
    """The graver word is shown, both words stand beside it, and the reactions of both are there."""
    me = (await gateway.ask(KNOWN, token=city.eid.token_for("an"))).data["me"]
    aspirin = me["allergies"]["nodes"][0]

    assert aspirin["substance"]["text"].startswith("Aspirin")
    assert told_by(aspirin) == ["hospital-a", "hospital-b"]
    assert aspirin["criticality"] == "high"
    assert sorted(reaction["text"] for reaction in aspirin["reactions"]) == ["Co thắt phế quản", "Mề đay"]
    (conflict,) = aspirin["conflicts"]
    assert (conflict["field"], conflict["rule"]) == ("criticality", "HIGHEST_CRITICALITY")
    assert {value["value"]: told_by(value) for value in conflict["values"]} == {
        "low": ["hospital-a"],
        "high": ["hospital-b"],
    }
    assert me["allergies"]["totalCount"] == len(me["allergies"]["nodes"]) == 3


async def test_her_arthritis_is_one_condition_with_the_more_exact_onset(gateway: Running, city: City) -> None:
    """One hospital knows the year, the other the month; that is no conflict."""
    me = (await gateway.ask(KNOWN, token=city.eid.token_for("an"))).data["me"]
    (arthritis,) = [node for node in me["conditions"]["nodes"] if len(told_by(node)) == 2]

    assert arthritis["onset"] == "2015-08"
    assert arthritis["conflicts"] == []


async def test_with_one_hospital_down_the_item_is_still_the_same(gateway: Running, city: City) -> None:
    """A phone that kept the item finds it by its id, whichever of the two is silent. Nobody knows the count."""
    token = city.eid.token_for("an")
    whole = (await gateway.ask(KNOWN, token=token)).data["me"]
    for hospital in ("hospital-a", "hospital-b"):
        city.faults.set(hospital, "down")
        partial = (await gateway.ask(KNOWN, token=token)).data["me"]
        city.faults.clear(hospital)

        for section in ("allergies", "conditions"):
            ids = {node["id"] for node in whole[section]["nodes"]}
            assert {node["id"] for node in partial[section]["nodes"]} < ids
        assert {node["id"] for node in whole["allergies"]["nodes"] if len(told_by(node)) == 2} <= {
            node["id"] for node in partial["allergies"]["nodes"]
        }
        assert partial["allergies"]["totalCount"] is None
        assert partial["allergies"]["nodes"][0]["conflicts"] == []
