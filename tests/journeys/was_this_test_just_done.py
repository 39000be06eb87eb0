"""Before a test is ordered: was it just done elsewhere? A silent hospital never means "not done"."""

from typing import Any

import pytest

from tests.running import Running
from tests.sandbox.city import City

ASK = """query ($codes: [String!]!, $days: Int!) { me {
  observations(codes: $codes) { nodes { id } }
  duplicateTests(codes: $codes, withinDays: $days) { tests { asked code { text label codings { code } } verdict reason
    why caution found { id value { ... on QuantityValue { value } } provenance { source { id } } }
    reports { id conclusion missingResults results { id } } holdsDays usableUntil source verified }
    rule informationOnly completeness { complete sources { state } } } } }"""


async def _asked(gateway: Running, city: City, person: str, *codes: str, days: int = 365) -> Any:
    token = city.eid.token_for(person)
    answer = await gateway.ask(ASK, token=token, variables={"codes": codes, "days": days})
    return answer.data["me"]


async def test_a_recent_hba1c_is_found_in_both_hospitals(gateway: Running, city: City) -> None:
    """Phúc's was taken thirty days ago: it holds for ninety, and is the one that 'observations' shows."""
    me = await _asked(gateway, city, "phuc", "4548-4", "882-1", "12345-6")
    hba1c, group, unknown = me["duplicateTests"]["tests"]

    assert (hba1c["verdict"], hba1c["reason"], hba1c["holdsDays"]) == ("REUSABLE", "RECENT", 90)
    assert me["duplicateTests"]["informationOnly"]
    assert {told["source"]["id"] for one in hba1c["found"] for told in one["provenance"]} >= {
        "hospital-a",
        "hospital-b",
    }
    assert {one["id"] for one in hba1c["found"]} <= {one["id"] for one in me["observations"]["nodes"]}
    assert group["caution"]
    assert (unknown["verdict"], unknown["reason"], unknown["code"]["text"]) == (
        "CANNOT_SAY",
        "UNKNOWN_TEST",
        "12345-6",
    )


async def test_f3_a_silent_hospital_is_not_a_test_that_was_not_done(gateway: Running, city: City) -> None:
    """Only hospital A took Ngọc's glucose; when it is down nobody can say."""
    assert (await _asked(gateway, city, "ngoc", "14771-0", days=30))["duplicateTests"]["tests"][0][
        "reason"
    ] == "TOO_OLD"
    assert (await _asked(gateway, city, "ngoc", "4548-4"))["duplicateTests"]["tests"][0]["verdict"] == "NOT_DONE"
    city.faults.set("hospital-a", "down")
    for code in ("14771-0", "4548-4"):
        answer = (await _asked(gateway, city, "ngoc", code))["duplicateTests"]
        said = answer["tests"][0]
        assert (said["verdict"], said["reason"]) == ("CANNOT_SAY", "SOURCE_SILENT")
        assert not answer["completeness"]["complete"]


@pytest.mark.parametrize(
    ("codes", "days"),
    [([], 30), ([str(number) for number in range(21)], 30), (["x" * 65], 30), ([""], 30), (["a"], 0), (["a"], 36_526)],
)
async def test_too_much_at_once_is_refused(gateway: Running, city: City, codes: list[str], days: int) -> None:
    """Before anybody is asked about it."""
    ask = "query ($c: [String!]!, $d: Int!) { me { duplicateTests(codes: $c, withinDays: $d) { rule } } }"
    answer = await gateway.ask(ask, token=city.eid.token_for("ngoc"), variables={"c": codes, "d": days})

    assert answer.codes == ["BAD_REQUEST"]
    assert not city.seen["hospital-a"].calls
