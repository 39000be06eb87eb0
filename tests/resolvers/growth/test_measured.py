"""Observations become measurements of days; nothing is guessed and nothing is lost unsaid."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.records import Observation, TextValue
from resolvers.growth.measured import series
from tests.resolvers.joining.facts import LOINC, amount, coded, result

AT = datetime(2026, 3, 1, 2, tzinfo=UTC)


def weight(value: str = "9.5", unit: str | None = "kg", **more: Any) -> Observation:
    given = {"at": AT, "code": coded("Cân nặng", (LOINC, "29463-7")), **more}
    comparator = given.pop("comparator", None)
    return result("hospital", amount(Decimal(value), unit, comparator=comparator), **given)


def height(code: str, value: str = "75", unit: str = "cm") -> Observation:
    return result("hospital", amount(Decimal(value), unit), at=AT, code=coded("Chiều cao", (LOINC, code)))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (weight("9.5", "kg"), 9.5),
        (weight("9500", "g"), 9.5),
        (height("8302-2", "0.75", "m"), 75),
        (height("8302-2", "750", "mm"), 75),
        (weight("9.5", None), None),
        (weight("21", "[lb_av]"), None),
        (weight("9.5", "cm"), None),
        (weight("9.5", comparator="<"), None),
        (weight("0"), None),
        (weight("-9"), None),
        (weight("9500"), None),
        (weight("1E+999999"), None),
        (weight("NaN"), None),
        (weight("Infinity"), None),
    ],
)
def test_a_number_is_read_with_its_unit_or_not_at_all(record: Observation, expected: float | None) -> None:
    """It is shown in any case; what no human being measures is not scored."""
    (day,) = series([record]).days
    assert [reading.amount for reading in day.readings] == [expected]


@pytest.mark.parametrize(("code", "lying"), [("8302-2", None), ("8306-3", True), ("8308-9", False)])
def test_the_code_says_whether_the_child_lay(code: str, *, lying: bool | None) -> None:
    """Body height says nothing, length lies, standing height stands."""
    (day,) = series([height(code)]).days
    assert [reading.lying for reading in day.readings] == [lying]


def test_a_measurement_is_known_by_words_only_where_no_code_is() -> None:
    """A hospital's own code with the word for weight is a weight; a LOINC code of something else is not."""
    own = weight(code=coded("CÂN  NẶNG", ("urn:own", "CAN_NANG")))
    other = weight(code=coded("Cân nặng", (LOINC, "8339-4")))
    newborn = weight(code=coded("Cân nặng con", ("urn:own", "CAN_NANG_CON")))
    (day,) = series([own, other, newborn]).days
    assert [reading.record for reading in day.readings] == [own]


def test_two_codes_that_contradict_are_no_measurement() -> None:
    """Weight and height at once: nobody knows what it is."""
    assert not series([weight(code=coded("?", (LOINC, "29463-7"), (LOINC, "8302-2")))]).days


def test_a_day_is_a_day_in_the_city_and_the_last_readable_one_counts() -> None:
    """Seventeen hours UTC is the next day; all are quoted."""
    morning, noon = weight("9.5"), weight("9.7", at=datetime(2026, 3, 1, 5, tzinfo=UTC), number="2")
    evening = weight("21", "lb", at=datetime(2026, 3, 1, 16, tzinfo=UTC), number="3")
    night = weight("9.6", at=datetime(2026, 3, 1, 17, tzinfo=UTC), number="4")
    for records in ([morning, noon, evening, night], [night, evening, noon, morning]):
        found = series(records)
        assert [day.on for day in found.days] == [date(2026, 3, 2), date(2026, 3, 1)]
        last = found.days[1].last("weight")
        assert last is not None
        assert (last.record, len(found.days[1].readings)) == (noon, 3)


def test_what_was_entered_in_error_is_no_measurement_and_what_has_no_day_is_counted() -> None:
    """Nor is a text; a weight without a time belongs to no day."""
    found = series(
        [weight(status="entered-in-error"), weight(at=None), result("hospital", TextValue(text="9 kg"), at=AT)]
    )
    assert (found.days, found.undated) == ([], 1)
