"""Who allowed what, who was refused, who looked in an emergency: each is an entry of the access log."""

from collections.abc import Iterator

import pytest

from resolvers.access.caller import CallerKind
from resolvers.access.entry import AccessAction, AccessEntry, AccessOutcome
from tests.gateway.audit.reading import entries_of
from tests.journeys.a_citizen_allows_a_hospital_and_takes_it_back import GRANT, REVOKE
from tests.journeys.an_unconscious_man_in_the_emergency_room import OPEN, WORDS, stated
from tests.journeys.what_a_hospital_would_see_is_what_it_gets import (
    PATIENT,
    WHOLE,
    Story,
)
from tests.running import Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City


@pytest.fixture
def here(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a store of its own."""
    folder = tmp_path_factory.mktemp("gateway")
    with running_gateway(whole_city, folder, clock=city_clock, patient=PATIENT, whole=WHOLE) as running:
        yield running


async def of(here: Running, answer: Answer) -> list[AccessEntry]:
    """The entries of the request that was answered so."""
    return await entries_of(here, request=answer.headers["x-request-id"])


async def test_every_change_of_a_consent_is_an_entry(here: Running, city: City, city_clock: CityClock) -> None:
    """Given, looked at, withdrawn, forbidden: by whom, about whom, and never what the record says."""
    story = Story(city, here, city_clock, "phuc")
    consent = await story.grant()
    await story.block(sections=["CLAIMS"])
    await story.send("{ me { consents { id } } }")
    await story.send(REVOKE, id=consent)
    entries = [entry for entry in await entries_of(here) if AccessAction.CONSENT in entry.actions]

    assert len(entries) == 4
    assert {entry.outcome for entry in entries} == {AccessOutcome.GIVEN}
    assert {entry.about for entry in entries} == {entry.by for entry in entries}
    assert len({entry.about for entry in entries}) == 1


async def test_what_is_refused_to_be_allowed_is_an_entry_too(here: Running, city: City) -> None:
    """An old sign-in: what was wanted, and why it came to nothing."""
    given = {"organisation": "79981", "agreements": [], "validUntil": "2030-01-01T00:00:00Z", "idempotencyKey": "x"}
    token = city.eid.token_for("phuc", auth_time=1)
    entries = await of(here, await here.ask(GRANT, token=token, variables={"input": given}))
    assert [(entry.refused, entry.actions) for entry in entries if entry.outcome is AccessOutcome.REFUSED] == [
        ("STEP_UP_REQUIRED", (AccessAction.CONSENT,))
    ]


async def test_a85_an_emergency_is_an_entry_with_its_reason_and_so_is_every_look(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """Who by name, for which organisation, with which purpose; a refusal is an entry as well."""
    story = Story(city, here, city_clock, "phuc")
    (refused,) = await of(here, await story.looked(purpose="ETREAT"))
    assert (refused.outcome, refused.refused) == (AccessOutcome.REFUSED, "FORBIDDEN")

    holder = await city.eid.partner("clinic-a", purpose="ETREAT")
    bad = await here.ask_as(holder, OPEN, variables={"input": stated(reason="no")})
    (tried,) = await of(here, bad)
    assert (tried.outcome, tried.refused, tried.reason) == (AccessOutcome.REFUSED, "BAD_REQUEST", None)

    declared = await here.ask_as(holder, OPEN, variables={"input": stated()})
    (told,) = await of(here, declared)
    assert AccessAction.EMERGENCY in told.actions and told.reason == WORDS
    assert (told.caller, told.organisation, told.professional_name) == (
        CallerKind.CLINICIAN, "79981", "BS. Lê Thị Mẫu Hoa",
    )  # fmt: skip
    look, withheld = await of(here, await story.looked(purpose="ETREAT"))
    assert (withheld.outcome, [section.name for section in withheld.sections]) == (
        AccessOutcome.REFUSED, ["COVERAGE"],
    )  # fmt: skip
    assert look.purpose is not None and look.basis is not None
    assert (look.purpose.name, look.basis.name, look.outcome) == ("EMERGENCY", "BREAK_GLASS", AccessOutcome.GIVEN)
    assert {entry.about for entry in (refused, tried, told, look)} == {told.about}
    assert story.number not in str([refused, tried, told, look])


async def test_a_preview_is_the_citizens_own_look(here: Running, city: City, city_clock: CityClock) -> None:
    """Nobody else looked: no entry says that the hospital did."""
    story = Story(city, here, city_clock, "phuc")
    await story.grant()
    await story.preview()
    entries = await entries_of(here)

    assert {entry.caller for entry in entries} == {CallerKind.CITIZEN}
    assert {entry.organisation for entry in entries} == {None}
