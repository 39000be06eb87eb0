"""Every insured person of the sandbox city, read from the city's own portal."""

from collections.abc import AsyncIterator

import pytest

from connectors.clock import SystemClock
from connectors.contract import Subject
from connectors.errors import WrongPerson
from connectors.records import Claim, CoPayment, Coverage, CoverageStatus, Medication, Observation, PartialDate
from connectors.vss.client import VssSource
from tests.connectors.serving import serving
from tests.connectors.vss.portal import PASSWORD, STAFF_ID, STAFF_NAME, ask, options
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.people import Person, everyone
from tests.sandbox.render.insurance import card, history
from tests.sandbox.render.insurance_money import co_payments, files
from tests.sandbox.servers.insurance import insurance_app
from tests.sandbox.servers.insurance_account import Account

EVERYTHING = tuple(about.__name__ for about in VssSource.can_hold)
STATUS = {"010": CoverageStatus.EXPIRED, "110": CoverageStatus.REVOKED}


@pytest.fixture
async def portal() -> AsyncIterator[VssSource]:
    """A source in front of the city's portal, on the city's day."""
    people = everyone()
    app = insurance_app(
        {person.personal_id: card(person) for person in people},
        {person.personal_id: history(person) for person in people},
        files={file: answer for person in people for file, answer in files(person).items()},
        co_payments={person.personal_id: co_payments(person) for person in people},
        account=Account(username="79981_BV", password=PASSWORD, staff={STAFF_ID: STAFF_NAME}),
        clock=SystemClock(),
    )
    async with serving(app) as server:
        source = VssSource(
            "insurance", options(url=server.url, deadline=30, holds=EVERYTHING, details=100), clock=HeldClock()
        )
        yield source
        await source.close()


def subject(person: Person) -> Subject:
    """The person as their e-ID proves them."""
    born = PartialDate(person.birth_date.isoformat())
    return Subject(ref=person.key, personal_id=person.personal_id, name=person.name, birth_date=born)


async def test_everybody_gets_their_cards_and_all_their_visits(portal: VssSource) -> None:
    """Nothing is dropped, nothing is missing, the portal's code is the card's status."""
    wrong = []
    for person in everyone():
        try:
            cards = await ask(portal, Coverage, subject(person))
            visits = await ask(portal, Claim, subject(person))
        except WrongPerson:
            wrong.append(person.key)
            continue
        expected = 0 if person.card is None else 1 + (person.card.new_number is not None)
        assert (person.key, len(cards.records), cards.dropped) == (person.key, expected, 0)
        claimed = len(person.insurance_visits) if person.card else 0
        assert (person.key, len(visits.records), visits.dropped) == (person.key, claimed, 0)
        if person.card and person.card.code in STATUS:
            assert cards.records[0].status is STATUS[person.card.code]  # type: ignore[attr-defined]  # they are cards
    assert wrong == [person.key for person in everyone() if _is_somebody_else_to_the_portal(person)]


async def test_everybody_gets_what_was_done_and_paid(portal: VssSource) -> None:
    """Every visit has its lines, which add up to its cost, and counts towards the limit; every drug is there."""
    for person in everyone():
        if _is_somebody_else_to_the_portal(person):
            continue
        claims = await ask(portal, Claim, subject(person), in_detail=True)
        paid = await ask(portal, CoPayment, subject(person))
        drugs = await ask(portal, Medication, subject(person))
        results = await ask(portal, Observation, subject(person))
        visits = person.insurance_visits if person.card else ()
        for answer in (claims, paid, drugs, results):
            assert (person.key, answer.dropped, answer.truncated) == (person.key, 0, False)
        assert (len(claims.records), len(paid.records)) == (len(visits), len(visits))
        assert len(drugs.records) == sum(len(visit.prescriptions) for visit in visits)
        for claim in claims.records:
            assert isinstance(claim, Claim)
            assert claim.lines
            assert claim.total == sum(line.amount or 0 for line in claim.lines)
            assert claim.total == (claim.insurer_pays or 0) + (claim.citizen_pays or 0)


def _is_somebody_else_to_the_portal(person: Person) -> bool:
    """Whether the portal holds a birth date that contradicts the proven one."""
    written = person.as_written_by("insurance").birth_date or ""
    return person.card is not None and not person.birth_date.isoformat().startswith(written)
