"""What tells of a pregnancy, its weeks and its next visit."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors.records import (
    CodedValue,
    Condition,
    ConditionStatus,
    Observation,
    ObservationCategory,
    ObservationValue,
    PartialDate,
    Pregnancy,
    PregnancyStatus,
    Procedure,
    TextValue,
)
from resolvers.programmes import expecting
from resolvers.programmes.antenatal import ANTENATAL
from tests.resolvers.joining.facts import ICD10, LOINC, SNOMED, coded, condition, told, visit

TODAY = date(2026, 11, 23)
DUE = TODAY + timedelta(days=81)
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"


def observed(code: str, value: ObservationValue, **more: Any) -> list[Pregnancy]:
    given = {
        "category": ObservationCategory.EXAM,
        "at": datetime(2026, 11, 1, 2, tzinfo=UTC),
        "status": "final",
        **more,
    }
    one = Observation(**told("a"), code=coded("x", (LOINC, code)), value=value, **given)
    return list(expecting.from_observations([one]))


@pytest.mark.parametrize("text", ["2027-02-12", "2027-02-11T23:30:00Z"])
def test_an_expected_day_of_birth_is_read(text: str) -> None:
    (found,) = observed("11778-8", TextValue(text=text))
    assert (found.estimated_delivery, found.seen_on) == (date(2027, 2, 12), date(2026, 11, 1))


@pytest.mark.parametrize("text", ["2027-02", "tháng hai", "31/02/2027", ""])
def test_a_day_that_is_none_is_not_guessed(text: str) -> None:
    assert observed("11778-8", TextValue(text=text)) == []


@pytest.mark.parametrize(
    ("value", "count"),
    [(("77386006", "Có thai"), 1), (("60001007", "Không có thai"), 0), (("261665006", "Không rõ"), 0)],
)
def test_a_status_counts_when_it_says_pregnant(value: tuple[str, str], count: int) -> None:
    """'Not pregnant' and 'unknown' are the same observation with another value."""
    assert len(observed("82810-3", CodedValue(coded=coded(value[1], (SNOMED, value[0]))))) == count


def test_what_was_called_off_tells_nothing() -> None:
    assert observed("11778-8", TextValue(text="2027-02-12"), status="entered-in-error") == []


def problem(code: str, **more: Any) -> Condition:
    made: Condition = condition("a", (ICD10, code), onset=PartialDate("2026-11-01"), **more)
    return made


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Z34.9", PregnancyStatus.ACTIVE),
        ("O24.4", PregnancyStatus.ACTIVE),
        ("O80.0", PregnancyStatus.ENDED),
        ("O03.9", PregnancyStatus.ENDED),
        ("Z37.0", PregnancyStatus.ENDED),
        ("O90.4", None),
        ("Z39.2", None),
        ("I10", None),
    ],
)
def test_problems_by_code(code: str, status: PregnancyStatus | None) -> None:
    """The puerperium is no pregnancy."""
    assert [one.status for one in expecting.from_conditions([problem(code)])] == ([status] if status else [])


def test_a_refuted_problem_is_none_and_one_that_is_over_says_nothing_of_today() -> None:
    assert list(expecting.from_conditions([problem("Z34.9", refuted=True)])) == []
    (found,) = expecting.from_conditions([problem("Z34.9", status=ConditionStatus.RESOLVED)])
    assert found.status is PregnancyStatus.UNKNOWN


@pytest.mark.parametrize(("code", "count"), [("73.59", 1), ("74.1", 1), ("73.4", 0), ("47.0", 0)])
def test_births_by_procedure(code: str, count: int) -> None:
    """To induce labour is not to give birth."""
    done = Procedure(
        **told("a"), code=coded("x", (ICD9, code)), performed=PartialDate("2026-11-01"), status="completed"
    )
    assert len(list(expecting.from_procedures([done]))) == count


def test_a_visit_counts_by_its_own_diagnosis_or_a_problem_that_names_it() -> None:
    own = visit("a", datetime(2026, 11, 1, 2, tzinfo=UTC))
    assert list(expecting.from_visits([own], {})) == []
    (found,) = expecting.from_visits([own], {own.id: (problem("Z34.9"),)})
    assert (found.seen_on, found.facility) == (date(2026, 11, 1), own.facility)


def expected(**more: Any) -> Pregnancy:
    given = {"status": PregnancyStatus.ACTIVE, "estimated_delivery": DUE, **more}
    return Pregnancy(**told("a"), **given)


@pytest.mark.parametrize(("days", "weeks"), [(81, 28), (280, 0), (281, None), (0, 40), (-28, 44), (-36, None)])
def test_weeks_are_counted_back_from_the_expected_birth(days: int, weeks: int | None) -> None:
    assert expecting.weeks(expected(estimated_delivery=TODAY + timedelta(days=days)), TODAY) == weeks


def test_there_are_no_weeks_of_what_has_ended_or_is_not_dated() -> None:
    assert expecting.weeks(expected(status=PregnancyStatus.ENDED), TODAY) is None
    assert expecting.weeks(expected(estimated_delivery=None), TODAY) is None


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ({"estimated_delivery": TODAY - timedelta(days=28)}, PregnancyStatus.ACTIVE),
        ({"estimated_delivery": TODAY - timedelta(days=29)}, PregnancyStatus.UNKNOWN),
        ({"estimated_delivery": None, "seen_on": TODAY - timedelta(days=308)}, PregnancyStatus.ACTIVE),
        ({"estimated_delivery": None, "seen_on": TODAY - timedelta(days=309)}, PregnancyStatus.UNKNOWN),
        ({"estimated_delivery": None}, PregnancyStatus.ACTIVE),
        ({"status": PregnancyStatus.ENDED, "estimated_delivery": date(2020, 1, 1)}, PregnancyStatus.ENDED),
    ],
)
def test_a_pregnancy_of_which_nobody_speaks_any_more_may_be_over(seen: dict[str, Any], status: PregnancyStatus) -> None:
    """An entry that nobody closes does not make a woman pregnant for ever; nor is she said to have given birth."""
    assert expecting.settled(expected(**seen), TODAY).status is status


@pytest.mark.parametrize(("ago", "due"), [(24, 4), (2, 12), (150, -122)])
def test_the_next_visit_follows_the_last_by_the_week_of_that(ago: int, due: int) -> None:
    """Monthly until week 28, then every two weeks."""
    been = visit("a", datetime(2026, 11, 23, 2, tzinfo=UTC) - timedelta(days=ago))
    assert expecting.next_visit(expected(), [been], TODAY) == TODAY + timedelta(days=due)


def test_no_next_visit_is_reckoned_without_a_last_one_or_beyond_the_birth() -> None:
    """A visit to come is no last one."""
    ahead = visit("a", datetime(2026, 12, 23, tzinfo=UTC))
    assert expecting.next_visit(expected(), [ahead], TODAY) is None
    late = visit("a", datetime(2026, 11, 20, tzinfo=UTC))
    near = expected(estimated_delivery=TODAY + timedelta(days=2))
    assert expecting.next_visit(near, [late], TODAY) == TODAY + timedelta(days=2)


def test_the_rule_says_that_nobody_signed_it() -> None:
    assert ANTENATAL.source
    assert not ANTENATAL.verified
