"""A hospital that An allowed to read her allergies, and nothing else, reads her summary in FHIR."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.eid.holder import Holder

ALLERGIES, MEDICATIONS = "48765-2", "10160-0"


@pytest.fixture(scope="module")
def here(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a store of its own."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("gateway"), clock=city_clock) as running:
        yield running


async def summary(here: Running, id_: str, holder: Holder) -> httpx.Response:
    """The summary, as whoever proves that the token is theirs reads it."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        return await holder.ask(
            client,
            "GET",
            f"{here.url}/fhir/Patient/{id_}/$summary",
            headers={"accept": "application/fhir+json", "accept-language": "en"},
        )


async def allow(here: Running, city: City, clock: CityClock, *sections: str) -> str:
    """An allows hospital A these sections for treatment; her id."""
    token = city.eid.token_for("an")
    told = await here.ask("{ me { id } consentTexts { id purpose } }", token=token)
    text = next(one["id"] for one in told.data["consentTexts"] if one["purpose"] == "TREATMENT")
    given: dict[str, Any] = {
        "organisation": "79981",
        "agreements": [{"purpose": "TREATMENT", "text": text}],
        "validUntil": (clock.now() + timedelta(days=30)).isoformat(),
        "sections": list(sections),
        "idempotencyKey": str(uuid4()),
    }
    grant = "mutation G($input: GrantConsentInput!) { grantConsent(input: $input) { consent { status } } }"
    answer = await here.ask(grant, token=token, variables={"input": given})
    assert answer.data["grantConsent"]["consent"]["status"] == "ACTIVE"
    own: str = told.data["me"]["id"]
    return own


def by_section(bundle: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The sections of the Composition by their codes."""
    told = bundle["entry"][0]["resource"]["section"]
    return {one["code"]["coding"][0]["code"]: one for one in told if "coding" in one["code"]}


async def test_it_gets_what_she_allowed_and_is_told_that_the_rest_is_kept_from_it(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """Her allergies, and how grave they were; every other section is withheld, never said to be empty."""
    own = await allow(here, city, city_clock, "ALLERGIES")
    answer = await summary(here, own, await city.eid.partner("clinic-a", purpose="TREAT"))
    bundle = answer.json()
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    sections = by_section(bundle)
    allergies = [
        entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "AllergyIntolerance"
    ]

    assert answer.status_code == 200
    assert len(allergies) == len(sections[ALLERGIES]["entry"]) > 0
    assert "severe" in {reaction.get("severity") for one in allergies for reaction in one.get("reaction", [])}
    assert not kinds & {"Condition", "MedicationRequest", "MedicationStatement", "Immunization", "Observation"}
    for code, section in sections.items():
        if code != ALLERGIES:
            assert section["emptyReason"]["coding"][0]["code"] == "withheld", code


async def test_a33_what_she_allowed_one_opens_nothing_to_another(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """To hospital B she looks as if there were no such citizen."""
    own = await allow(here, city, city_clock, "ALLERGIES")
    nobody = await summary(here, "A" * len(own), await city.eid.partner("clinic-a", purpose="TREAT"))
    other = await summary(here, own, await city.eid.partner("clinic-b", purpose="TREAT"))

    assert nobody.status_code == other.status_code == 404
    assert nobody.json()["issue"] == other.json()["issue"]
