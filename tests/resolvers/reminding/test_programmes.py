"""Reminders of screenings and of visits in pregnancy: by rule, and never late while somebody is silent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors.records import PartialDate, Pregnancy, PregnancyStatus, Screening, Sex
from resolvers.programmes.screened import due_again
from resolvers.programmes.screening import PROGRAMMES
from resolvers.reminding.programmes import antenatal, screenings
from resolvers.reminding.reminder import ReminderReason, ReminderState
from resolvers.reminding.rules import RULES
from tests.resolvers.joining.facts import LOINC, SNOMED, coded, told, visit
from tests.resolvers.reminding.facts import TODAY

BORN = PartialDate("1965-12-03")
NEGATIVE = coded("Âm tính", (SNOMED, "260385009"))
CERVICAL = next(one for one in PROGRAMMES.programmes if one.id == "CERVICAL_CANCER")


def done(ago: int, result: Any = NEGATIVE) -> Screening:
    on = PartialDate((TODAY - timedelta(days=ago)).isoformat())
    test = coded("HPV", (LOINC, "82675-0"))
    return Screening(**told("a"), programme=CERVICAL.text, test=test, on=on, result=result)


def reminded(
    *known: Screening, born: PartialDate | None = BORN, sex: Sex | None = Sex.FEMALE, complete: bool = True
) -> dict[str, tuple[str, date | None]]:
    due = due_again(known, born)
    found = screenings(TODAY, born, sex, known, due, RULES, complete=complete)
    return {one.rule: (one.state.name, one.due) for one in found}


@pytest.mark.parametrize(
    ("born", "sex", "rules"),
    [
        ("1965-12-03", Sex.FEMALE, {"CERVICAL_CANCER", "BREAST_CANCER", "COLORECTAL_CANCER"}),
        ("1965-12-03", Sex.MALE, {"COLORECTAL_CANCER"}),
        ("1965-12-03", None, {"COLORECTAL_CANCER"}),
        ("2005-11-23", Sex.FEMALE, {"CERVICAL_CANCER"}),
        ("2005-11-24", Sex.FEMALE, set()),
        ("2005", Sex.FEMALE, set()),
        ("1960-11-24", Sex.FEMALE, {"CERVICAL_CANCER", "BREAST_CANCER", "COLORECTAL_CANCER"}),
        ("1960-11-23", Sex.FEMALE, {"BREAST_CANCER", "COLORECTAL_CANCER"}),
        ("1940", Sex.FEMALE, set()),
    ],
)
def test_a_programme_is_for_a_sex_and_an_age(born: str, sex: Sex | None, rules: set[str]) -> None:
    """Whoever is not for certain of the age is not called."""
    assert set(reminded(born=PartialDate(born), sex=sex)) == rules


def test_without_a_birth_date_nobody_is_called() -> None:
    assert reminded(born=None) == {}


@pytest.mark.parametrize(("ago", "state"), [(1000, None), (1070, "UPCOMING"), (1095, "DUE"), (3000, "DUE")])
def test_the_next_one_is_told_a_month_ahead_and_never_called_late(ago: int, state: str | None) -> None:
    """How long one may wait is for whoever treats."""
    told_of = reminded(done(ago)).get("CERVICAL_CANCER")
    assert (told_of and told_of[0]) == state


def test_after_a_result_that_is_not_normal_nobody_is_reminded() -> None:
    assert "CERVICAL_CANCER" not in reminded(done(3000, coded("Dương tính", (SNOMED, "10828004"))))


def test_while_a_source_is_silent_nothing_is_called_never_done() -> None:
    found = list(screenings(TODAY, BORN, Sex.FEMALE, (), {}, RULES, complete=False))
    assert found
    assert {(one.state, one.reason) for one in found} == {(ReminderState.CANNOT_SAY, ReminderReason.SOURCE_SILENT)}


def expected(**more: Any) -> Pregnancy:
    given = {"status": PregnancyStatus.ACTIVE, "estimated_delivery": TODAY + timedelta(days=81), **more}
    return Pregnancy(**told("a"), **given)


@pytest.mark.parametrize(
    ("ago", "state", "due"),
    [
        (24, ReminderState.UPCOMING, 4),
        (28, ReminderState.DUE, 0),
        (42, ReminderState.DUE, -14),
        (43, ReminderState.OVERDUE, -15),
        (None, ReminderState.DUE, None),
    ],
)
def test_the_next_antenatal_visit(ago: int | None, state: ReminderState, due: int | None) -> None:
    """By the last visit on record; without any she is to be seen."""
    been = [] if ago is None else [visit("a", datetime(2026, 11, 23, 2, tzinfo=UTC) - timedelta(days=ago))]
    (one,) = antenatal(TODAY, [(expected(), been)], RULES, complete=True)
    assert (one.state, one.due) == (state, None if due is None else TODAY + timedelta(days=due))
    (unsure,) = antenatal(TODAY, [(expected(), been)], RULES, complete=False)
    assert unsure.state is ReminderState.CANNOT_SAY


@pytest.mark.parametrize("status", [PregnancyStatus.ENDED, PregnancyStatus.UNKNOWN])
def test_nobody_is_reminded_of_a_pregnancy_that_may_be_over(status: PregnancyStatus) -> None:
    """Whoever lost a child must not be called to the next visit."""
    assert list(antenatal(TODAY, [(expected(status=status), ())], RULES, complete=True)) == []
