"""Scores fall into the classes of the World Health Organization."""

from decimal import Decimal

import pytest

from resolvers.growth.findings import GrowthFinding as F
from resolvers.growth.findings import findings, ordinary
from resolvers.growth.scores import Scores


@pytest.mark.parametrize(
    ("score", "age", "z", "expected"),
    [
        ("height_for_age", 400, "-2.00", ()),
        ("height_for_age", 400, "-2.01", (F.STUNTED,)),
        ("height_for_age", 4000, "-3.00", (F.STUNTED,)),
        ("height_for_age", 4000, "-3.01", (F.SEVERELY_STUNTED,)),
        ("height_for_age", 400, "-6.01", (F.SEVERELY_STUNTED, F.IMPLAUSIBLE)),
        ("height_for_age", 400, "6.01", (F.IMPLAUSIBLE,)),
        ("weight_for_age", 400, "-2.01", (F.UNDERWEIGHT,)),
        ("weight_for_age", 400, "-3.01", (F.SEVERELY_UNDERWEIGHT,)),
        ("weight_for_age", 400, "5.01", (F.IMPLAUSIBLE,)),
        ("weight_for_height", 1856, "-2.01", (F.WASTED,)),
        ("weight_for_height", 1856, "-3.01", (F.SEVERELY_WASTED,)),
        ("weight_for_height", 1856, "2.00", ()),
        ("weight_for_height", 1856, "2.01", (F.OVERWEIGHT,)),
        ("weight_for_height", 1856, "3.01", (F.OBESE,)),
        ("bmi_for_age", 1856, "2.01", ()),
        ("bmi_for_age", 1857, "1.00", ()),
        ("bmi_for_age", 1857, "1.01", (F.OVERWEIGHT,)),
        ("bmi_for_age", 1857, "2.01", (F.OBESE,)),
        ("bmi_for_age", 1857, "-2.01", (F.THIN,)),
        ("bmi_for_age", 1857, "-3.01", (F.SEVERELY_THIN,)),
        ("head_for_age", 100, "-2.01", (F.SMALL_HEAD,)),
        ("head_for_age", 100, "2.01", (F.LARGE_HEAD,)),
        ("head_for_age", 100, "-5.01", (F.SMALL_HEAD, F.IMPLAUSIBLE)),
    ],
)
def test_a_score_has_its_class(score: str, age: int, z: str, expected: tuple[F, ...]) -> None:
    """At the cut-off it is still the milder class; beyond the plausible it keeps its class and is flagged."""
    assert findings(Scores(**{score: Decimal(z)}), age) == expected


def test_what_has_no_class_is_not_called_ordinary_for_that() -> None:
    """A very tall child falls into no class and is not ordinary; where there is no score nothing is."""
    assert ordinary(Scores(height_for_age=Decimal("2.00")))
    assert not ordinary(Scores(height_for_age=Decimal("2.01")))
    assert not ordinary(Scores())
