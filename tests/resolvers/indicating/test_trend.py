"""When an indicator rises or falls, and when nobody can say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.records import QuantityValue
from resolvers.indicating.catalogue import CATALOGUE, IndicatorKind
from resolvers.indicating.reading import Reading, readings
from resolvers.indicating.trend import Series, Trend, TrendReason, series
from tests.resolvers.joining.facts import LOINC, coded, result

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TODAY = date(2026, 11, 23)
K, R = IndicatorKind, TrendReason


def told(
    kind: IndicatorKind, code: str, unit: str, *values: tuple[int | None, str], complete: bool = True, **more: Any
) -> Series:
    """What the values say, each with the number of days that it is old; none: undated."""
    seen = [
        result(
            "a",
            QuantityValue(value=Decimal(value), unit=unit, **more),
            number=str(number),
            code=coded("x", (LOINC, code)),
            at=None if days is None else NOW - timedelta(days=days),
        )
        for number, (days, value) in enumerate(values)
    ]
    return series(readings(seen).get(kind, []), CATALOGUE.indicators[kind.name], today=TODAY, complete=complete)


def hba1c(*values: tuple[int | None, str], **more: Any) -> Series:
    return told(K.HBA1C, "4548-4", "%", *values, **more)


@pytest.mark.parametrize(
    ("now", "before", "trend"),
    [
        ("7.6", "7.0", Trend.RISING),
        ("7.5", "7.0", Trend.STEADY),
        ("6.5", "7.0", Trend.STEADY),
        ("6.4", "7.0", Trend.FALLING),
    ],
)
def test_a_difference_must_exceed_the_smallest_change(now: str, before: str, trend: Trend) -> None:
    """Whatever order the sources answer in."""
    assert hba1c((1, now), (90, before)).trend is trend
    assert hba1c((90, before), (1, now)).trend is trend


@pytest.mark.parametrize(("now", "trend"), [("47", Trend.FALLING), ("48", Trend.STEADY), ("73", Trend.RISING)])
def test_a_percentage_is_of_the_earlier_value(now: str, trend: Trend) -> None:
    """A fifth of a filtration rate of 60 is 12."""
    told_ = told(K.FILTRATION_RATE, "62238-1", "mL/min/{1.73_m2}", (1, now), (90, "60"))
    assert told_.trend is trend


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (hba1c((1, "9"), (90, "7"), complete=False), R.INCOMPLETE),
        (hba1c(complete=False), R.INCOMPLETE),
        (hba1c(), R.NONE_ON_RECORD),
        (hba1c((1, "9")), R.ONE_ONLY),
        (hba1c((1, "9"), (90, "7"), (None, "7")), R.UNDATED),
        (hba1c((-30, "9"), (90, "7"), (91, "7")), R.UNDATED),
        (hba1c((1, "9"), (1, "8"), (90, "7")), R.AT_ONCE),
        (hba1c((1, "9"), (90, "8"), (90, "7")), R.AT_ONCE),
        (hba1c((1, "9"), (1, "8")), R.AT_ONCE),
        (hba1c((1, "9"), (90, "7"), comparator=">"), R.NOT_COMPARABLE),
        (hba1c((1, "9"), (90, "700")), R.NOT_COMPARABLE),
        (told(K.PULSE, "8867-4", "/min", (1, "120"), (90, "60")), R.NO_RULE),
    ],
)
def test_f3_nobody_can_say_of_what_is_incomplete_or_not_comparable(said: Series, reason: TrendReason) -> None:
    """A trend that rests on half of the readings could be the wrong way round."""
    assert (said.trend, said.reason) == (Trend.CANNOT_SAY, reason)


def test_readings_by_two_formulas_are_not_compared() -> None:
    """The filtration rate of 2009's formula and that of 2021's differ without any change of the kidneys."""
    values = [
        result(
            "a",
            QuantityValue(value=Decimal(value), unit="mL/min/1.73m2"),
            number=code,
            code=coded("x", (LOINC, code)),
            at=NOW - timedelta(days=days),
        )
        for days, value, code in ((1, "40", "98979-8"), (90, "60", "62238-1"))
    ]
    by = CATALOGUE.indicators["FILTRATION_RATE"]
    said = series(readings(values)[K.FILTRATION_RATE], by, today=TODAY, complete=True)
    assert said.reason is R.NOT_COMPARABLE


def test_the_latest_is_never_of_a_day_to_come() -> None:
    """A year that was mistyped does not stand on top for decades; it is not lost either."""
    said = hba1c((-3000, "9"), (1, "7.1"), (90, "7.0"), (None, "8"))

    def numbers(found: tuple[Reading | None, ...]) -> list[str | None]:
        return [str(one.exact) if one else None for one in found]

    assert numbers((said.latest, said.previous)) == ["7.1", "7.0"]
    assert numbers(said.readings) == ["7.1", "7.0", "9", "8"]
