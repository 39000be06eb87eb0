"""Which observations are readings of an indicator, and what they are in its unit."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import CodedText, Observation, ObservationComponent, ObservationValue, QuantityValue, TextValue
from resolvers.indicating.catalogue import CATALOGUE, IndicatorKind, kind_of, once
from resolvers.indicating.reading import Reading, measured, readings
from tests.resolvers.joining.facts import LOINC, SNOMED, coded, result

K = IndicatorKind
CSST, XML1 = "urn:citizen-graph:hospital-xml:CSST", "urn:citizen-graph:hospital-xml:XML1"
DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


def seen(value: str, unit: str | None, code: CodedText, **more: Any) -> Observation:
    return result("a", QuantityValue(value=Decimal(value), unit=unit), code=code, **{"at": DAY, **more})


def the(observation: Observation, kind: IndicatorKind) -> Reading:
    (reading,) = readings([observation])[kind]
    return reading


@pytest.mark.parametrize(
    ("concept", "kind"),
    [
        (coded("HbA1c", (LOINC, "4548-4")), K.HBA1C),
        (coded("x", ("urn:oid:2.16.840.1.113883.6.1", "4548-4")), K.HBA1C),
        (coded("x", (CSST, "M")), K.PULSE),
        (coded("x", (XML1, "CAN_NANG")), K.WEIGHT),
        (coded("HUYET AP  tam thu"), K.SYSTOLIC_PRESSURE),
        (coded("SpO2", ("urn:a", "77")), K.OXYGEN_SATURATION),
        (coded("Đường huyết đói"), K.FASTING_GLUCOSE),
        (coded("Đường huyết"), K.GLUCOSE),
        (coded("Mạch", (LOINC, "55283-6")), None),  # of a child in the womb, by its code
        (coded("Mạch", (CSST, "T")), None),  # code and words say two things
        (coded("x", (LOINC, "8480-6"), (LOINC, "8462-4")), None),
        (coded("x", (SNOMED, "4548-4")), None),
        (coded("x", ("unknown", "4548-4")), None),
        (coded("Cân nặng lúc sinh"), None),
        (coded("Glucose"), None),  # a urine strip writes the same
        (coded("Creatinin"), None),
    ],
)
def test_a_name_is_an_indicator_only_when_it_can_be_nothing_else(concept: CodedText, kind: K | None) -> None:
    """LOINC first and alone, then known local codes and whole names; what could be another thing is none."""
    assert kind_of(concept) is kind


@pytest.mark.parametrize(
    ("kind", "value", "unit", "shown"),
    [
        (K.FASTING_GLUCOSE, "126", "mg/dL", "7.0"),
        (K.TOTAL_CHOLESTEROL, "200", "MG/DL", "5.18"),
        (K.TRIGLYCERIDES, "150", "mg/dL", "1.70"),
        (K.CREATININE, "1.0", "mg/dL", "88"),
        (K.HBA1C, "53", "mmol/mol", "7.0"),
        (K.WEIGHT, "3250", "g", "3.25"),
        (K.HEIGHT, "1.68", "m", "168.0"),
    ],
)
def test_another_unit_is_converted_by_its_published_factor(kind: K, value: str, unit: str, shown: str) -> None:
    """And says that it was; the observation beside it keeps what the source wrote."""
    quantity, converted = measured(QuantityValue(value=Decimal(value), unit=unit), CATALOGUE.indicators[kind.name])
    assert quantity
    assert (str(quantity.value), converted) == (shown, True)


@pytest.mark.parametrize(
    "value",
    [
        QuantityValue(value=Decimal("7.2")),
        QuantityValue(value=Decimal("7.2"), unit="g/L"),
        QuantityValue(value=Decimal("7.2"), unit="mmol/L", code="mg/dL"),
        QuantityValue(value=Decimal("7.2"), unit="mmol/L", code="mg/L"),
        QuantityValue(value=Decimal(7200), unit="mmol/L"),
        QuantityValue(value=Decimal(-1), unit="mmol/L"),
        QuantityValue(value=Decimal("1E+999999"), unit="mg/dL"),
        QuantityValue(value=Decimal("NaN"), unit="mmol/L"),
        TextValue(text="7.2 mmol/L"),
    ],
)
def test_a_value_without_a_sure_unit_or_beyond_life_is_not_compared(value: ObservationValue) -> None:
    """The reading stays, with its observation and without a number: nobody guesses a unit."""
    observation = result("a", value, code=coded("Đường huyết đói"), at=DAY)
    assert the(observation, K.FASTING_GLUCOSE).value is None
    assert the(observation, K.FASTING_GLUCOSE).observations == (observation,)


@given(st.decimals(), st.sampled_from([unit for units in CATALOGUE.units.values() for unit in units]))
def test_whatever_number_a_source_writes_a_shown_one_is_within_life(value: Decimal, unit: str) -> None:
    """No number makes the reading fail, and none beyond the bounds is shown."""
    for by in CATALOGUE.indicators.values():
        quantity, _ = measured(QuantityValue(value=value, unit=unit), by)
        assert quantity is None or by.lowest <= quantity.value <= by.highest


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "Refuted"])
def test_what_was_no_measurement_is_no_reading(status: str) -> None:
    """A slip that its hospital took back does not count."""
    assert not any(readings([seen("540", "kg", coded("Cân nặng"), status=status)]).values())


def test_blood_pressure_is_read_from_its_parts() -> None:
    """Both numbers quote the one observation; the reference range is the part's own."""
    part = ObservationComponent(
        code=coded("Huyết áp tâm thu"),
        value=QuantityValue(value=Decimal(132), unit="mmHg", code="mm[Hg]"),
        reference_range="90 - 140",
    )
    lower = ObservationComponent(
        code=coded("x", (LOINC, "8462-4")), value=QuantityValue(value=Decimal(78), unit="mmHg")
    )
    panel = result("a", None, code=coded("Huyết áp", (LOINC, "85354-9")), components=(part, lower))

    upper = the(panel, K.SYSTOLIC_PRESSURE)
    assert (str(upper.exact), upper.reference_range) == ("132", "90 - 140")
    assert upper.observations == (panel,)
    assert the(panel, K.DIASTOLIC_PRESSURE).exact == 78


def body(number: str, weight: str, height: str, **more: Any) -> list[Observation]:
    return [
        seen(weight, "kg", coded("Cân nặng"), number=f"w{number}", **more),
        seen(height, "cm", coded("Chiều cao"), number=f"h{number}", **more),
    ]


def test_the_mass_index_is_computed_of_one_day_and_says_so() -> None:
    """It quotes both parts. Where a system states one for that day, that one stands."""
    parts = body("1", "74.5", "168")
    index = readings(parts)[K.BODY_MASS_INDEX]
    assert [(str(one.exact), one.derived, one.observations) for one in index] == [("26.4", True, tuple(parts))]

    stated = seen("26.1", "kg/m2", coded("BMI"))
    assert [one.derived for one in readings([*parts, stated])[K.BODY_MASS_INDEX]] == [False]


def test_weight_and_height_of_two_days_make_no_mass_index() -> None:
    """The day is that of Ho Chi Minh City: six in the evening UTC is tomorrow there."""
    weight, height = body("1", "74.5", "168")
    late = seen("168", "cm", coded("Chiều cao"), at=DAY.replace(hour=18))
    undated = body("2", "70", "160", at=None)
    assert readings([weight, height])[K.BODY_MASS_INDEX]
    assert not readings([weight, late, *undated])[K.BODY_MASS_INDEX]


def test_a_mere_bound_makes_no_mass_index() -> None:
    """More than 150 kg is no weight to compute with."""
    weight = result("a", QuantityValue(value=Decimal(150), unit="kg", comparator=">"), code=coded("Cân nặng"), at=DAY)
    assert not readings([weight, body("1", "70", "168")[1]])[K.BODY_MASS_INDEX]


def test_a_key_that_means_two_things_is_refused() -> None:
    """Whoever adds a synonym that another indicator has hears so at start."""
    with pytest.raises(ValueError, match="means both"):
        once([("a", "x"), ("a", "y")])
