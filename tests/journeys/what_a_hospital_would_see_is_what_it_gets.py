"""A citizen asks what a hospital would see and allows it something: it sees exactly that, and then nothing again."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.a_citizen_allows_a_hospital_and_takes_it_back import BLOCK, GRANT, NARROW, REVOKE
from tests.journeys.an_unconscious_man_in_the_emergency_room import OPEN, stated
from tests.running import Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

HOSPITAL_A, STATION, INSURER = "79981", "79983", "insurer"
DOCTOR = "000981/MAU-CCHN"
SEEN = """ fragment Seen on Citizen {
  id demographics { fullName }
  allergies { nodes { id substance { text } } completeness { ...Told } }
  conditions { nodes { id code { text } } completeness { ...Told } }
  medications { nodes { id } completeness { ...Told } }
  encounters { nodes { id } completeness { ...Told } }
  observations { nodes { id } completeness { ...Told } }
  immunizations { nodes { id } completeness { ...Told } }
  reports { nodes { id } completeness { ...Told } }
  coverage { nodes { id } completeness { ...Told } }
} fragment Told on Completeness { complete notAsked sources { source { id } section state records } }"""
INSURED = """ fragment Seen on Citizen {
  id demographics { fullName } coverage { nodes { id } completeness { ...Told } }
  claims { nodes { id } completeness { ...Told } }
} fragment Told on Completeness { complete notAsked sources { source { id } section state records } }"""
LOOKED = "query Looked($id: CitizenId!) { citizen(id: $id) { ...Seen } }"
PREVIEW = """query Preview($by: ID!, $who: ID, $why: Purpose!) {
  me { accessPreview(organisation: $by, professional: $who, purpose: $why) { citizen { ...Seen } } } }"""
PATIENT = 'deadline = "2s" -> deadline = "20s"\nbreaker = { failures = 0 }'
WHOLE = 'introspection = true -> introspection = true\ndeadline = "30s"'
SECTIONS = ("allergies", "conditions", "medications", "encounters", "observations", "immunizations", "reports")


class Story:
    """One citizen, one gateway with an empty store."""

    def __init__(self, city: City, gateway: Running, clock: CityClock, who: str) -> None:
        self.city = city
        self.gateway = gateway
        self.clock = clock
        self.who = who
        self.number = by_key(who).personal_id

    async def send(self, document: str, **variables: Any) -> Any:
        """Send it as the citizen, who signed in just now; gives what the one field answered."""
        answer = await self.gateway.ask(document, token=self.city.eid.token_for(self.who), variables=variables)
        (told,) = answer.data.values()
        return told

    async def grant(self, organisation: str = HOSPITAL_A, purpose: str = "TREATMENT", **other: Any) -> str:
        """Allow it something; gives the consent's id."""
        texts = await self.send("{ consentTexts { id purpose } }")
        text = next(row["id"] for row in texts if row["purpose"] == purpose)
        given = {
            "organisation": organisation,
            "agreements": [{"purpose": purpose, "text": text}],
            "validUntil": (self.clock.now() + timedelta(days=30)).isoformat(),
            "idempotencyKey": str(uuid4()),
        }
        return str((await self.send(GRANT, input=given | other))["consent"]["id"])

    async def block(self, **given: Any) -> str:
        """Forbid something; gives the block's id."""
        return str((await self.send(BLOCK, input=given | {"idempotencyKey": str(uuid4())}))["consent"]["id"])

    async def preview(self, organisation: str = HOSPITAL_A, why: str = "TREATMENT", who: str | None = DOCTOR) -> Any:
        """What the citizen is told that this partner would see."""
        told = await self.send(PREVIEW + (INSURED if why == "PAYMENT" else SEEN), by=organisation, who=who, why=why)
        return told["accessPreview"]["citizen"]

    async def looked(self, client: str = "clinic-a", purpose: str = "TREAT") -> Answer:
        """The partner looks."""
        holder = await self.city.eid.partner(client, purpose=purpose)
        document = LOOKED + (INSURED if client == "insurer" else SEEN)
        return await self.gateway.ask_as(holder, document, variables={"id": self.number})

    async def agree(self, **by: Any) -> Any:
        """The partner sees what the preview said, to the last source; gives it."""
        supposed, answer = await self.preview(**by), await self.looked()
        if supposed is None:
            assert answer.codes == ["FORBIDDEN"]
            return None
        seen = answer.body["data"]["citizen"]
        assert seen == supposed
        return seen


def count(seen: Any) -> dict[str, int]:
    """How many records of each section."""
    return {name: len(seen[name]["nodes"]) for name in (*SECTIONS, "coverage", "claims") if name in seen}


@pytest.fixture
def here(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a store of its own, which waits for its sources however busy the machine is."""
    with running_gateway(
        whole_city, tmp_path_factory.mktemp("gateway"), clock=city_clock, patient=PATIENT, whole=WHOLE
    ) as running:
        yield running


@pytest.mark.parametrize("who", ["phuc", "an", "mai", "lam"])
async def test_from_nothing_to_something_and_back(here: Running, city: City, city_clock: CityClock, who: str) -> None:
    """Nothing; the allergies; all of it; narrowed; without one hospital; withdrawn: each time as previewed."""
    story = Story(city, here, city_clock, who)
    assert await story.agree() is None

    narrow = await story.grant(sections=["ALLERGIES"])
    seen = await story.agree()
    assert seen["demographics"]["fullName"], "whoever may look knows at whom"
    own = await story.send("{ me { ...Seen } }" + SEEN)
    assert seen["allergies"]["nodes"] == own["allergies"]["nodes"]
    assert sum(count(seen).values()) == len(own["allergies"]["nodes"])
    states = {row["state"] for name in SECTIONS[1:] for row in seen[name]["completeness"]["sources"]}
    assert states == {"NOT_PERMITTED"} and not any(seen[name]["completeness"]["complete"] for name in SECTIONS[1:])

    whole = await story.grant()
    everything = count(await story.agree())
    assert sum(everything.values()) > len(own["allergies"]["nodes"])
    await story.send(NARROW, input={"id": whole, "since": "2026-09-01"})
    lately = count(await story.agree())
    assert all(lately[name] <= everything[name] for name in everything)
    without = await story.block(facilities=[HOSPITAL_A], organisation=HOSPITAL_A)
    await story.agree()
    for consent in (without, narrow, whole):
        await story.send(REVOKE, id=consent)
    assert await story.agree() is None


async def test_a_blocked_section_and_a_blocked_record_are_not_there(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """The section says that it is blocked; without the record its list says that it is not complete."""
    story = Story(city, here, city_clock, "an")
    await story.grant()
    record = (await story.agree())["encounters"]["nodes"][0]["id"]
    await story.block(record=record)
    seen = await story.agree()
    assert record not in [node["id"] for node in seen["encounters"]["nodes"]]
    assert not seen["encounters"]["completeness"]["complete"]
    await story.block(sections=["MEDICATIONS"], organisation=HOSPITAL_A)
    seen = await story.agree()
    assert (seen["medications"]["nodes"], {row["state"] for row in seen["medications"]["completeness"]["sources"]}) == (
        [],
        {"BLOCKED_BY_CITIZEN"},
    )


async def test_a_consent_for_one_doctor_opens_nothing_to_another(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """And the preview for "somebody there" shows nothing either."""
    story = Story(city, here, city_clock, "phuc")
    await story.grant(professional="somebody-else")
    assert await story.agree() is None
    assert await story.preview(who=None) is None
    assert await story.preview(who="somebody-else") is not None
    await story.grant(professional=DOCTOR, sections=["ALLERGIES"])
    assert await story.agree() is not None
    assert await story.preview(who=None) is None


async def test_a33_a_consent_for_one_hospital_and_purpose_opens_nothing_for_others(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """Not to another hospital, not to the insurer; and the insurer's opens cards and claims, and nothing clinical."""
    story = Story(city, here, city_clock, "phuc")
    await story.grant()
    for client, purpose in (("clinic-b", "TREAT"), ("insurer", "HPAYMT"), ("station", "TREAT"), ("clinic-a", "ETREAT")):
        assert (await story.looked(client, purpose)).codes == ["FORBIDDEN"], client
    await story.grant(INSURER, "PAYMENT")
    seen = (await story.looked("insurer", "HPAYMT")).body["data"]["citizen"]
    assert seen == await story.preview(INSURER, "PAYMENT", None)
    assert count(seen)["claims"] and count(seen)["coverage"]


async def test_a_consent_knows_when_it_was_last_used_and_a_preview_is_no_use(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """What nobody uses lapses; that it was used is written beside the answer, so it is asked for until it is there."""
    story = Story(city, here, city_clock, "phuc")
    consent = await story.grant()
    await story.preview()
    used = "query Used($id: ID!) { node(id: $id) { ... on Consent { usedAt } } }"
    assert (await story.send(used, id=consent))["usedAt"] is None
    assert (await story.looked()).body["data"]["citizen"]
    async with asyncio.timeout(20):
        while (await story.send(used, id=consent))["usedAt"] is None:
            pass


async def test_what_the_law_opens_to_a_health_station_stands_in_the_preview_too(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """Without any consent, of those who are registered there, for prevention alone; and what is forbidden is shut."""
    story = Story(city, here, city_clock, "bao")
    await story.block(sections=["IMMUNIZATIONS"], organisation=STATION)
    supposed = await story.preview(STATION, "PUBLIC_HEALTH", "000983/MAU-CCHN")
    seen = (await story.looked("station", "PUBHLTH")).body["data"]["citizen"]
    assert seen == supposed
    assert {row["state"] for row in seen["immunizations"]["completeness"]["sources"]} == {"BLOCKED_BY_CITIZEN"}
    assert {row["state"] for row in seen["conditions"]["completeness"]["sources"]} == {"NOT_PERMITTED"}
    assert count(seen)["coverage"]
    assert await Story(city, here, city_clock, "phuc").preview(STATION, "PUBLIC_HEALTH", "000983/MAU-CCHN") is None


async def test_a82_what_ends_by_itself_is_gone_at_that_moment(here: Running, city: City, city_clock: CityClock) -> None:
    """Asked a second before and a second after; nothing ran in between."""
    story = Story(city, here, city_clock, "phuc")
    await story.grant(validUntil=(city_clock.now() + timedelta(minutes=4)).isoformat())
    assert await story.agree() is not None
    city_clock.skip(240)
    assert (await story.looked()).codes == ["FORBIDDEN"]


async def test_a85_in_an_emergency_the_preview_says_what_would_be_open(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """To the one who declares it, for its time; what is forbidden even then stays shut, and so do claims."""
    story = Story(city, here, city_clock, "phuc")
    await story.block(sections=["CONDITIONS"])
    await story.block(sections=["OBSERVATIONS"], evenInEmergency=True)
    supposed = await story.preview(why="EMERGENCY")
    assert (await story.looked(purpose="ETREAT")).codes == ["FORBIDDEN"], "nothing is declared yet"

    holder = await city.eid.partner("clinic-a", purpose="ETREAT")
    declared = await here.ask_as(holder, OPEN, variables={"input": stated()})
    assert declared.data["openEmergencyAccess"]["emergency"]["until"]
    seen = (await story.looked(purpose="ETREAT")).body["data"]["citizen"]
    assert seen == supposed
    assert count(seen)["allergies"] and count(seen)["conditions"], "that block yields to an emergency"
    assert {row["state"] for row in seen["observations"]["completeness"]["sources"]} == {"BLOCKED_BY_CITIZEN"}
    for client, purpose in (("clinic-b", "ETREAT"), ("clinic-a", "TREAT")):
        assert (await story.looked(client, purpose)).codes == ["FORBIDDEN"], "it is nobody else's"
    city_clock.skip(4 * 3600)
    assert (await story.looked(purpose="ETREAT")).codes == ["FORBIDDEN"]


async def test_nobody_previews_for_somebody_else(here: Running, city: City, city_clock: CityClock) -> None:
    """A partner has no 'me'; a mother no preview of her child; and a partner is none that is not in the list."""
    story = Story(city, here, city_clock, "mai")
    asked = "query Of($id: CitizenId!) { citizen(id: $id) { accessPreview(organisation: %s) { citizen { id } } } }"
    document = asked % '"79981", purpose: TREATMENT'
    answer = await here.ask(document, token=city.eid.token_for("mai"), variables={"id": by_key("nhi").personal_id})
    assert answer.codes == ["FORBIDDEN"]
    for by, why in (("99999", "TREATMENT"), (HOSPITAL_A, "PAYMENT"), (INSURER, "EMERGENCY"), (HOSPITAL_A, "SELF")):
        answer = await here.ask(PREVIEW + SEEN, token=city.eid.token_for(story.who), variables={"by": by, "why": why})
        assert answer.codes == ["BAD_REQUEST"], (by, why)


async def test_f25_while_nobody_can_tell_what_is_allowed_partners_see_nothing_and_citizens_their_own(
    whole_city: City, city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The store is away: told as such to the partner, with leave to try again; her own record needs no store."""
    nowhere = "development = true -> development = true\nstore.file = 'no/such/folder/store.db'"
    folder = tmp_path_factory.mktemp("gateway")
    with running_gateway(
        whole_city, folder, clock=city_clock, patient=PATIENT, whole=WHOLE, nowhere=nowhere
    ) as running:
        story = Story(city, running, city_clock, "phuc")
        answer = await story.looked()
        assert answer.codes == ["SOURCE_UNAVAILABLE"] and answer.body["data"] == {"citizen": None}
        own = await story.send("{ me { allergies { completeness { complete } } } }")
        assert own["allergies"]["completeness"]["complete"]
