"""What scores mean in the words of the World Health Organization. It informs; a health worker judges."""

from decimal import Decimal

import msgspec

from connectors.records import Described
from resolvers.growth.scores import LAST_2006, Scores
from resolvers.growth.standard import STANDARD


class GrowthFinding(Described):
    """A class of the World Health Organization into which a score falls. For information only."""

    SEVERELY_STUNTED = "SEVERELY_STUNTED", "Height for age below -3."
    STUNTED = "STUNTED", "Height for age below -2."
    SEVERELY_UNDERWEIGHT = "SEVERELY_UNDERWEIGHT", "Weight for age below -3."
    UNDERWEIGHT = "UNDERWEIGHT", "Weight for age below -2."
    SEVERELY_WASTED = "SEVERELY_WASTED", "To five years: weight for height below -3."
    WASTED = "WASTED", "To five years: weight for height below -2."
    SEVERELY_THIN = "SEVERELY_THIN", "From five years: body mass index for age below -3."
    THIN = "THIN", "From five years: body mass index for age below -2."
    OVERWEIGHT = "OVERWEIGHT", "Weight for height above +2; from five years body mass index for age above +1."
    OBESE = "OBESE", "Weight for height above +3; from five years body mass index for age above +2."
    SMALL_HEAD = "SMALL_HEAD", "Head circumference for age below -2."
    LARGE_HEAD = "LARGE_HEAD", "Head circumference for age above +2."
    IMPLAUSIBLE = "IMPLAUSIBLE", "A score that the World Health Organization takes for a slip: measure again."


F = GrowthFinding


def findings(scores: Scores, age: int) -> tuple[GrowthFinding, ...]:
    """The classes into which the scores fall, the gravest of each indicator; none when all are ordinary.

    An implausible score keeps its class: a child who is truly that thin must not look as if nothing were found.
    """
    found = [
        _low(scores.height_for_age, F.SEVERELY_STUNTED, F.STUNTED),
        _low(scores.weight_for_age, F.SEVERELY_UNDERWEIGHT, F.UNDERWEIGHT),
    ]
    if age <= LAST_2006:
        found.append(_low(scores.weight_for_height, F.SEVERELY_WASTED, F.WASTED))
        found.append(_high(scores.weight_for_height, obese=3, overweight=2))
        found.append(_low(scores.head_for_age, F.SMALL_HEAD, F.SMALL_HEAD))
        found.append(F.LARGE_HEAD if (scores.head_for_age or 0) > 2 else None)
    else:
        found.append(_low(scores.bmi_for_age, F.SEVERELY_THIN, F.THIN))
        found.append(_high(scores.bmi_for_age, obese=2, overweight=1))
    bounds: dict[str, tuple[int, int]] = msgspec.structs.asdict(STANDARD.plausible)
    if any(_implausible(getattr(scores, name), *pair) for name, pair in bounds.items()):
        found.append(F.IMPLAUSIBLE)
    return tuple(finding for finding in found if finding)


def ordinary(scores: Scores) -> bool:
    """Whether every score that there is lies within two deviations; there are scores to which no class belongs."""
    known = [z for z in msgspec.structs.astuple(scores) if z is not None]
    return bool(known) and all(-2 <= z <= 2 for z in known)


def _low(z: Decimal | None, severe: GrowthFinding, moderate: GrowthFinding) -> GrowthFinding | None:
    if z is None or z >= -2:
        return None
    return severe if z < -3 else moderate


def _high(z: Decimal | None, *, obese: int, overweight: int) -> GrowthFinding | None:
    if z is None or z <= overweight:
        return None
    return F.OBESE if z > obese else F.OVERWEIGHT


def _implausible(z: Decimal | None, low: int, high: int) -> bool:
    return z is not None and not low <= z <= high
