"""What is due, late or near; while a source is silent nothing is called late, and the citizen is told so."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

FIELDS = """careReminders { reminders { kind state reason title why due rule source verified
  basedOn { __typename id provenance { source { id } } } } cannotSay version advice completeness { complete } }"""
MINE = f"{{ me {{ conditions {{ nodes {{ id }} }} {FIELDS} }} }}"
CHILDS = f"query Child($id: CitizenId!) {{ citizen(id: $id) {{ {FIELDS} }} }}"


async def _mine(gateway: Running, city: City, person: str) -> Any:
    answer = await gateway.ask(MINE, token=city.eid.token_for(person))
    assert not answer.codes
    return answer.data["me"]


def _by_rule(said: Any) -> dict[str, Any]:
    return {one["rule"]: one for one in said["careReminders"]["reminders"]}


async def test_a_man_with_diabetes_learns_of_his_visit_and_nothing_false(gateway: Running, city: City) -> None:
    """Phúc's HbA1c is a month old: no reminder. His visit in nine days is one, and rests on the appointment."""
    me = await _mine(gateway, city, "phuc")
    found = _by_rule(me)

    assert "hba1c-diabetes" not in found
    assert (found["appointment"]["kind"], found["appointment"]["state"]) == ("APPOINTMENT", "UPCOMING")
    assert [one["__typename"] for one in found["appointment"]["basedOn"]] == ["Appointment"]
    assert me["careReminders"]["advice"]


async def test_f3_nobody_is_called_late_while_a_hospital_is_silent(gateway: Running, city: City) -> None:
    """Hospital A may know what hospital B does not: the kinds are named, and nothing is late."""
    city.faults.set("hospital-a", "down")
    said = (await _mine(gateway, city, "phuc"))["careReminders"]

    assert not said["completeness"]["complete"]
    assert {"FOLLOW_UP", "SCREENING", "REFILL"} <= set(said["cannotSay"])
    checks = [one for one in said["reminders"] if one["kind"] in ("FOLLOW_UP", "SCREENING", "REFILL")]
    assert {one["state"] for one in checks} <= {"CANNOT_SAY"}


async def test_a_card_that_ran_out_is_late_only_when_the_insurer_says_so(gateway: Running, city: City) -> None:
    """Vinh's ended in June."""
    assert _by_rule(await _mine(gateway, city, "vinh"))["insurance-card"]["state"] == "OVERDUE"
    city.faults.set("insurance", "down")
    me = await _mine(gateway, city, "vinh")
    assert "INSURANCE" in me["careReminders"]["cannotSay"]
    assert "insurance-card" not in _by_rule(me)


async def test_a_childs_missed_doses_are_among_the_reminders(gateway: Running, city: City) -> None:
    """Bin's family refused Japanese encephalitis; with the register down nothing is said to be late."""
    token, variables = city.eid.token_for("thao"), {"id": by_key("bin").personal_id}
    said = (await gateway.ask(CHILDS, token=token, variables=variables)).data["citizen"]["careReminders"]
    assert ("VACCINATION", "OVERDUE") in {(one["kind"], one["state"]) for one in said["reminders"]}
    city.faults.set("vaccination", "down")
    said = (await gateway.ask(CHILDS, token=token, variables=variables)).data["citizen"]["careReminders"]
    assert "VACCINATION" not in {one["kind"] for one in said["reminders"]}
    assert "VACCINATION" in said["cannotSay"]
