"""What ends or comes on a day that a source gives."""

from datetime import date, timedelta
from typing import Any

import pytest

from connectors.records import CoverageStatus, MedicationStatus
from resolvers.reminding import ends
from resolvers.reminding.rules import RULES
from tests.resolvers.reminding.facts import TODAY, card, medicine, referral, visit

SOON, LATER, BEFORE = (TODAY + timedelta(days=days) for days in (30, 31, -100))
EXPIRED, UNKNOWN = CoverageStatus.EXPIRED, CoverageStatus.UNKNOWN
FROM, TO = "2026-10-25", "2026-11-25"


@pytest.mark.parametrize(
    ("cards", "complete", "state"),
    [
        ([card(SOON)], True, "UPCOMING"),
        ([card(LATER)], True, None),
        ([card(None)], True, None),
        ([card(SOON), card(None)], True, None),
        ([card(SOON), card(LATER, CoverageStatus.UPCOMING)], True, None),
        ([card(SOON)], False, "CANNOT_SAY"),
        ([card(BEFORE, EXPIRED)], True, "OVERDUE"),
        ([card(BEFORE, EXPIRED)], False, "CANNOT_SAY"),
        ([card(BEFORE, EXPIRED), card(LATER)], True, None),
        ([card(BEFORE, EXPIRED), card(LATER, UNKNOWN)], True, "CANNOT_SAY"),
        ([card(BEFORE)], True, "CANNOT_SAY"),
        ([card(SOON, EXPIRED)], True, "CANNOT_SAY"),
        ([card(BEFORE, CoverageStatus.REVOKED)], True, None),
        ([], True, None),
    ],
)
def test_f3_only_a_complete_answer_says_that_a_card_has_ended(cards: Any, complete: bool, state: str | None) -> None:
    """A card that nobody told of may follow."""
    found = [one.state.name for one in ends.cards(TODAY, cards, RULES, complete=complete)]

    assert found == ([state] if state else [])


@pytest.mark.parametrize(
    ("medicines", "complete", "state"),
    [
        ([medicine(FROM, TO)], True, "UPCOMING"),
        ([medicine(FROM, "2026-11-22")], True, "DUE"),
        ([medicine(FROM, TO)], False, "CANNOT_SAY"),
        ([medicine("2026-10-29", TO)], True, "UPCOMING"),
        ([medicine("2026-10-30", TO)], True, None),
        ([medicine(FROM, "2026-12-01")], True, None),
        ([medicine("2026-09-01", "2026-11-08")], True, None),
        ([medicine(None, TO)], True, None),
        ([medicine("2026-10", TO)], True, None),
        ([medicine(FROM, "2026-11")], True, None),
        ([medicine(FROM, TO, status=MedicationStatus.STOPPED)], True, None),
        ([medicine(FROM, TO), medicine("2026-11-20", "2026-12-20", "n")], True, None),
        ([medicine(FROM, TO), medicine("2026-11-20", "2026-11-21", "n")], True, None),
        ([medicine(FROM, TO), medicine(FROM, TO, "n")], True, "UPCOMING"),
        ([medicine(FROM, TO), medicine(None, None, "n")], True, None),
        ([medicine(FROM, TO), medicine(FROM, None, "n", status=MedicationStatus.STOPPED)], True, None),
        ([medicine(FROM, TO), medicine("2026-11-20", None, "n", "Amlodipin")], True, "UPCOMING"),
    ],
)
def test_a_long_course_that_nothing_follows_runs_out(medicines: Any, complete: bool, state: str | None) -> None:
    """It is never called late: a course may just be over."""
    found = [one.state.name for one in ends.refills(TODAY, medicines, RULES, complete=complete)]

    assert found == ([state] if state else [])


@pytest.mark.parametrize(
    ("booked", "shown"),
    [
        (visit(23), True),
        (visit(22), False),
        (visit(7, 12), True),
        (visit(8, 12), False),
        (visit(24, status="cancelled"), False),
    ],
)
def test_booked_visits_of_the_next_days_are_shown(booked: Any, shown: bool) -> None:
    """By the calendar of the city."""
    assert bool(list(ends.appointments(TODAY, [booked], RULES))) is shown


@pytest.mark.parametrize(
    ("until", "status", "shown"),
    [
        (TODAY, "active", True),
        (SOON, "active", True),
        (LATER, "active", False),
        (date(2026, 11, 22), "active", False),
        (None, "active", False),
        (SOON, "completed", False),
    ],
)
def test_a_referral_that_ends_soon_is_shown(until: date | None, status: str, shown: bool) -> None:
    """One that ended may have been used."""
    assert bool(list(ends.referrals(TODAY, [referral(until, status)], RULES))) is shown
