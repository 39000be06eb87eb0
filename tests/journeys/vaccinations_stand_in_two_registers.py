"""A child's vaccinations stand in the vaccination register and in the vaccination book, which speak differently."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

DOSES = """query Child($id: CitizenId!) { citizen(id: $id) { immunizations {
  nodes { on status vaccine { text } targetDiseases { text } provenance { source { id } } }
  completeness { complete sources { source { id } state } } } } }"""


async def doses(gateway: Running, city: City, parent: str, child: str) -> dict[str, Any]:
    token, number = city.eid.token_for(parent), by_key(child).personal_id
    answer = await gateway.ask(DOSES, token=token, variables={"id": number})
    found: dict[str, Any] = answer.data["citizen"]["immunizations"]
    return found


def states(found: dict[str, Any]) -> dict[str, str]:
    return {row["source"]["id"]: row["state"] for row in found["completeness"]["sources"]}


def told_by(found: dict[str, Any], source: str) -> list[dict[str, Any]]:
    return [dose for dose in found["nodes"] if source in {item["source"]["id"] for item in dose["provenance"]}]


async def test_f20_a_mother_finds_what_both_registers_know(gateway: Running, city: City) -> None:
    """The book's two views of a five-in-one are one dose, and the same as the register's: one item, two provenances."""
    found = await doses(gateway, city, "huong", "linh")

    assert found["completeness"]["complete"]
    assert states(found)["vaccination"] == states(found)["vaccination-book"] == "ANSWERED"
    in_book, in_register = told_by(found, "vaccination-book"), told_by(found, "vaccination")
    assert in_book
    assert in_book == [dose for dose in in_register if dose["status"] == "completed"]
    assert max(len(dose["targetDiseases"]) for dose in in_book) == 5


async def test_f12_when_the_book_mixes_children_up_the_register_still_answers(gateway: Running, city: City) -> None:
    """Nothing of the other child is shown, and the list says that it is not all."""
    city.faults.set("vaccination-book", "wrong_person")
    found = await doses(gateway, city, "huong", "lan")

    assert states(found)["vaccination-book"] == "IDENTITY_MISMATCH"
    assert not told_by(found, "vaccination-book")
    assert told_by(found, "vaccination")
    assert not found["completeness"]["complete"]


async def test_whoever_has_no_entry_in_the_book_has_no_record_there(gateway: Running, city: City) -> None:
    """That is an answer: the list is complete."""
    found = await doses(gateway, city, "mai", "nhi")

    assert states(found)["vaccination-book"] == "NO_RECORD"
    assert found["completeness"]["complete"]
