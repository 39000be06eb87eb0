"""A mother sees how her children grow; where nobody can score a measurement, it says why."""

from typing import Any

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

GROWTH = """query Child($id: CitizenId!) { citizen(id: $id) { observations { nodes { id } } growth {
  rule standard advice undated completeness { complete }
  measurements { on ageDays weight { value code } height { value } headCircumference { value }
    weightForAgeZ heightForAgeZ weightForHeightZ bmiForAgeZ headCircumferenceForAgeZ
    findings assessment reason why observations { id provenance { source { id } } } } } } }"""


async def grown(gateway: Running, city: City, parent: str, child: str) -> dict[str, Any]:
    answer = await gateway.ask(GROWTH, token=city.eid.token_for(parent), variables={"id": by_key(child).personal_id})
    found: dict[str, Any] = answer.data["citizen"]
    return found


async def test_a_newborn_is_scored_from_her_first_day(gateway: Running, city: City) -> None:
    """Nhi was 3.15 kg and 49.5 cm at birth; the latest measurement comes first and quotes its records."""
    found = await grown(gateway, city, "mai", "nhi")

    assert found["growth"]["completeness"]["complete"]
    assert found["growth"]["rule"] == "WHO-2006-2007"
    latest, birth = found["growth"]["measurements"]
    assert (birth["ageDays"], latest["ageDays"]) == (0, 46)
    assert (birth["weightForAgeZ"], birth["heightForAgeZ"], birth["headCircumferenceForAgeZ"]) == (
        "-0.18",
        "0.19",
        "0.10",
    )
    assert (birth["findings"], birth["reason"]) == ([], None)
    assert birth["assessment"]
    listed = {node["id"] for node in found["observations"]["nodes"]}
    assert {one["id"] for one in latest["observations"]} <= listed
    assert len(latest["observations"]) == 3


async def test_a_schoolchild_has_no_weight_for_height(gateway: Running, city: City) -> None:
    """An is nine: body mass index for age takes its place; a day with a weight alone has no index."""
    found = await grown(gateway, city, "mai", "be-an")

    days = found["growth"]["measurements"]
    assert len(days) == 4
    assert [day["on"] for day in days] == sorted((day["on"] for day in days), reverse=True)
    assert all(day["bmiForAgeZ"] and day["weightForHeightZ"] is None for day in days[:3])
    assert days[-1]["height"] is None
    assert days[-1]["weightForAgeZ"] is not None
    assert days[-1]["bmiForAgeZ"] is None


async def test_f05_without_the_register_the_measurements_stay_and_the_scores_say_why(
    gateway: Running, city: City
) -> None:
    """Who reads her own record needs no register for it; her age is unknown then."""
    city.faults.set("population", "down")
    answer = await gateway.ask(
        "{ me { growth { completeness { complete } measurements { weight { value } reason why } } } }",
        token=city.eid.token_for("bao"),
    )
    growth = answer.data["me"]["growth"]

    assert not growth["completeness"]["complete"]
    assert growth["measurements"]
    assert all(day["reason"] == "BIRTH_DATE" and day["why"] for day in growth["measurements"])
