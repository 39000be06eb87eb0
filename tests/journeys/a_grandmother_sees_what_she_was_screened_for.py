"""Loan was screened twice: she sees what was found, when the next one is due, and by whose rule."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City

SCREENINGS = """{ me { screenings {
  nodes { programme { label codings { system code } } test { text } on result { text label } facility { name } nextDue
    nextDueBy { rule source verified } provenance { source { id } } }
  totalCount completeness { complete } } } }"""
REMINDERS = "{ me { careReminders { cannotSay reminders { kind rule state due basedOn { __typename } } } } }"


async def screenings(gateway: Running, city: City, who: str) -> dict[str, Any]:
    """What the person's own phone shows, in English."""
    answer = await gateway.ask(SCREENINGS, token=city.eid.token_for(who), headers={"accept-language": "en"})
    return dict(answer.data["me"]["screenings"])


async def test_results_and_reports_of_any_hospital_are_screenings(gateway: Running, city: City) -> None:
    """Whoever ordered them. What is normal by code is due again by rule; words alone are not read."""
    found = await screenings(gateway, city, "loan")
    breast, bowel = found["nodes"]

    assert breast["programme"]["label"] == "Breast cancer screening"
    assert breast["result"]["text"].endswith("BI-RADS 1.")
    assert (breast["nextDue"], breast["nextDueBy"]) == (None, None)
    assert bowel["programme"]["codings"] == [
        {"system": "urn:citizen-graph:screening-programme", "code": "COLORECTAL_CANCER"}
    ]
    assert (bowel["on"], bowel["nextDue"]) == ("2025-09-29", "2026-09-29")
    assert (bowel["result"]["text"], bowel["result"]["label"]) == ("Âm tính", "Negative")
    assert (bowel["nextDueBy"]["rule"], bowel["nextDueBy"]["verified"]) == ("COLORECTAL_CANCER", False)
    assert (found["totalCount"], found["completeness"]["complete"]) == (2, True)


async def test_what_is_due_again_is_among_her_reminders(gateway: Running, city: City) -> None:
    """Never as late; and of what was not normal by code nothing is said."""
    told = (await gateway.ask(REMINDERS, token=city.eid.token_for("loan"))).data["me"]["careReminders"]
    by_rule = {one["rule"]: one for one in told["reminders"] if one["kind"] == "SCREENING"}

    assert (by_rule["COLORECTAL_CANCER"]["state"], by_rule["COLORECTAL_CANCER"]["due"]) == ("DUE", "2026-09-29")
    assert by_rule["COLORECTAL_CANCER"]["basedOn"] == [{"__typename": "Screening"}]
    assert by_rule["CERVICAL_CANCER"]["due"] is None
    assert "BREAST_CANCER" not in by_rule
    assert told["cannotSay"] == []


async def test_with_her_hospital_down_nothing_is_called_never_done(gateway: Running, city: City) -> None:
    """An empty list is not 'never screened'."""
    city.faults.set("hospital-b", "down")
    found = await screenings(gateway, city, "loan")

    assert (found["nodes"], found["totalCount"], found["completeness"]["complete"]) == ([], None, False)
    told = (await gateway.ask(REMINDERS, token=city.eid.token_for("loan"))).data["me"]["careReminders"]
    assert {one["state"] for one in told["reminders"] if one["kind"] == "SCREENING"} == {"CANNOT_SAY"}
