"""Ân finds a wrong entry: her wish goes to the hospital that owns it, once; its words stay there."""

import asyncio
from typing import Any

import pytest

from tests.gateway.sink import listening
from tests.running import Answer, Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

ASK = """mutation Ask($input: CorrectionInput!) { requestCorrection(input: $input) {
  outcome { state code retryable message source { id } } } }"""
ALLERGIES = "{ me { allergies { nodes { id substance { text } provenance { source { id } sourceRecordId } } } } }"
KEY = "6f0c1a52-5d5e-4b6e-9d0c-6a5c3f1d7e22"
WORDS = "Tôi không dị ứng penicilin, đó là của người khác."


async def allergy(gateway: Running, city: City, text: str, who: str = "an") -> dict[str, Any]:
    """The allergy to that substance, as it is listed."""
    nodes = (await gateway.ask(ALLERGIES, token=city.eid.token_for(who))).data["me"]["allergies"]["nodes"]
    return dict(next(node for node in nodes if text in node["substance"]["text"]))


async def ask(gateway: Running, city: City, record: str, who: str = "an", **more: Any) -> Answer:
    """Send the wish as that person."""
    given = {"section": "ALLERGIES", "record": record, "text": WORDS, "idempotencyKey": KEY} | more
    return await gateway.ask(
        ASK, token=city.eid.token_for(who), variables={"input": given}, headers={"accept-language": "en"}
    )


async def outcome(gateway: Running, city: City, record: str, **more: Any) -> dict[str, Any]:
    """How it went."""
    return dict((await ask(gateway, city, record, **more)).data["requestCorrection"]["outcome"])


async def test_the_hospital_that_owns_the_record_has_the_wish(gateway: Running, city: City) -> None:
    """As a Communication about that very resource; the application hears that it arrived, not that it is right."""
    found = await allergy(gateway, city, "Penicilin")
    told = await outcome(gateway, city, found["id"])

    assert (told["state"], told["code"], told["source"]) == ("CONFIRMED", None, {"id": "hospital-a"})
    assert "will answer you itself" in told["message"]
    (made,) = city.intake.made
    assert (made["resourceType"], made["payload"]) == ("Communication", [{"contentString": WORDS}])
    assert made["about"] == [{"reference": f"AllergyIntolerance/{found['provenance'][0]['sourceRecordId']}"}]
    assert KEY not in str(made)


async def test_a62_the_same_wish_sent_again_arrives_once(gateway: Running, city: City) -> None:
    """Also when many arrive at once; another wish under the key is refused."""
    found = await allergy(gateway, city, "Penicilin")
    told = await asyncio.gather(*(outcome(gateway, city, found["id"]) for _ in range(6)))

    assert {one["state"] for one in told} == {"CONFIRMED"}
    assert len(city.intake.made) == 1
    other = await outcome(gateway, city, found["id"], text="Khác")
    assert (other["state"], other["code"]) == ("REFUSED", "IDEMPOTENCY_KEY_REUSED")


async def test_a_system_that_takes_no_wishes_is_given_none(gateway: Running, city: City) -> None:
    """Hospital B alone knows of latex, and takes none; nobody else is told instead."""
    found = await allergy(gateway, city, "latex")
    told = await outcome(gateway, city, found["id"])

    assert (told["state"], told["code"], told["source"]) == ("NO_RECIPIENT", "NO_RECIPIENT", None)
    assert city.intake.made == []


async def test_of_a_record_in_two_systems_the_one_that_takes_it_hears(gateway: Running, city: City) -> None:
    """Both know of aspirin."""
    found = await allergy(gateway, city, "Aspirin")
    assert len(found["provenance"]) == 2
    told = await outcome(gateway, city, found["id"])

    assert (told["state"], told["source"]) == ("CONFIRMED", {"id": "hospital-a"})
    assert (await outcome(gateway, city, found["id"], source="hospital-b"))["state"] == "NO_RECIPIENT"


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [("unconfirmed", "UNCONFIRMED", "WRITE_UNCONFIRMED")],
)
async def test_a_wish_that_is_not_confirmed_is_not_called_arrived(
    gateway: Running, city: City, fault: str, state: str, code: str
) -> None:
    """It may be there: the same key finds out."""
    found = await allergy(gateway, city, "Penicilin")
    city.faults.set("hospital-a", fault)
    told = await outcome(gateway, city, found["id"])
    assert (told["state"], told["code"], told["retryable"]) == (state, code, True)
    city.faults.clear("hospital-a")
    assert (await outcome(gateway, city, found["id"]))["state"] == "CONFIRMED"
    assert len(city.intake.made) == 1


async def test_a31_nobody_asks_for_a_correction_of_what_they_do_not_see(gateway: Running, city: City) -> None:
    """An id of another citizen and one that does not exist look alike."""
    found = await allergy(gateway, city, "Penicilin")
    stolen = await ask(gateway, city, found["id"], who="bao")
    unknown = await ask(gateway, city, "0" * 32, who="bao")
    stranger = await ask(gateway, city, found["id"], who="bao", citizen=by_key("an").personal_id)

    assert stolen.codes == unknown.codes == stranger.codes == ["FORBIDDEN"]
    assert city.intake.made == []


@pytest.mark.parametrize("more", [{"text": "  "}, {"text": "x" * 2001}, {"idempotencyKey": "mine"}])
async def test_what_cannot_be_a_wish_is_refused(gateway: Running, city: City, more: dict[str, str]) -> None:
    """Before anybody is asked."""
    assert (await ask(gateway, city, "0" * 32, **more)).codes == ["BAD_REQUEST"]


async def test_the_words_of_a_wish_are_in_no_log(gateway: Running, city: City) -> None:
    """Neither where it arrives nor where it fails."""
    found = await allergy(gateway, city, "Penicilin")
    with listening() as sink:
        await outcome(gateway, city, found["id"])
        city.faults.set("hospital-a", "unconfirmed")
        await outcome(gateway, city, found["id"], idempotencyKey="7f0c1a52-5d5e-4b6e-9d0c-6a5c3f1d7e33")
        sink.requests(2)

    assert not any(word in str(sink.events) for word in ("penicilin", "người khác"))
