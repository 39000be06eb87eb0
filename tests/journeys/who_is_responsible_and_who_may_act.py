"""Phúc sees his family doctor and where he is registered; Mai sees who may act for her child, and nothing of them."""

import pytest

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

PRIMARY_CARE = """{ me { primaryCare { healthStation { name } familyDoctor { name } registeredFacility { code name }
  provenance { source { id } } conflicts { field } completeness { complete } } } }"""
REPRESENTATIVES = """query R($id: CitizenId!) { citizen(id: $id) { representatives {
  nodes { name basis validFrom validUntil provenance { source { id } } } completeness { complete } } } }"""


async def test_an_elderly_man_sees_who_looks_after_him(gateway: Running, city: City) -> None:
    """The hospital knows doctor and station, the insurer where he is registered."""
    answer = await gateway.ask(PRIMARY_CARE, token=city.eid.token_for("phuc"))
    told = answer.data["me"]["primaryCare"]

    assert told["familyDoctor"] == {"name": "Bác sĩ Mẫu Nội tiết A"}
    assert told["healthStation"] == {"name": "Trạm Y tế Phường Mẫu"}
    assert told["registeredFacility"]["code"] == "79981"
    assert [place["source"]["id"] for place in told["provenance"]] == ["hospital-a", "insurance"]
    assert (told["conflicts"], told["completeness"]["complete"]) == ([], True)


async def test_with_the_hospital_down_nobody_is_said_to_be_without_a_doctor(gateway: Running, city: City) -> None:
    """What the insurer knows stays; that something is missing is said."""
    city.faults.set("hospital-a", "down")
    told = (await gateway.ask(PRIMARY_CARE, token=city.eid.token_for("phuc"))).data["me"]["primaryCare"]

    assert told["familyDoctor"] is None
    assert told["registeredFacility"]["code"] == "79981"
    assert not told["completeness"]["complete"]


async def test_a_mother_sees_who_may_act_for_her_child(gateway: Running, city: City) -> None:
    """Both parents, until the eve of the eighteenth birthday, by name; no number and no record of theirs."""
    answer = await gateway.ask(
        REPRESENTATIVES, token=city.eid.token_for("mai"), variables={"id": by_key("be-an").personal_id}
    )
    told = answer.data["citizen"]["representatives"]

    assert {(one["name"], one["basis"], one["validUntil"]) for one in told["nodes"]} == {
        (by_key(key).name.upper(), "PARENT", "2035-04-17") for key in ("mai", "bao")
    }
    assert told["completeness"]["complete"]
    assert not any(by_key(key).personal_id in str(answer.body) for key in ("mai", "bao"))


@pytest.mark.parametrize("field", ["citizen { id }", "id", "personalId"])
async def test_no_field_leads_from_a_representative_to_a_record(gateway: Running, city: City, field: str) -> None:
    """It is not in the schema: nothing to forget at run time."""
    query = f"{{ me {{ representatives {{ nodes {{ {field} }} }} }} }}"
    answer = await gateway.ask(query, token=city.eid.token_for("mai"))

    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a32_a_right_that_a_court_took_away_is_not_listed(gateway: Running, city: City) -> None:
    """The mother of Na sees herself alone."""
    answer = await gateway.ask(
        REPRESENTATIVES, token=city.eid.token_for("dung"), variables={"id": by_key("na").personal_id}
    )
    names = [one["name"] for one in answer.data["citizen"]["representatives"]["nodes"]]

    assert names == [by_key("dung").name.upper()]


async def test_an_adult_is_represented_by_nobody(gateway: Running, city: City) -> None:
    """His parents' rights ended with his eighteenth birthday, whatever the register wrote."""
    query = "{ me { representatives { nodes { name } completeness { complete } } } }"
    told = (await gateway.ask(query, token=city.eid.token_for("phong"))).data["me"]["representatives"]

    assert told == {"nodes": [], "completeness": {"complete": True}}


async def test_with_the_register_down_an_empty_list_is_not_nobody(gateway: Running, city: City) -> None:
    """Absence is never silence."""
    city.faults.set("population", "down")
    query = "{ me { representatives { nodes { name } completeness { complete } } } }"
    told = (await gateway.ask(query, token=city.eid.token_for("phong"))).data["me"]["representatives"]

    assert told == {"nodes": [], "completeness": {"complete": False}}
