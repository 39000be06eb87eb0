"""z-scores of one child on one day (WHO Child Growth Standards: Methods and development, 2006, chapter 7)."""

from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from connectors.records import Sex
from resolvers.growth import tables
from resolvers.growth.tables import Lms, Table

TWO_YEARS, LAST_2006, LAST_2007 = 731, 1856, 6940
"""Ages in days: from two years on children stand; the standards of 2006 end; the reference of 2007 ends."""
_LYING_IS_LONGER = 0.7
"""Centimetres by which a child is longer lying than standing."""
_EDGE = 3.0
"""Deviations beyond which the restricted method counts in even steps."""


class Scores(Struct, frozen=True, kw_only=True):
    """Standard deviations from the median; none where the standard has no value for it."""

    weight_for_age: Decimal | None = None
    height_for_age: Decimal | None = None
    weight_for_height: Decimal | None = None
    bmi_for_age: Decimal | None = None
    head_for_age: Decimal | None = None


def scores(
    sex: Sex,
    age: int,
    *,
    weight: float | None = None,
    height: float | None = None,
    head: float | None = None,
    lying: bool | None = None,
) -> Scores:
    """The scores of what was measured.

    Args:
        sex: male or female; there is no standard for others.
        age: in days, from birth to ``LAST_2007``.
        weight: kilograms, more than nothing.
        height: length or height in centimetres, more than nothing.
        head: head circumference in centimetres, more than nothing.
        lying: whether the child lay; none takes what the standard supposes: lying until two years.
    """
    young = age < TWO_YEARS
    if height and lying is not None and lying != young:
        height += _LYING_IS_LONGER if young else -_LYING_IS_LONGER
    bmi = weight / (height / 100) ** 2 if weight and height else None
    by_height = tables.WEIGHT_FOR_LENGTH if young else tables.WEIGHT_FOR_HEIGHT
    known = height if age <= LAST_2006 else None
    return Scores(
        weight_for_age=_restricted(_by_age(tables.WEIGHT_2006, tables.WEIGHT_2007, sex, age), weight),
        height_for_age=_plain(_by_age(tables.HEIGHT_2006, tables.HEIGHT_2007, sex, age), height),
        weight_for_height=_restricted(by_height[sex].read(known) if known else None, weight),
        bmi_for_age=_restricted(_by_age(tables.BMI_2006, tables.BMI_2007, sex, age), bmi),
        head_for_age=_plain(tables.HEAD_2006[sex].read(age), head),
    )


def _by_age(standard: Table, reference: Table, sex: Sex, age: int) -> Lms | None:
    return (standard if age <= LAST_2006 else reference)[sex].read(age)


def _z(lms: Lms, value: float) -> float:
    return float(((value / lms.median) ** lms.power - 1) / (lms.power * lms.spread))


def _at(lms: Lms, z: float) -> float:
    """What a child weighs at that score."""
    return float(lms.median * (1 + lms.power * lms.spread * z) ** (1 / lms.power))


def _plain(lms: Lms | None, value: float | None) -> Decimal | None:
    return _rounded(_z(lms, value)) if lms and value else None


def _restricted(lms: Lms | None, value: float | None) -> Decimal | None:
    """Beyond three deviations, in steps of the distance between the second and the third: weights are skewed there."""
    if not lms or not value:
        return None
    z = _z(lms, value)
    if z > _EDGE:
        third = _at(lms, _EDGE)
        z = _EDGE + (value - third) / (third - _at(lms, _EDGE - 1))
    elif z < -_EDGE:
        third = _at(lms, -_EDGE)
        z = -_EDGE + (value - third) / (_at(lms, 1 - _EDGE) - third)
    return _rounded(z)


def _rounded(z: float) -> Decimal:
    return Decimal(repr(z)).quantize(Decimal("0.01"), ROUND_HALF_UP)
