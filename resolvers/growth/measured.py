"""What was measured of a child, day by day, from observations."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import Observation, QuantityValue
from resolvers.growth.standard import STANDARD, Kind, measure_of
from resolvers.partial_dates import in_zone

_VOID = frozenset({"entered-in-error", "cancelled"})
"""FHIR ObservationStatus of what was never measured."""
_POSSIBLE: dict[Kind, tuple[Decimal, Decimal]] = {
    "weight": (Decimal("0.1"), Decimal(700)),
    "height": (Decimal(15), Decimal(280)),
    "head": (Decimal(10), Decimal(100)),
}
"""Kilograms and centimetres between which a human being is: beyond them a number or a unit is wrong."""


class Reading(Struct, frozen=True, kw_only=True):
    """One measurement."""

    record: Observation
    kind: Kind
    at: datetime
    value: QuantityValue
    amount: float | None
    """Kilograms or centimetres; none when value and unit do not tell."""
    lying: bool | None


class Day(Struct, frozen=True, kw_only=True):
    """All that was measured on one day in Ho Chi Minh City; of several of a kind, the last that can be read."""

    on: date
    readings: tuple[Reading, ...]

    def last(self, kind: Kind) -> Reading | None:
        """The reading of that kind that is scored."""
        return max(
            (reading for reading in self.readings if reading.kind == kind),
            key=lambda reading: (reading.amount is not None, reading.at, reading.record.id),
            default=None,
        )


class Series(Struct, frozen=True, kw_only=True):
    """The days on which a child was measured, newest first."""

    days: Sequence[Day]
    undated: int
    """Number of measurements that stand at no day."""


def series(observations: Iterable[Observation]) -> Series:
    """Weight, height and head circumference from all observations of a citizen."""
    days: dict[date, list[Reading]] = {}
    undated = 0
    for record in observations:
        measure = measure_of(record.code)
        if measure is None or record.status in _VOID or not isinstance(record.value, QuantityValue):
            continue
        if record.at is None:
            undated += 1
            continue
        at = in_zone(record.at, HO_CHI_MINH)
        days.setdefault(at.date(), []).append(
            Reading(
                record=record,
                kind=measure.kind,
                at=in_zone(record.at, UTC),
                value=record.value,
                amount=_amount(measure.kind, record.value),
                lying=measure.lying,
            )
        )
    return Series(
        days=[Day(on=on, readings=tuple(days[on])) for on in sorted(days, reverse=True)],
        undated=undated,
    )


def _amount(kind: Kind, value: QuantityValue) -> float | None:
    """In kilograms or centimetres; a bound is no measurement, and a unit is never guessed."""
    unit = (value.code or value.unit or "").strip()
    factor = STANDARD.units(kind).get(unit)
    low, high = _POSSIBLE[kind]
    if value.comparator or factor is None or not value.value.is_finite():
        return None
    return float(value.value * factor) if low / factor <= value.value <= high / factor else None
