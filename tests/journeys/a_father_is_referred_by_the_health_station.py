"""Bảo, referred by the health station, finds both visits, though one side speaks FHIR and the other one does not."""

from tests.running import Running
from tests.sandbox.city import City

RECORD = """
{ me {
    encounters { nodes { facility { code } start outcome { text } provenance { source { id } } }
                 completeness { sources { source { id } state } } }
    observations(category: VITAL_SIGNS) { nodes { code { text } provenance { source { id } }
      components { value { __typename ... on QuantityValue { value unit } } } } }
} }
"""


async def test_he_finds_the_visit_before_the_hospital_and_what_was_measured(gateway: Running, city: City) -> None:
    """The station wrote one dossier in the claims XML: a visit that ended in a referral, a pressure in a note."""
    me = (await gateway.ask(RECORD, token=city.eid.token_for("bao"))).data["me"]

    visits = [
        (visit["provenance"][0]["source"]["id"], visit["facility"]["code"]) for visit in me["encounters"]["nodes"]
    ]
    assert ("hospital-a", "79981") in visits
    assert visits[-1] == ("health-station", "79983"), "the oldest of them"
    assert me["encounters"]["nodes"][-1]["outcome"]["text"] == "Chuyển cơ sở theo yêu cầu chuyên môn; Không thay đổi"
    (pressure,) = [
        sign
        for sign in me["observations"]["nodes"]
        if sign["provenance"][0]["source"]["id"] == "health-station" and sign["components"]
    ]
    assert [part["value"] for part in pressure["components"]] == [
        {"__typename": "QuantityValue", "value": value, "unit": "mmHg"} for value in ("164", "98")
    ]
    assert len(city.seen["health-station"].calls) == 1, "one look-up serves both lists"


async def test_f10_a_station_whose_xml_breaks_off_costs_its_own_visit(gateway: Running, city: City) -> None:
    """The hospital's visits are there, and the list says what is missing."""
    city.faults.set("health-station", "garbage")
    encounters = (await gateway.ask(RECORD, token=city.eid.token_for("bao"))).data["me"]["encounters"]

    assert {visit["provenance"][0]["source"]["id"] for visit in encounters["nodes"]} == {"hospital-a"}
    states = {row["source"]["id"]: row["state"] for row in encounters["completeness"]["sources"]}
    assert states["health-station"] == "INVALID_ANSWER"


async def test_f12_another_mans_dossier_is_withheld(gateway: Running, city: City) -> None:
    """The station answers about somebody else: not one visit of it is shown."""
    city.faults.set("health-station", "wrong_person")
    encounters = (await gateway.ask(RECORD, token=city.eid.token_for("bao"))).data["me"]["encounters"]

    assert {visit["provenance"][0]["source"]["id"] for visit in encounters["nodes"]} == {"hospital-a"}
    states = {row["source"]["id"]: row["state"] for row in encounters["completeness"]["sources"]}
    assert states["health-station"] == "IDENTITY_MISMATCH"
