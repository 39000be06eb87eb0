"""Ngọc lets a hospital see her record: whether it learns of the pregnancy is hers to say, whatever her visits tell."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

NGOC = by_key("ngoc").personal_id
GRANT = "mutation Grant($input: GrantConsentInput!) { grantConsent(input: $input) { consent { id } } }"
BLOCK = "mutation Block($input: BlockAccessInput!) { blockAccess(input: $input) { consent { id } } }"
REVOKE = "mutation Revoke($id: ID!) { revokeConsent(id: $id) { consent { status } } }"
SEEN = """query Seen($id: CitizenId!) { citizen(id: $id) {
  pregnancies { nodes { status estimatedDelivery } totalCount completeness { complete } }
  screenings { nodes { id } completeness { complete } }
  timeline(kinds: [PREGNANCY]) { nodes { kind } totalCount completeness { complete } }
} }"""
MADE_OF = ["CONDITIONS", "ENCOUNTERS", "OBSERVATIONS", "PROCEDURES", "REPORTS"]


@pytest.fixture(scope="module")
def here(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a store of its own."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("gateway"), clock=city_clock) as running:
        yield running


async def said(here: Running, city: City, document: str, **variables: Any) -> str:
    """The id of what she said."""
    answer = await here.ask(document, token=city.eid.token_for("ngoc"), variables=variables)
    (payload,) = answer.data.values()
    found: str = payload["consent"].get("id", "")
    return found


@asynccontextmanager
async def saying(here: Running, city: City, document: str, **given: Any) -> AsyncIterator[None]:
    """Within the block this holds for the hospital."""
    input_ = {"idempotencyKey": str(uuid4()), "organisation": "79981", **given}
    consent = await said(here, city, document, input=input_)
    try:
        yield
    finally:
        await said(here, city, REVOKE, id=consent)


async def allowed(here: Running, city: City, clock: CityClock, *sections: str) -> dict[str, Any]:
    """What she says when she lets the hospital see these sections for treatment."""
    texts = await here.ask("{ consentTexts { id purpose } }", token=city.eid.token_for("ngoc"))
    (text,) = (each["id"] for each in texts.data["consentTexts"] if each["purpose"] == "TREATMENT")
    until = (clock.now() + timedelta(days=30)).isoformat()
    return {"agreements": [{"purpose": "TREATMENT", "text": text}], "validUntil": until, "sections": list(sections)}


async def look(here: Running, city: City) -> Any:
    """As a doctor of the hospital sees her."""
    answer = await here.ask_as(await city.eid.partner("clinic-a"), SEEN, variables={"id": NGOC})
    return answer.data["citizen"]


async def test_whoever_treats_sees_it_though_no_special_category_is_named(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """A medicine given in ignorance of it can harm two."""
    async with saying(here, city, GRANT, **await allowed(here, city, city_clock, *MADE_OF, "PREGNANCIES")):
        citizen = await look(here, city)
    assert citizen["pregnancies"]["nodes"] == [{"status": "ACTIVE", "estimatedDelivery": "2027-02-12"}]
    assert len(citizen["timeline"]["nodes"]) == 1


async def test_what_she_does_not_open_is_not_told_by_her_visits(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """The list is empty and says that this is not 'none'; so it is with screenings."""
    async with saying(here, city, GRANT, **await allowed(here, city, city_clock, *MADE_OF)):
        citizen = await look(here, city)
    for name in ("pregnancies", "timeline", "screenings"):
        assert citizen[name]["nodes"] == [], name
        assert not citizen[name]["completeness"]["complete"], name
    assert citizen["pregnancies"]["totalCount"] is None


async def test_what_she_blocks_is_not_told_by_her_visits(here: Running, city: City, city_clock: CityClock) -> None:
    """A block of the section beats the consent, whatever else stays open."""
    consent = await allowed(here, city, city_clock, *MADE_OF, "PREGNANCIES")
    async with saying(here, city, GRANT, **consent), saying(here, city, BLOCK, sections=["PREGNANCIES"]):
        citizen = await look(here, city)
    assert citizen["pregnancies"]["nodes"] == citizen["timeline"]["nodes"] == []
    assert not citizen["pregnancies"]["completeness"]["complete"]
