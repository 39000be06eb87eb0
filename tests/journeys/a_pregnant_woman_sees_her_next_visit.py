"""Ngọc is in the 28th week: her phone shows the week, the visits so far and the next one; Mai's pregnancy is over."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

PREGNANCIES = """{ me { pregnancies {
  nodes { status since estimatedDelivery gestationalWeeks ended outcome { codings { code } } nextVisitDue
    nextVisitDueBy { rule verified } conflicts { field } provenance { source { id } }
    visits { start department claim { facility { code } } } }
  completeness { complete sources { source { id } section state } } } } }"""
REMINDERS = """{ me { careReminders { cannotSay
  reminders { kind state due rule verified basedOn { __typename } title } } } }"""


async def pregnancies(gateway: Running, city: City, who: str) -> dict[str, Any]:
    """What the person's own phone shows."""
    answer = await gateway.ask(PREGNANCIES, token=city.eid.token_for(who))
    return dict(answer.data["me"]["pregnancies"])


async def test_what_several_records_say_of_one_time_is_one_pregnancy(gateway: Running, city: City) -> None:
    """Four visits, an expected day of birth in each, an episode of care and a diagnosis: one item, no conflict."""
    found = await pregnancies(gateway, city, "ngoc")
    (one,) = found["nodes"]

    assert (one["status"], one["estimatedDelivery"], one["gestationalWeeks"]) == ("ACTIVE", "2027-02-12", 28)
    assert (one["since"], one["ended"], one["outcome"], one["conflicts"]) == ("2026-07-31", None, None, [])
    assert one["nextVisitDue"] == "2026-11-27"
    assert one["nextVisitDueBy"] == {"rule": "antenatal-visits", "verified": False}
    assert len(one["visits"]) == 4
    assert one["visits"][0]["start"].startswith("2026-10-30")
    assert all(visit["claim"] for visit in one["visits"])
    assert found["completeness"]["complete"]


async def test_a_pregnancy_that_ended_says_how(gateway: Running, city: City) -> None:
    """The birth closes it, whatever stands unclosed beside it; nothing more is due."""
    (one,) = (await pregnancies(gateway, city, "mai"))["nodes"]

    assert (one["status"], one["ended"], one["gestationalWeeks"], one["nextVisitDue"]) == (
        "ENDED",
        "2026-09-27",
        None,
        None,
    )
    assert "O80.0" in {coding["code"] for coding in one["outcome"]["codings"]}
    assert len(one["visits"]) == 5, "four before the birth, and the birth"


async def test_nobody_else_is_pregnant(gateway: Running, city: City) -> None:
    """An empty list that is complete: none is on record."""
    found = await pregnancies(gateway, city, "loan")

    assert (found["nodes"], found["completeness"]["complete"]) == ([], True)


async def test_while_her_hospital_is_down_nothing_is_called_late(gateway: Running, city: City) -> None:
    """What is known elsewhere stays; the list is not complete, and the reminder cannot say."""
    city.faults.set("hospital-a", "down")
    found = await pregnancies(gateway, city, "ngoc")

    assert not found["completeness"]["complete"]
    answer = (await gateway.ask(REMINDERS, token=city.eid.token_for("ngoc"))).data["me"]["careReminders"]
    assert "ANTENATAL" in answer["cannotSay"]
    assert not [one for one in answer["reminders"] if one["kind"] == "ANTENATAL" and one["state"] != "CANNOT_SAY"]


async def test_the_next_visit_is_among_what_she_is_reminded_of(gateway: Running, city: City) -> None:
    """With the rule and what it rests on."""
    answer = await gateway.ask(REMINDERS, token=city.eid.token_for("ngoc"), headers={"accept-language": "en"})
    (one,) = [found for found in answer.data["me"]["careReminders"]["reminders"] if found["kind"] == "ANTENATAL"]

    assert (one["state"], one["due"], one["title"]) == ("UPCOMING", "2026-11-27", "Antenatal visit")
    assert (one["rule"], one["verified"], one["basedOn"]) == ("antenatal-visits", False, [{"__typename": "Pregnancy"}])


async def test_a_stranger_learns_of_no_pregnancy(gateway: Running, city: City) -> None:
    """Her husband does not act for her."""
    query = "query P($id: CitizenId!) { citizen(id: $id) { pregnancies { nodes { status } } } }"
    answer = await gateway.ask(query, token=city.eid.token_for("dat"), variables={"id": by_key("ngoc").personal_id})

    assert answer.codes == ["FORBIDDEN"]
    assert answer.body["data"] == {"citizen": None}
