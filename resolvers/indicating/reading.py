"""Readings of indicators in observations, each in the unit of its indicator. What cannot be compared says so."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import (
    CodedText,
    Observation,
    ObservationComponent,
    ObservationValue,
    Quantity,
    QuantityValue,
    doc,
)
from resolvers.indicating.catalogue import CATALOGUE, IndicatorKind, Measured, kind_of, unit_of
from resolvers.partial_dates import in_zone


class Reading(Struct, frozen=True, kw_only=True):
    """One reading of an indicator."""

    at: Annotated[datetime | None, doc("When it was measured; of a computed one, when the later of its parts was.")]
    value: Annotated[
        Quantity | None,
        doc("In the unit of the indicator; none where it is no number, its unit is not known or it cannot be true."),
    ]
    converted: Annotated[bool, doc("Whether the source wrote another unit.")] = False
    derived: Annotated[bool, doc("Whether it was computed here from other readings, and is no measurement.")] = False
    reference_range: Annotated[str | None, doc("What counts as normal as the source wrote it, in the source's unit.")]
    interpretation: Annotated[CodedText | None, doc("High, low, normal ... as the source says.")]
    observations: Annotated[
        tuple[Observation, ...], doc("The observations that it rests on, as in 'observations': several when computed.")
    ]

    @property
    def exact(self) -> Decimal | None:
        """The number, if it is one and no mere bound."""
        return self.value.value if self.value and not self.value.comparator else None

    @property
    def day(self) -> date | None:
        """The calendar day in Ho Chi Minh City."""
        return in_zone(self.at, HO_CHI_MINH).date() if self.at else None


def readings(observations: Iterable[Observation]) -> Mapping[IndicatorKind, list[Reading]]:
    """The readings of every indicator, also the body mass index of days with weight and height."""
    found: defaultdict[IndicatorKind, list[Reading]] = defaultdict(list)
    for observation in observations:
        if observation.status.strip().casefold() not in CATALOGUE.not_counted:
            for kind, reading in _read(observation):
                found[kind].append(reading)
    found[IndicatorKind.BODY_MASS_INDEX] += _mass_indices(found)
    return found


def _read(observation: Observation) -> Iterator[tuple[IndicatorKind, Reading]]:
    """What stands in the observation itself and in its components; what has no value was not measured."""
    parts: tuple[Observation | ObservationComponent, ...] = (observation, *observation.components)
    for part in parts:
        kind = kind_of(part.code) if part.value is not None else None
        if kind and part.value is not None:
            value, converted = measured(part.value, CATALOGUE.indicators[kind.name])
            yield (
                kind,
                Reading(
                    at=observation.at,
                    value=value,
                    converted=converted,
                    reference_range=part.reference_range,
                    interpretation=part.interpretation,
                    observations=(observation,),
                ),
            )


def measured(value: ObservationValue, by: Measured) -> tuple[Quantity | None, bool]:
    """The value in the unit of the indicator, and whether it was converted. The source's digits stay where it was not.

    Args:
        value: as the source gave it.
        by: the indicator.
    """
    if not isinstance(value, QuantityValue) or not value.value.is_finite():
        return None, False
    unit = unit_of(value.code, value.unit)
    if unit == by.unit:
        return _plausible(value.value, value.comparator, by), False
    for known in by.conversions:
        if known.unit == unit:
            try:
                number = _rounded(value.value * known.times + known.plus, by)
            except ArithmeticError:  # a number beyond all bounds
                return None, False
            return _plausible(number, value.comparator, by), True
    return None, False


def _plausible(number: Decimal, comparator: str | None, by: Measured) -> Quantity | None:
    if not by.lowest <= number <= by.highest:
        return None
    return Quantity(value=number, unit=CATALOGUE.units[by.unit][0], code=by.unit, comparator=comparator)


def _rounded(number: Decimal, by: Measured) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-by.digits), rounding=ROUND_HALF_UP)


def _mass_indices(found: Mapping[IndicatorKind, list[Reading]]) -> Iterator[Reading]:
    """One for every day with an exact weight and height and no index of its own."""
    by = CATALOGUE.indicators[IndicatorKind.BODY_MASS_INDEX.name]
    said = {reading.day for reading in found.get(IndicatorKind.BODY_MASS_INDEX, ())}
    weights, heights = (
        {reading.day: reading for reading in sorted(found.get(kind, ()), key=moment)}
        for kind in (IndicatorKind.WEIGHT, IndicatorKind.HEIGHT)
    )
    for on in weights.keys() & heights.keys() - said - {None}:
        weight, height = weights[on], heights[on]
        if weight.exact is None or height.exact is None:
            continue
        value = _plausible(_rounded(weight.exact / (height.exact / 100) ** 2, by), None, by)
        if value:
            yield Reading(
                at=max(weight, height, key=moment).at,
                value=value,
                derived=True,
                reference_range=None,
                interpretation=None,
                observations=tuple({one.id: one for one in (*weight.observations, *height.observations)}.values()),
            )


def moment(reading: Reading) -> tuple[str, str]:
    """Orders readings in time, the undated first; the ids make it the same every time."""
    at = in_zone(reading.at, UTC).isoformat(timespec="microseconds") if reading.at else ""
    return at, " ".join(one.id for one in reading.observations)
