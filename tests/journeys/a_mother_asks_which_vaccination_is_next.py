"""A mother asks which vaccination her child needs next; it is never called late while a register is silent."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

FORECAST = """query Child($id: CitizenId!) { citizen(id: $id) { immunizations { nodes { id } } immunizationForecast {
  schedule rule upTo advice completeness { complete }
  series { disease { text codings { code } } dosesGiven dosesRequired status reason why
    next { number earliest recommended overdueSince } doses { verdict immunization { id } } } } } }"""


async def forecast(gateway: Running, city: City, parent: str, child: str) -> dict[str, Any]:
    token, number = city.eid.token_for(parent), by_key(child).personal_id
    answer = await gateway.ask(FORECAST, token=token, variables={"id": number})
    found: dict[str, Any] = answer.data["citizen"]
    return found


def series(found: dict[str, Any], code: str) -> dict[str, Any]:
    return next(
        one
        for one in found["immunizationForecast"]["series"]
        if code in {coding["code"] for coding in one["disease"]["codings"]}
    )


async def test_a_missed_dose_is_overdue_and_what_was_given_is_quoted(gateway: Running, city: City) -> None:
    """Bin's family refused Japanese encephalitis; his measles doses are those of his list of vaccinations."""
    found = await forecast(gateway, city, "thao", "bin")

    assert found["immunizationForecast"]["completeness"]["complete"]
    assert found["immunizationForecast"]["rule"] == "TT-13-2026"
    japanese, measles = series(found, "A83.0"), series(found, "B05.9")
    assert (japanese["status"], japanese["dosesGiven"], japanese["next"]["overdueSince"]) == (
        "OVERDUE",
        0,
        "2021-04-13",
    )
    assert (measles["status"], measles["dosesGiven"]) == ("COMPLETE", 2)
    listed = {node["id"] for node in found["immunizations"]["nodes"]}
    assert {dose["immunization"]["id"] for dose in measles["doses"]} <= listed


async def test_a_newborns_planned_doses_do_not_count(gateway: Running, city: City) -> None:
    """Nhi has her birth doses; the next ones are planned, and for a later day."""
    found = await forecast(gateway, city, "mai", "nhi")

    assert series(found, "A16.9")["status"] == "COMPLETE"
    hib = series(found, "A49.2")
    assert (hib["dosesGiven"], hib["status"]) == (0, "NOT_YET_DUE")


async def test_f05_nothing_is_called_late_while_a_register_is_silent(gateway: Running, city: City) -> None:
    """The same boy, when the vaccination register is down: nobody can say, and the reason is in words."""
    city.faults.set("vaccination", "down")
    found = await forecast(gateway, city, "thao", "bin")

    japanese = series(found, "A83.0")
    assert (japanese["status"], japanese["reason"], japanese["next"]) == ("CANNOT_SAY", "INCOMPLETE", None)
    assert japanese["why"]
    assert not found["immunizationForecast"]["completeness"]["complete"]
