"""Mai opens the vaccinations of her newborn. What makes her the mother is the population register's word today."""

import pytest

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

DEPENDANTS = """{ me { dependants {
  nodes { basis validUntil citizen { id personalId
          immunizations { nodes { on status vaccine { text } } completeness { complete } } } }
  completeness { complete } } } }"""
CHILD = """query Child($id: CitizenId!) { citizen(id: $id) {
  demographics { fullName } immunizations { nodes { on status } completeness { complete } }
  coverage { nodes { cardNumber } completeness { complete } } dependants { nodes { basis } completeness {
    complete sources { state } } } } }"""


async def test_she_finds_both_children_and_their_vaccinations(gateway: Running, city: City) -> None:
    """Given doses are shown; the planned ones of the newborn are not shown as given."""
    answer = await gateway.ask(DEPENDANTS, token=city.eid.token_for("mai"))
    dependants = answer.data["me"]["dependants"]

    assert dependants["completeness"]["complete"]
    children = {row["citizen"]["personalId"]: row for row in dependants["nodes"]}
    newborn = children[by_key("nhi").personal_id]
    assert set(children) == {by_key("nhi").personal_id, by_key("be-an").personal_id}
    assert newborn["basis"] == "PARENT"
    assert newborn["validUntil"] == "2044-09-27", "the eve of the eighteenth birthday"
    given = [dose for dose in newborn["citizen"]["immunizations"]["nodes"] if dose["status"] == "completed"]
    assert given
    assert all(dose["on"] <= "2026-11-23" for dose in newborn["citizen"]["immunizations"]["nodes"])


async def test_she_opens_the_child_by_number_with_all_it_takes_to_ask_the_insurance(
    gateway: Running, city: City
) -> None:
    """The portal wants name and birth date: they come from the register, not from the caller."""
    answer = await gateway.ask(CHILD, token=city.eid.token_for("mai"), variables={"id": by_key("nhi").personal_id})
    child = answer.data["citizen"]

    assert child["coverage"]["nodes"]
    assert child["coverage"]["completeness"]["complete"]
    assert child["immunizations"]["completeness"]["complete"]


async def test_whom_the_child_represents_is_not_the_mothers_business(gateway: Running, city: City) -> None:
    """The section is not asked for, and says so instead of looking empty."""
    answer = await gateway.ask(CHILD, token=city.eid.token_for("mai"), variables={"id": by_key("nhi").personal_id})
    dependants = answer.data["citizen"]["dependants"]

    assert dependants["nodes"] == []
    assert not dependants["completeness"]["complete"]
    assert dependants["completeness"]["sources"] == [{"state": "NOT_PERMITTED"}]


@pytest.mark.parametrize(
    ("caller", "citizen", "why"),
    [
        ("tam", "phong", "he came of age last month, though the register wrote no end"),
        ("tuyet", "phong", "he came of age last month, and the register wrote the end"),
        ("hung", "na", "a court barred the father"),
        ("nhi", "mai", "a child does not represent her mother"),
        ("bao", "mai", "a husband does not represent his wife"),
    ],
)
async def test_a32_a_right_that_ended_or_never_was_opens_nothing(
    gateway: Running, city: City, caller: str, citizen: str, why: str
) -> None:
    """Relations are judged on the day of the request, by law and court, not by what was once written."""
    token = city.eid.token_for(caller)
    answer = await gateway.ask(CHILD, token=token, variables={"id": by_key(citizen).personal_id})

    assert answer.codes == ["FORBIDDEN"], why
    assert answer.body["data"] == {"citizen": None}


@pytest.mark.parametrize(
    ("caller", "citizen", "basis"), [("hien", "thuy", "COURT_APPOINTED"), ("xuan", "ti", "GUARDIAN")]
)
async def test_a_guardian_opens_the_record_of_the_ward(
    gateway: Running, city: City, caller: str, citizen: str, basis: str
) -> None:
    """Guardians of minors, and those whom a court appointed for an adult, may look while their appointment lasts."""
    answer = await gateway.ask(DEPENDANTS, token=city.eid.token_for(caller))
    rows = answer.data["me"]["dependants"]["nodes"]

    assert [(row["citizen"]["personalId"], row["basis"]) for row in rows] == [(by_key(citizen).personal_id, basis)]


async def test_a_child_does_not_open_health_data_alone(gateway: Running, city: City) -> None:
    """An account of somebody under fourteen opens nothing by itself (NĐ 69/2024)."""
    answer = await gateway.ask("{ me { allergies { nodes { id } } } }", token=city.eid.token_for("be-an"))

    assert answer.status == 200
    assert answer.codes == ["FORBIDDEN"]
    assert answer.body["data"] is None


@pytest.mark.parametrize("fault", ["down", "hang", "garbage"])
async def test_f25_when_the_register_ails_her_own_record_goes_on_and_the_childs_stays_shut(
    gateway: Running, city: City, fault: str
) -> None:
    """Who may act for whom cannot be verified: fail closed for others, and say that it may be tried again."""
    city.faults.set("population", fault)
    query = "query Both($id: CitizenId!) { me { allergies { completeness { complete } } } citizen(id: $id) { id } }"
    answer = await gateway.ask(query, token=city.eid.token_for("mai"), variables={"id": by_key("nhi").personal_id})

    assert answer.body["data"]["me"]["allergies"]["completeness"]["complete"]
    assert answer.body["data"]["citizen"] is None
    assert answer.codes == ["SOURCE_UNAVAILABLE"]
    assert answer.body["errors"][0]["extensions"]["retryable"] is True
