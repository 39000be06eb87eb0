"""Who agrees for a child: a parent alone, then both, then the child; and what parents cannot see of what is hidden.

The city of this story begins six weeks before a boy comes of age and five months before another one turns seven.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.a_citizen_allows_a_hospital_and_takes_it_back import BLOCK, GRANT, HOSPITAL, REVOKE
from tests.running import Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City, running_city
from tests.sandbox.people import by_key

AGREE = """mutation Agree($id: ID!, $agreements: [AgreementInput!]!) {
  agreeToConsent(id: $id, agreements: $agreements) { consent { id status history { kind by } } } }"""
LISTED = "query Of($id: CitizenId!) { citizen(id: $id) { consents { id status grantedBy } } }"
VISITS = "query Of($id: CitizenId!) { citizen(id: $id) { encounters { nodes { id } } } }"
TEXT = "{ consentTexts { id purpose } }"
DAY = 86_400.0
SON, BOY, GIRL = (by_key(name).personal_id for name in ("phong", "bin", "be-an"))


class Story:
    """One city, one gateway and one time that goes on."""

    def __init__(self, city: City, gateway: Running, clock: CityClock) -> None:
        self.city = city
        self.gateway = gateway
        self.clock = clock

    async def send(self, document: str, who: str, **variables: Any) -> Answer:
        """Send it as that person, who signed in just now."""
        return await self.gateway.ask(document, token=self.city.eid.token_for(who), variables=variables)

    async def read(self, who: str) -> list[dict[str, Any]]:
        """That this person has read the text for treatment."""
        (text,) = [row for row in (await self.send(TEXT, who)).data["consentTexts"] if row["purpose"] == "TREATMENT"]
        return [{"purpose": "TREATMENT", "text": text["id"]}]

    async def grant(self, who: str, citizen: str, **other: Any) -> Answer:
        """Allow the hospital the whole record for three years."""
        given = {
            "citizen": citizen,
            "organisation": HOSPITAL,
            "agreements": await self.read(who),
            "validUntil": (self.clock.now() + timedelta(days=1000)).isoformat(),
            "idempotencyKey": str(uuid4()),
        }
        return await self.send(GRANT, who, input=given | other)

    async def block(self, who: str, citizen: str, **other: Any) -> Answer:
        """Forbid something."""
        return await self.send(BLOCK, who, input={"citizen": citizen, "idempotencyKey": str(uuid4())} | other)

    async def visits(self, who: str, citizen: str) -> list[str]:
        """The visits that this person sees of that citizen."""
        told = (await self.send(VISITS, who, id=citizen)).data["citizen"]["encounters"]["nodes"]
        return [str(node["id"]) for node in told]

    async def status(self, who: str, citizen: str, consent: str) -> str:
        """How that consent stands, as this person sees it."""
        rows = (await self.send(LISTED, who, id=citizen)).data["citizen"]["consents"]
        return next(str(row["status"]) for row in rows if row["id"] == consent)


def consent(answer: Answer) -> dict[str, Any]:
    """The consent that came of it."""
    (payload,) = answer.data.values()
    told: dict[str, Any] = payload["consent"]
    return told


@pytest.fixture
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A city of its own: its time is moved by months."""
    clock = CityClock(datetime(2026, 9, 1, 5, tzinfo=UTC))
    with (
        running_city(clock=clock) as city,
        running_gateway(city, tmp_path_factory.mktemp("gateway"), clock=clock) as gateway,
    ):
        yield Story(city, gateway, clock)


async def test_a_parent_agrees_alone_until_the_child_is_seven_and_is_asked_again_then(story: Story) -> None:
    """On the seventh birthday the consent has ended; the new one wants the parent's word that the child agrees."""
    allowed = consent(await story.grant("vinh", BOY))
    assert (allowed["status"], allowed["grantedBy"], allowed["validUntil"]) == (
        "ACTIVE", "PARENT", "2027-03-12T00:00:00+07:00",
    )  # fmt: skip
    assert allowed["history"][0]["childAgreed"] is False

    story.clock.skip(193 * DAY)
    assert await story.status("vinh", BOY, allowed["id"]) == "ASKED_AGAIN"
    assert (await story.grant("vinh", BOY)).codes == ["BAD_REQUEST"]
    assert (await story.grant("vinh", BOY, childAgrees=False)).codes == ["BAD_REQUEST"]
    again = consent(await story.grant("vinh", BOY, childAgrees=True))
    assert (again["status"], again["history"][0]["childAgreed"]) == ("ACTIVE", True)


async def test_with_an_account_of_their_own_both_agree_and_either_ends_it(story: Story) -> None:
    """He is seventeen: what his father gives waits for him, and what he gives waits for a parent."""
    by_father = consent(await story.grant("tam", SON))
    assert (by_father["status"], by_father["validFrom"]) == ("AWAITING_AGREEMENT", None)
    mine = {"id": by_father["id"], "agreements": await story.read("phong")}
    assert (await story.send(AGREE, "tuyet", **mine)).codes == ["FORBIDDEN"], "the other parent is not the son"
    assert (await story.send(AGREE, "phong", **mine | {"agreements": []})).codes == ["BAD_REQUEST"]
    agreed = consent(await story.send(AGREE, "phong", **mine))
    assert agreed["status"] == "ACTIVE"
    assert [(word["kind"], word["by"]) for word in agreed["history"]] == [("GIVEN", "PARENT"), ("AGREED", "SELF")]

    by_son = consent(await story.grant("phong", SON))
    assert by_son["status"] == "AWAITING_AGREEMENT"
    theirs = {"id": by_son["id"], "agreements": await story.read("tuyet")}
    assert consent(await story.send(AGREE, "tuyet", **theirs))["status"] == "ACTIVE"
    assert consent(await story.send(REVOKE, "tam", id=by_son["id"]))["status"] == "REVOKED"

    story.clock.skip(43 * DAY)
    assert await story.status("phong", SON, by_father["id"]) == "ACTIVE", "the day before"
    story.clock.skip(DAY)
    assert await story.status("phong", SON, by_father["id"]) == "ASKED_AGAIN"
    assert (await story.grant("tam", SON)).codes == ["FORBIDDEN"]
    assert consent(await story.grant("phong", SON))["status"] == "ACTIVE", "he alone, from now on"


async def test_his_mother_does_not_see_what_he_hides_from_her_nor_that_he_does(story: Story) -> None:
    """The record is not in her list, the block is not in hers, and she cannot lift it. All of it he cannot hide."""
    mother = by_key("tuyet").personal_id
    seen = await story.visits("tuyet", SON)
    assert seen and seen == await story.visits("phong", SON)
    single = consent(await story.block("phong", SON, record=seen[0]))
    hidden = consent(await story.block("phong", SON, representative=mother, sensitivities=["SEXUAL_HEALTH"]))
    shown = consent(await story.block("phong", SON, organisation=HOSPITAL))
    assert await story.visits("tuyet", SON) == seen[1:]
    assert await story.visits("phong", SON) == seen
    rows = (await story.send(LISTED, "tuyet", id=SON)).data["citizen"]["consents"]
    assert [row["id"] for row in rows] == [shown["id"]]
    for identifier in (hidden["id"], single["id"], shown["id"]):
        assert (await story.send(REVOKE, "tuyet", id=identifier)).codes == ["FORBIDDEN"]
    assert (await story.block("phong", SON, representative=mother)).codes == ["BAD_REQUEST"]
    assert (await story.block("phong", SON, representative=mother, sections=["CLAIMS"])).codes == ["BAD_REQUEST"]
    consent(await story.send(REVOKE, "phong", id=single["id"]))
    assert await story.visits("tuyet", SON) == seen


async def test_a_parent_shuts_partners_out_and_the_other_parent_only_of_violence(story: Story) -> None:
    """A child of nine; and nothing that a parent forbids holds when the child lies in the emergency room."""
    father = by_key("bao").personal_id
    for allowed in ({"organisation": HOSPITAL}, {"representative": father, "sensitivities": ["VIOLENCE"]}):
        blocked = consent(await story.block("mai", GIRL, **allowed))
        assert (blocked["status"], blocked["grantedBy"]) == ("ACTIVE", "PARENT")
    rows = (await story.send(LISTED, "bao", id=GIRL)).data["citizen"]["consents"]
    assert [row["grantedBy"] for row in rows] == ["PARENT"], "he knows of the partner, not of the other one"
    assert (await story.send(REVOKE, "bao", id=blocked["id"])).codes == ["FORBIDDEN"]
    urgent = await story.block("mai", GIRL, organisation=HOSPITAL, evenInEmergency=True)
    assert urgent.codes == ["FORBIDDEN"]
    assert (await story.block("mai", GIRL, representative=father, sections=["CLAIMS"])).codes == ["BAD_REQUEST"]


async def test_a32_who_may_not_act_for_a_child_allows_nothing(story: Story) -> None:
    """A father whom a court barred; a husband; a child alone."""
    for who, citizen in (("hung", by_key("na").personal_id), ("bao", by_key("mai").personal_id), ("be-an", GIRL)):
        assert (await story.grant(who, citizen)).codes == ["FORBIDDEN"]
