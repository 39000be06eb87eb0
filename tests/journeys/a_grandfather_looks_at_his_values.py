"""A grandfather with diabetes sees the values of two hospitals in one unit, and whether they rise or fall."""

from tests.running import Running
from tests.sandbox.city import City

READING = "at value { value unit } converted derived observations { id components { code { text } } }"
ASKED = f"""{{ me {{ indicators(last: 4) {{ rule advice completeness {{ complete }} nodes {{
  kind unit trend reason why totalCount smallestChange {{ amount percent source verified }}
  latest {{ {READING} }} previous {{ {READING} }} history {{ {READING} }} }} }}
  observations {{ nodes {{ id }} }} }} }}"""


async def test_values_of_two_hospitals_stand_in_one_unit(gateway: Running, city: City) -> None:
    """One hospital measures glucose in mg/dL: converted, and said so; every reading quotes its observation."""
    me = (await gateway.ask(ASKED, token=city.eid.token_for("phuc"))).data["me"]
    known = {one["kind"]: one for one in me["indicators"]["nodes"]}
    ids = {one["id"] for one in me["observations"]["nodes"]}

    glucose = known["FASTING_GLUCOSE"]
    assert me["indicators"]["completeness"]["complete"]
    assert len(glucose["history"]) == 4 < glucose["totalCount"]
    assert {one["converted"] for one in glucose["history"]} == {True, False}
    assert {one["value"]["unit"] for one in glucose["history"]} == {glucose["unit"]} == {"mmol/L"}
    assert all(4 < float(one["value"]["value"]) < 12 for one in glucose["history"])
    assert glucose["latest"] == glucose["history"][0]
    assert glucose["trend"] in {"STEADY", "RISING", "FALLING"}
    for one in known.values():
        for reading in one["history"]:
            assert {quoted["id"] for quoted in reading["observations"]} <= ids
    upper, lower = known["SYSTOLIC_PRESSURE"]["latest"], known["DIASTOLIC_PRESSURE"]["latest"]
    assert upper["observations"] == lower["observations"]
    assert float(upper["value"]["value"]) > float(lower["value"]["value"])
    assert known["TRIGLYCERIDES"]["latest"] is None
    assert known["TRIGLYCERIDES"]["reason"] == "NONE_ON_RECORD"


async def test_f3_with_a_silent_hospital_there_is_no_trend(gateway: Running, city: City) -> None:
    """Not 'steady', not 'never measured': nobody can say. What others hold is shown all the same."""
    city.faults.set("hospital-a", "down")
    me = (await gateway.ask(ASKED, token=city.eid.token_for("phuc"))).data["me"]

    assert not me["indicators"]["completeness"]["complete"]
    assert {(one["trend"], one["reason"]) for one in me["indicators"]["nodes"]} == {("CANNOT_SAY", "INCOMPLETE")}
    assert {one["totalCount"] for one in me["indicators"]["nodes"]} == {None}
    assert any(one["latest"] for one in me["indicators"]["nodes"])


async def test_only_named_indicators_are_shown_and_a_history_has_bounds(gateway: Running, city: City) -> None:
    """Kinds in the order asked for; a history beyond the bound is refused."""
    token = city.eid.token_for("phuc")
    asked = "{ me { indicators(kinds: [WEIGHT, HBA1C, WEIGHT], last: %s) { nodes { kind history { at } } } } }"
    nodes = (await gateway.ask(asked % 0, token=token)).data["me"]["indicators"]["nodes"]
    assert nodes == [{"kind": "WEIGHT", "history": []}, {"kind": "HBA1C", "history": []}]

    refused = await gateway.ask(asked % 1001, token=token)
    assert refused.codes == ["BAD_REQUEST"]
