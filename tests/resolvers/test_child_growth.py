"""No score without what a score needs, and the reason stands beside it."""

from datetime import date
from decimal import Decimal

import pytest

from connectors.records import Demographics, PartialDate, Sex
from resolvers.child_growth import NoScore, measured_day
from resolvers.growth.measured import Day, series
from resolvers.language import LANGUAGES
from tests.resolvers.growth.test_measured import weight
from tests.resolvers.joining.facts import told


def child(born: str = "2025-03-01", sex: Sex = Sex.FEMALE) -> Demographics:
    return Demographics(**told("population"), full_name="Mẫu Bé", birth_date=PartialDate(born), sex=sex)


def day(value: str = "8.9", unit: str | None = "kg") -> Day:
    """Measured on 1 March 2026."""
    (found,) = series([weight(value, unit)]).days
    return found


@pytest.mark.parametrize(
    ("person", "measured", "reason"),
    [
        (child(), day(), None),
        (None, day(), NoScore.BIRTH_DATE),
        (child("2025-03"), day(), NoScore.BIRTH_DATE),
        (child("2025"), day(), NoScore.BIRTH_DATE),
        (child(sex=Sex.UNKNOWN), day(), NoScore.SEX),
        (child(sex=Sex.OTHER), day(), NoScore.SEX),
        (child("2026-03-01"), day(), None),
        (child("2026-03-02"), day(), NoScore.AGE),
        (child("2007-02-27"), day(), NoScore.AGE),
        (child(), day(unit=None), NoScore.UNREADABLE),
    ],
)
@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_a_missing_score_has_its_reason(
    person: Demographics | None, measured: Day, reason: NoScore | None, tag: str
) -> None:
    """The measurement itself is always shown, with the record that it stands in."""
    found = measured_day(LANGUAGES[tag], measured, person)
    assert found.reason == reason
    assert (found.why is None) == (reason is None)
    assert (found.weight_for_age_z is None) == (found.assessment is None) == (reason is not None)
    assert found.weight == measured.readings[0].value
    assert found.observations == (measured.readings[0].record,)


def test_a_year_old_girl_of_the_median_is_ordinary() -> None:
    """8.9481 kg at 365 days."""
    found = measured_day(LANGUAGES["en"], day("8.9481"), child())
    assert (found.on, found.age_days, found.weight_for_age_z) == (date(2026, 3, 1), 365, Decimal(0))
    assert found.assessment == "The scores that there are lie in the ordinary range."


@pytest.mark.parametrize(("value", "words"), [("6", "Very low weight for this age."), ("14", "outside")])
def test_the_assessment_says_what_was_found(value: str, words: str) -> None:
    """A weight that is high for the age has no class of its own, and is not called ordinary."""
    assert words in (measured_day(LANGUAGES["en"], day(value), child()).assessment or "")
