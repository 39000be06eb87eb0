"""Hospital B sends pointers: it is asked about those it knows alone, and its news drop what was kept of them."""

from collections.abc import Iterator

import pytest

from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import everyone

ALLERGIES = """{ me { allergies { nodes { provenance { source { id } } }
  completeness { complete notAsked sources { source { id } state } } } } }"""
KEPT = 'kind = "fhir" -> cache = "60s"\nkind = "fhir"'


@pytest.fixture
def told(city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway of its own, which keeps answers of hospitals for a minute."""
    with running_gateway(city, tmp_path_factory.mktemp("told"), clock=city_clock, kept=KEPT) as running:
        yield running


def stranger_to_b() -> str:
    """The first grown-up whom hospital B does not know, and hospital A does."""
    return next(
        person.key
        for person in everyone()
        if person.known_to("hospital-a")
        and not person.known_to("hospital-b")
        and not person.faults
        and person.birth_date.year < 2005
    )


async def sources(gateway: Running, city: City, key: str) -> tuple[dict[str, str], bool, int]:
    """How it went with each source, whether the list is complete, and how many were not asked."""
    answer = await gateway.ask(ALLERGIES, token=city.eid.token_for(key))
    told = answer.data["me"]["allergies"]["completeness"]
    return {row["source"]["id"]: row["state"] for row in told["sources"]}, told["complete"], told["notAsked"]


async def test_a_hospital_that_told_whom_it_knows_is_asked_for_those_alone(told: Running, city: City) -> None:
    """Before, it is asked about everybody; afterwards nobody takes its silence for something missing."""
    stranger = stranger_to_b()
    before = await sources(told, city, stranger)
    assert before[0]["hospital-b"] == "NO_RECORD"

    assert await city.feed(told.url) > 50
    rows, complete, not_asked = await sources(told, city, stranger)
    assert "hospital-b" not in rows
    assert (complete, not_asked) == (True, 0)

    rows, _, _ = await sources(told, city, "an")
    assert rows["hospital-b"] == "ANSWERED"


async def test_its_news_drop_what_was_kept_of_the_citizen(told: Running, city: City) -> None:
    """The next question is asked anew; about somebody else it is not."""
    for key in ("an", "phuc"):
        await sources(told, city, key)
    for seen in city.seen.values():
        seen.forget()
    await sources(told, city, "an")
    assert not city.seen["hospital-a"].calls

    await city.feed(told.url)
    await sources(told, city, "an")
    assert city.seen["hospital-a"].calls
