"""The rules of the forecast, each as a row of a table."""

from datetime import date, timedelta

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from resolvers.forecast import schedule
from resolvers.forecast.dose import Verdict
from resolvers.forecast.engine import Known, Reason, SeriesStatus, forecast
from tests.resolvers.forecast.doses import (
    BCG,
    BORN,
    FIVE,
    HEPATITIS_B,
    JAPANESE,
    MEASLES,
    MR,
    ROTA,
    TODAY,
    doses_of,
    given,
    record,
    state,
)

THREE = ((FIVE, "2025-03-31"), (FIVE, "2025-04-30"), (FIVE, "2025-05-31"))


@pytest.mark.parametrize(
    ("today", "status", "overdue"),
    [
        (date(2025, 3, 30), SeriesStatus.NOT_YET_DUE, None),
        (date(2025, 3, 31), SeriesStatus.DUE, None),
        (date(2025, 4, 30), SeriesStatus.DUE, None),
        (date(2025, 5, 1), SeriesStatus.OVERDUE, date(2025, 5, 1)),
    ],
)
def test_a_dose_is_due_on_its_day_and_overdue_after_the_tolerance(
    today: date, status: SeriesStatus, overdue: date | None
) -> None:
    """Two months after 31 January is 31 March; a month of tolerance ends on 30 April."""
    found = state("hib", [], today)
    assert found.next is not None
    assert (found.status, found.next.overdue_since) == (status, overdue)
    assert found.next.recommended == date(2025, 3, 31)
    assert found.next.earliest == BORN + timedelta(weeks=6)


@pytest.mark.parametrize("antigen", ["diphtheria", "pertussis", "tetanus", "hib", "hepatitis-b"])
def test_a_combined_product_counts_for_each_of_its_antigens(antigen: str) -> None:
    """Five in one is five series."""
    assert state(antigen, given(*THREE)).given == 3


@pytest.mark.parametrize(
    ("antigen", "doses", "verdicts"),
    [
        ("hib", ((FIVE, "2025-03-13"),), [Verdict.TOO_YOUNG]),
        ("hib", ((FIVE, "2025-03-14"),), [Verdict.COUNTED]),
        ("hib", ((FIVE, "2025-04-30"), (FIVE, "2025-05-27")), [Verdict.COUNTED, Verdict.TOO_EARLY]),
        ("hib", ((FIVE, "2025-04-30"), (FIVE, "2025-05-28")), [Verdict.COUNTED, Verdict.COUNTED]),
        ("hib", ((FIVE, "2025-04-30"), (FIVE, "2025-04-30")), [Verdict.COUNTED, Verdict.EXTRA]),
        ("rotavirus", ((ROTA, "2025-09-12"),), [Verdict.TOO_OLD]),
        ("tuberculosis", ((BCG, "2025-02-01"), (BCG, "2025-06-01")), [Verdict.COUNTED, Verdict.EXTRA]),
        ("measles", ((BCG, "2025-10-30"), (MEASLES, "2025-11-15")), [Verdict.TOO_CLOSE_TO_LIVE]),
        ("measles", ((BCG, "2025-11-15"), (MEASLES, "2025-11-15")), [Verdict.COUNTED]),
        ("measles", ((BCG, "2025-10-18"), (MEASLES, "2025-11-15")), [Verdict.COUNTED]),
    ],
)
def test_what_a_dose_counts_for(antigen: str, doses: tuple[tuple[str, str], ...], verdicts: list[Verdict]) -> None:
    """Too young, too old, too early and too close are told apart; a dose that does not count is still there."""
    found = state(antigen, given(*doses))
    assert [verdict for _, verdict in found.doses] == verdicts
    assert found.given == verdicts.count(Verdict.COUNTED)


def test_a_series_is_never_restarted() -> None:
    """A year late, the next dose is the second, and moves with the smallest interval only."""
    found = state("hib", given((FIVE, "2026-11-10")))
    assert (found.given, found.status) == (1, SeriesStatus.NOT_YET_DUE)
    assert found.next is not None
    assert (found.next.number, found.next.earliest) == (2, date(2026, 12, 8))


def test_a_birth_dose_that_was_missed_is_left_out() -> None:
    """With three doses of the combination the series is complete without it; with it, all four are required."""
    without, with_it = state("hepatitis-b", given(*THREE)), state("hepatitis-b", given((HEPATITIS_B, "2025-01-31")))
    assert (without.status, without.required) == (SeriesStatus.COMPLETE, 3)
    assert (with_it.given, with_it.required) == (1, 4)
    assert state("hepatitis-b", [], BORN).required == 4


def test_what_is_past_its_age_is_not_overdue() -> None:
    """No BCG after a year, no rotavirus after 32 weeks, nothing of a child's schedule for an adult."""
    assert state("tuberculosis", []).status is SeriesStatus.AGED_OUT
    assert state("rotavirus", []).status is SeriesStatus.AGED_OUT
    assert state("measles", [], born=date(1990, 1, 1)).status is SeriesStatus.AGED_OUT


@pytest.mark.parametrize(
    ("doses", "more", "reason"),
    [
        ([], {"complete": False}, Reason.INCOMPLETE),
        ([], {"born": None}, Reason.BIRTH_DATE),
        ([], {"deceased": True}, Reason.DECEASED),
        ([record("2025-11", MEASLES)], {}, Reason.DOSE_DATE),
        ([record("2025-01-30", MEASLES)], {}, Reason.DOSE_DATE),
        ([record("2027-01-30", MEASLES)], {}, Reason.DOSE_DATE),
        ([record("2025-11-01", text="Vắc xin lạ")], {}, Reason.UNKNOWN_VACCINE),
    ],
)
def test_f12_what_nobody_can_tell_is_not_called_overdue(doses: list, more: dict, reason: Reason) -> None:  # type: ignore[type-arg]
    """A silent register, a date known in part, a vaccine nobody knows: no next dose is made up."""
    found = state("measles", doses_of(doses), **more)
    assert (found.status, found.reason, found.next) == (SeriesStatus.CANNOT_SAY, reason, None)


def test_what_is_complete_stays_so_when_a_register_is_silent() -> None:
    """More doses cannot undo it."""
    doses = given((MEASLES, "2025-11-01"), (MR, "2026-07-31"))
    assert state("measles", doses, complete=False).status is SeriesStatus.COMPLETE


def test_a_disease_without_published_ages_is_not_passed_over() -> None:
    """HPV is in the law and has no ages yet."""
    assert state("human-papillomavirus", []).reason is Reason.NO_AGES


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "planned", ""])
def test_only_what_was_given_counts(status: str) -> None:
    """A refused, mistaken or planned dose is no dose."""
    assert doses_of([record("2025-11-01", MEASLES, status=status)]) == []


DAYS = st.integers(0, (TODAY - BORN).days).map(lambda days: (BORN + timedelta(days=days)).isoformat())
DOSES = st.lists(st.tuples(st.sampled_from([FIVE, HEPATITIS_B, JAPANESE, ROTA]), DAYS), max_size=8)
KNOWN = Known(born=BORN, today=TODAY, complete=True)


@any_of(DOSES, st.randoms(use_true_random=False))
def test_the_order_of_doses_does_not_matter(doses: list[tuple[str, str]], random: object) -> None:
    """Sources answer in any order."""
    one = given(*doses)
    other = list(one)
    random.shuffle(other)  # type: ignore[attr-defined]
    by = schedule.on(TODAY)
    assert forecast(by, one, KNOWN) == forecast(by, other, KNOWN)


@any_of(DOSES, st.tuples(st.sampled_from([FIVE, HEPATITIS_B, JAPANESE, ROTA]), DAYS))
def test_one_more_dose_makes_no_series_less_complete(doses: list[tuple[str, str]], more: tuple[str, str]) -> None:
    """What is left of each series never grows; live injected vaccines are apart, for they can spoil each other."""
    by = schedule.on(TODAY)
    before, after = forecast(by, given(*doses), KNOWN), forecast(by, given(*doses, more), KNOWN)
    for old, new in zip(before, after, strict=True):
        if old.required is not None and new.required is not None:
            assert new.required - new.given <= old.required - old.given


@any_of(DOSES)
def test_doses_that_stand_in_two_registers_count_once(doses: list[tuple[str, str]]) -> None:
    """Told twice and joined by nobody, the series stand as if told once."""
    by = schedule.on(TODAY)
    once, twice = forecast(by, given(*doses), KNOWN), forecast(by, given(*doses, *doses), KNOWN)
    assert [(one.given, one.status, one.next) for one in once] == [(two.given, two.status, two.next) for two in twice]
