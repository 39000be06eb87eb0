"""Before a visit: is it covered, at which share, and why? What is not known is never "not insured"."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City

ASK = """query ($facility: String!, $on: Date) { me { eligibility(facility: $facility, on: $on) {
  verdict benefitPercent coPayPercent reasons { code text } coverage { cardNumber provenance { source { id } } }
  rule informationOnly completeness { complete } %s } } }"""
EXEMPTION = "exemption { state paid limit limitVerified fiveYears text completeness { complete } }"


async def _asked(gateway: Running, city: City, person: str, facility: str, more: str = "") -> Any:
    answer = await gateway.ask(ASK % more, token=city.eid.token_for(person), variables={"facility": facility})
    return answer.data["me"]["eligibility"]


async def test_a_citizen_learns_that_the_visit_is_covered_and_why(gateway: Running, city: City) -> None:
    """Registered at hospital A with a card for employees: 80 percent there, no number elsewhere."""
    here = await _asked(gateway, city, "an", "79981")
    assert (here["verdict"], here["benefitPercent"], here["coPayPercent"]) == ("ELIGIBLE", 80, 20)
    assert here["coverage"]["provenance"][0]["source"]["id"] == "insurance"
    assert here["informationOnly"]
    elsewhere = await _asked(gateway, city, "an", "79982")
    assert (elsewhere["verdict"], elsewhere["benefitPercent"]) == ("ELIGIBLE", None)
    assert "NOT_REGISTERED_HERE" in {reason["code"] for reason in elsewhere["reasons"]}


async def test_f3_a_silent_insurer_never_says_not_insured(gateway: Running, city: City) -> None:
    """'Cannot say, because', no entry in `errors`, and the word on emergencies."""
    city.faults.set("insurance", "down")
    said = await _asked(gateway, city, "an", "79981")

    assert (said["verdict"], said["coverage"], said["completeness"]["complete"]) == ("CANNOT_SAY", None, False)
    assert {"INSURER_SILENT", "EMERGENCY"} <= {reason["code"] for reason in said["reasons"]}


async def test_the_insurer_is_asked_what_was_paid_only_where_that_is_read(gateway: Running, city: City) -> None:
    """That question may take a minute."""
    seen = city.seen["insurance"]
    await _asked(gateway, city, "an", "79981")
    assert "TraCuuTienMCCT" not in {call.operation for call in seen.calls}
    said = await _asked(gateway, city, "an", "79981", EXEMPTION)

    assert "TraCuuTienMCCT" in {call.operation for call in seen.calls}
    assert said["exemption"]["state"] in {"EXEMPT", "NOT_EXEMPT", "CANNOT_SAY"}
    assert said["exemption"]["text"]


async def test_what_is_no_facility_code_is_refused(gateway: Running, city: City) -> None:
    """Before anybody is asked."""
    answer = await gateway.ask(ASK % "", token=city.eid.token_for("an"), variables={"facility": "x' OR 1"})

    assert answer.codes == ["BAD_REQUEST"]
    assert not city.seen["insurance"].calls
