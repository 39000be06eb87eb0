"""Phúc takes his blood pressure at home, Mai weighs her child: the hospital records it once, or does not confirm."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import GRAPHQL, Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City

RECORD = """mutation Record($input: MeasurementInput!) { recordMeasurement(input: $input) {
  outcome { state code retryable message source { id } }
  measurement { id at code { text label } status value { ... on QuantityValue { value code } }
    components { value { ... on QuantityValue { value code } } } provenance { source { id } } } } }"""
LISTED = '{ citizen(id: "%s") { observations(category: VITAL_SIGNS) { nodes { id } } } }'
KEY = "0b0f6a52-5d5e-4b6e-9d0c-6a5c3f1d7e11"
PHUC, CHILD = "079051998105", "079217998103"
TAKES = 'takes = ["Measurement", "Correction"]'


def pressure(city_clock: CityClock, **more: Any) -> dict[str, Any]:
    """What Phúc read from his machine just now."""
    return {
        "kind": "BLOOD_PRESSURE",
        "systolic": 151,
        "diastolic": 88,
        "at": city_clock.now().isoformat(),
        "idempotencyKey": KEY,
    } | more


async def record(gateway: Running, city: City, given: dict[str, Any], who: str = "phuc") -> Answer:
    """Send it as that person."""
    return await gateway.ask(
        RECORD, token=city.eid.token_for(who), variables={"input": given}, headers={"accept-language": "en"}
    )


async def outcome(gateway: Running, city: City, given: dict[str, Any], who: str = "phuc") -> dict[str, Any]:
    """How it went."""
    told: dict[str, Any] = (await record(gateway, city, given, who)).data["recordMeasurement"]
    assert (told["measurement"] is not None) == (told["outcome"]["state"] == "CONFIRMED")
    return dict(told["outcome"])


async def ids(gateway: Running, city: City, number: str, who: str) -> set[str]:
    """The vital signs that are listed."""
    nodes = (await gateway.ask(LISTED % number, token=city.eid.token_for(who))).data["citizen"]["observations"]["nodes"]
    return {node["id"] for node in nodes}


async def test_an_elderly_man_sees_in_his_list_what_he_measured(
    gateway: Running, city: City, city_clock: CityClock
) -> None:
    """The hospital confirmed it; the record in the payload is the record in the list."""
    before = await ids(gateway, city, PHUC, "phuc")
    told = (await record(gateway, city, pressure(city_clock))).data["recordMeasurement"]

    assert told["outcome"] == {
        "state": "CONFIRMED",
        "code": None,
        "retryable": False,
        "message": "It is recorded.",
        "source": {"id": "hospital-a"},
    }
    assert [part["value"] for part in told["measurement"]["components"]] == [
        {"value": "151", "code": "mm[Hg]"},
        {"value": "88", "code": "mm[Hg]"},
    ]
    assert await ids(gateway, city, PHUC, "phuc") - before == {told["measurement"]["id"]}
    (made,) = city.intake.made
    assert made["meta"]["security"][0]["code"] == "PATAST"
    assert KEY not in str(made), "the key itself is nobody's business"


async def test_a_mother_records_the_weight_of_her_child(gateway: Running, city: City, city_clock: CityClock) -> None:
    """It stands in the child's record, as the word of somebody who acts for the child, and not in hers."""
    given = {"kind": "BODY_WEIGHT", "value": 24.5, "citizen": CHILD}
    given |= {"at": city_clock.now().isoformat(), "idempotencyKey": KEY}
    told = (await record(gateway, city, given, "mai")).data["recordMeasurement"]

    assert told["measurement"]["value"] == {"value": "24.5", "code": "kg"}
    assert told["measurement"]["id"] in await ids(gateway, city, CHILD, "mai")
    assert told["measurement"]["id"] not in await ids(gateway, city, "079192998102", "mai")
    assert city.intake.made[0]["meta"]["security"][0]["code"] == "SDMAST"


async def test_a62_the_same_measurement_sent_again_is_recorded_once(
    gateway: Running, city: City, city_clock: CityClock
) -> None:
    """Also when twelve arrive at once; each hears of the same record."""
    given = pressure(city_clock)
    answers = await asyncio.gather(*(record(gateway, city, given) for _ in range(12)))
    answers.append(await record(gateway, city, given | {"idempotencyKey": KEY.upper()}))

    assert {answer.data["recordMeasurement"]["outcome"]["state"] for answer in answers} == {"CONFIRMED"}
    assert len({answer.data["recordMeasurement"]["measurement"]["id"] for answer in answers}) == 1
    assert len(city.intake.made) == 1


async def test_a62_a_key_stands_for_one_measurement_of_one_citizen(
    gateway: Running, city: City, city_clock: CityClock
) -> None:
    """Other content under the same key is refused, and another citizen's same key is another key."""
    given = pressure(city_clock)
    assert (await outcome(gateway, city, given))["state"] == "CONFIRMED"
    reused = await outcome(gateway, city, given | {"systolic": 150})
    assert (reused["state"], reused["code"], reused["retryable"]) == ("REFUSED", "IDEMPOTENCY_KEY_REUSED", False)
    assert (await outcome(gateway, city, given, "mai"))["state"] == "CONFIRMED"
    assert len(city.intake.made) == 2


async def test_a_lost_confirmation_is_found_again_by_the_same_key(
    gateway: Running, city: City, city_clock: CityClock
) -> None:
    """The hospital holds it and could not say so: sent again it is confirmed, and stands there once."""
    given = pressure(city_clock)
    city.faults.set("hospital-a", "unconfirmed")
    lost = await outcome(gateway, city, given)
    assert (lost["state"], lost["code"], lost["retryable"]) == ("UNCONFIRMED", "WRITE_UNCONFIRMED", True)

    city.faults.clear("hospital-a")
    assert (await outcome(gateway, city, given))["state"] == "CONFIRMED"
    assert len(city.intake.made) == 1


async def test_what_was_kept_is_not_shown_after_a_write(city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """Also when nobody confirmed it, for it may stand there."""
    with running_gateway(city, tmp_path, clock=city_clock, kept='holds = [ -> cache = "60s"\nholds = [') as gateway:
        before = await ids(gateway, city, PHUC, "phuc")
        city.faults.set("hospital-a", "unconfirmed")
        await outcome(gateway, city, pressure(city_clock))
        assert len(await ids(gateway, city, PHUC, "phuc") - before) == 1


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [("down", "UNAVAILABLE", "SOURCE_UNAVAILABLE"), ("refuse", "REFUSED", "SOURCE_DENIED")],
)
async def test_a_hospital_that_cannot_be_written_to_is_an_outcome(
    gateway: Running, city: City, city_clock: CityClock, fault: Any, state: str, code: str
) -> None:
    """With a code of its own, and never an entry in `errors`."""
    city.faults.set("hospital-a", fault)
    told = await outcome(gateway, city, pressure(city_clock))
    assert (told["state"], told["code"]) == (state, code)
    assert not city.intake.made


async def test_a_hospital_that_does_not_know_the_citizen_refuses(
    gateway: Running, city: City, city_clock: CityClock
) -> None:
    """Nobody becomes a patient there by measuring."""
    told = await outcome(gateway, city, pressure(city_clock), "loan")
    assert (told["state"], told["code"]) == ("REFUSED", "SOURCE_REJECTED")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"citizen": CHILD}, "FORBIDDEN"),
        ({"systolic": 1510}, "BAD_REQUEST"),
        ({"systolic": "NaN"}, "BAD_REQUEST"),
        ({"diastolic": None}, "BAD_REQUEST"),
        ({"value": 80}, "BAD_REQUEST"),
        ({"at": "2031-01-01T08:00:00+07:00"}, "BAD_REQUEST"),
        ({"at": "2026-11-20T08:00:00"}, "BAD_REQUEST"),
        ({"idempotencyKey": "again"}, "BAD_REQUEST"),
    ],
)
async def test_what_cannot_be_recorded_is_sent_nowhere(
    gateway: Running, city: City, city_clock: CityClock, wrong: dict[str, Any], code: str
) -> None:
    """A stranger's record, a slip of the finger, a day to come: the caller hears of it and the hospital does not."""
    answer = await record(gateway, city, pressure(city_clock, **wrong))
    assert answer.codes == [code]
    assert "1510" not in str(answer.body)
    assert not city.seen["hospital-a"].calls


async def test_without_a_recipient_nothing_is_sent(city: City, city_clock: CityClock, tmp_path: Path) -> None:
    """A city where nobody takes measurements says so with a code."""
    with running_gateway(city, tmp_path, clock=city_clock, nobody=f"{TAKES} -> ") as gateway:
        told = await outcome(gateway, city, pressure(city_clock))
    assert (told["state"], told["code"], told["source"]) == ("NO_RECIPIENT", "NO_RECIPIENT", None)


async def test_of_several_the_facility_of_registration_takes_it(
    city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Its code stands on the card; without the insurance nobody knows, and it may be tried again."""
    second = 'bearer = "file:secrets/hospital-b-token" -> bearer = "file:secrets/hospital-b-token"\n' + TAKES
    registered = {number: cards for number, cards in city.contents.cards.items() if number == PHUC}
    assert "79981" in str(registered), "Phúc is registered at hospital A"
    with running_gateway(city, tmp_path, clock=city_clock, second=second) as gateway:
        assert (await outcome(gateway, city, pressure(city_clock)))["source"] == {"id": "hospital-a"}
        city.faults.set("insurance", "down")
        told = await outcome(gateway, city, pressure(city_clock, idempotencyKey=KEY.replace("0b", "0c")))
    assert (told["state"], told["code"], told["retryable"]) == ("NO_RECIPIENT", "RECIPIENT_UNKNOWN", True)
    assert len(city.intake.made) == 1


async def test_a63_by_get_nothing_is_recorded(gateway: Running, city: City) -> None:
    """A link in a page must not write."""
    headers = {"accept": GRAPHQL, "authorization": f"Bearer {city.eid.token_for('phuc')}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{gateway.url}/graphql", params={"query": RECORD}, headers=headers)
    assert answer.status_code == 405
