"""What a citizen sends becomes a measurement in codes and units, or is refused before anybody is asked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from resolvers.measuring import MeasurementKind, measurement
from resolvers.refusals import BadRequest
from tests.resolvers.world import NOW

PLAUSIBLE = {
    MeasurementKind.BODY_WEIGHT: ("29463-7", "kg", "62.4"),
    MeasurementKind.BODY_HEIGHT: ("8302-2", "cm", "165"),
    MeasurementKind.BLOOD_GLUCOSE: ("15074-8", "mmol/L", "5.6"),
    MeasurementKind.PULSE: ("8867-4", "/min", "72"),
    MeasurementKind.BODY_TEMPERATURE: ("8310-5", "Cel", "36.8"),
    MeasurementKind.OXYGEN_SATURATION: ("2708-6", "%", "98"),
}


def test_every_kind_with_one_value_is_here() -> None:
    assert {*PLAUSIBLE, MeasurementKind.BLOOD_PRESSURE} == set(MeasurementKind)


@pytest.mark.parametrize("kind", PLAUSIBLE)
def test_a_value_gets_the_code_and_the_unit_of_its_kind(kind: MeasurementKind) -> None:
    """And keeps its digits."""
    code, unit, value = PLAUSIBLE[kind]
    entry = measurement(kind, {"value": Decimal(value)}, NOW, NOW)
    (part,) = entry.parts
    assert (entry.code, part.code, part.unit, str(part.value)) == (code, code, unit, value)


@pytest.mark.parametrize("kind", PLAUSIBLE)
@pytest.mark.parametrize("value", ["0", "-1", "401000", "1E+30", "NaN", "Infinity", "sNaN", "36.66666"])
def test_what_no_living_person_can_have_is_refused(kind: MeasurementKind, value: str) -> None:
    """The message tells the bounds and not the value."""
    with pytest.raises(BadRequest) as refused:
        measurement(kind, {"value": Decimal(value)}, NOW, NOW)
    assert value not in str(refused.value).split()


def test_a_blood_pressure_has_both_values_and_no_other() -> None:
    both = {"systolic": Decimal(151), "diastolic": Decimal(88), "value": None}
    entry = measurement(MeasurementKind.BLOOD_PRESSURE, both, NOW, NOW)
    assert [(part.code, part.value, part.unit) for part in entry.parts] == [
        ("8480-6", Decimal(151), "mm[Hg]"),
        ("8462-4", Decimal(88), "mm[Hg]"),
    ]
    for wrong in ({"systolic": None}, {"value": Decimal(1)}):
        with pytest.raises(BadRequest):
            measurement(MeasurementKind.BLOOD_PRESSURE, both | wrong, NOW, NOW)


def test_it_was_measured_within_the_last_year() -> None:
    """A telephone's clock may be some minutes ahead; seconds are told, not less."""
    weight = {"value": Decimal(62)}
    for at in (NOW + timedelta(minutes=4), NOW - timedelta(days=365)):
        assert measurement(MeasurementKind.BODY_WEIGHT, weight, at, NOW).at == at
    for at in (NOW + timedelta(minutes=6), NOW - timedelta(days=367), NOW.replace(tzinfo=None)):
        with pytest.raises(BadRequest):
            measurement(MeasurementKind.BODY_WEIGHT, weight, at, NOW)
