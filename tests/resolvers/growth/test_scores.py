"""Scores agree with what the World Health Organization publishes, and behave as scores do."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Sex
from resolvers.growth import tables
from resolvers.growth.scores import LAST_2006, LAST_2007, Scores, scores

BOY, GIRL = Sex.MALE, Sex.FEMALE
SEXES = st.sampled_from([BOY, GIRL])


@pytest.mark.parametrize(
    ("table", "sex", "at", "published"),
    [
        (tables.WEIGHT_2006, BOY, 0, (0.3487, 3.3464, 0.14602)),
        (tables.WEIGHT_2006, GIRL, 0, (0.3809, 3.2322, 0.14171)),
        (tables.HEIGHT_2006, BOY, 0, (1, 49.8842, 0.03795)),
        (tables.HEIGHT_2006, GIRL, 0, (1, 49.1477, 0.0379)),
        (tables.HEAD_2006, BOY, 0, (1, 34.4618, 0.03686)),
        (tables.BMI_2006, GIRL, 0, (-0.0631, 13.3363, 0.09272)),
        (tables.WEIGHT_FOR_LENGTH, BOY, 45, (-0.3521, 2.441, 0.09182)),
        (tables.HEIGHT_2007, GIRL, 1857, (1, 109.6016, 0.04355)),
        (tables.BMI_2007, BOY, 6940, (-0.8419, 22.1883, 0.12948)),
    ],
)
def test_the_tables_are_those_that_are_published(
    table: tables.Table, sex: Sex, at: float, published: tuple[float, float, float]
) -> None:
    """L, M and S at the ends of the tables."""
    found = table[sex].read(at)
    assert found is not None
    assert (found.power, found.median, found.spread) == published


@pytest.mark.parametrize(
    ("sex", "age", "score", "what", "published"),
    [
        (BOY, 0, "weight_for_age", "weight", {-3: 2.1, -2: 2.5, -1: 2.9, 0: 3.3, 1: 3.9, 2: 4.4, 3: 5.0}),
        (GIRL, 365, "height_for_age", "height", {-3: 66.3, -2: 68.9, 0: 74.0, 2: 79.2, 3: 81.7}),
        (BOY, 1826, "height_for_age", "height", {-3: 96.1, -2: 100.7, 0: 110.0, 2: 119.2, 3: 123.9}),
        (BOY, 3653, "height_for_age", "height", {-2: 125.0, 0: 137.8, 2: 150.5}),
        (GIRL, 0, "head_for_age", "head", {-2: 31.5, 0: 33.9, 2: 36.2}),
    ],
)
def test_a_value_of_the_published_table_has_its_score(
    sex: Sex, age: int, score: str, what: str, published: dict[int, float]
) -> None:
    """WHO prints one decimal: the score of a value a little below is less, of one a little above is more."""
    for deviations, value in published.items():
        low, high = (getattr(_of(sex, age, what, value + by), score) for by in (-0.06, 0.06))
        assert low <= deviations <= high, deviations


def _of(sex: Sex, age: int, what: str, value: float) -> Scores:
    parts: dict[str, Any] = {what: value}
    return scores(sex, age, **parts)


@given(SEXES, st.integers(0, LAST_2006))
def test_the_median_scores_nothing(sex: Sex, age: int) -> None:
    """On every day, for every indicator of that day alone."""
    weight, height, head = (
        table[sex].read(age) for table in (tables.WEIGHT_2006, tables.HEIGHT_2006, tables.HEAD_2006)
    )
    assert weight and height and head
    found = scores(sex, age, weight=weight.median, height=height.median, head=head.median)
    assert (found.weight_for_age, found.height_for_age, found.head_for_age) == (Decimal(0),) * 3


@given(SEXES, st.integers(0, LAST_2007), st.floats(0.5, 400), st.floats(0, 50), st.floats(40, 200))
def test_who_weighs_more_never_scores_less(sex: Sex, age: int, weight: float, more: float, height: float) -> None:
    """Also across the edge at which the restricted method begins."""
    light = scores(sex, age, weight=weight, height=height)
    heavy = scores(sex, age, weight=weight + more, height=height)
    for name in ("weight_for_age", "weight_for_height", "bmi_for_age"):
        less, greater = getattr(light, name), getattr(heavy, name)
        assert (less is None) == (greater is None)
        assert less is None or less <= greater


@given(SEXES, st.integers(0, LAST_2007), st.floats(0.1, 700), st.floats(15, 280), st.floats(10, 100))
def test_no_human_measure_breaks_the_tables(sex: Sex, age: int, weight: float, height: float, head: float) -> None:
    """Whatever a source sends within the bounds of the human: a number with two digits or none."""
    found = scores(sex, age, weight=weight, height=height, head=head)
    for name in Scores.__struct_fields__:
        z = getattr(found, name)
        assert z is None or (z.is_finite() and z == round(z, 2))


def test_beyond_three_deviations_weight_counts_in_even_steps() -> None:
    """Boys at birth: +2 is 4.4194 kg, +3 is 5.0306 kg; as far again is the fourth, and again the fifth."""
    found = [scores(BOY, 0, weight=weight).weight_for_age for weight in (5.0306, 5.6419, 6.2532)]
    assert found == [Decimal(3), Decimal(4), Decimal(5)]


@pytest.mark.parametrize(
    ("age", "lying", "correction"),
    [(730, True, 0), (730, None, 0), (730, False, 0.7), (731, True, -0.7), (731, None, 0), (731, False, 0)],
)
def test_a_child_measured_the_other_way_is_corrected(age: int, *, lying: bool | None, correction: float) -> None:
    """Lying until 730 days, standing from 731; one who lies is longer by 0.7 cm."""
    assert scores(BOY, age, height=87, weight=12, lying=lying) == scores(BOY, age, height=87 + correction, weight=12)


def test_each_indicator_ends_where_its_standard_ends() -> None:
    """Weight for height and head at five years, weight at ten, the rest at nineteen."""

    def known(age: int) -> set[str]:
        found = scores(GIRL, age, weight=18.2, height=109.6, head=50)
        return {name for name in Scores.__struct_fields__ if getattr(found, name) is not None}

    always = {"height_for_age", "bmi_for_age"}
    assert known(1856) == {*always, "weight_for_age", "weight_for_height", "head_for_age"}
    assert known(1857) == known(3653) == {*always, "weight_for_age"}
    assert known(3654) == known(6940) == always
    assert known(6941) == set()


@pytest.mark.parametrize("sex", [BOY, GIRL])
def test_the_two_standards_meet(sex: Sex) -> None:
    """From the last day of 2006 to the first of 2007 a child's scores hardly move (WHO 2007: a smooth transition)."""
    before, after = (scores(sex, age, weight=18.2, height=109.6) for age in (1856, 1857))
    for name in ("weight_for_age", "height_for_age", "bmi_for_age"):
        assert abs(getattr(before, name) - getattr(after, name)) <= Decimal("0.1")


def test_no_power_is_zero() -> None:
    """The formula divides by L; between rows it is read only where L keeps its sign."""
    by_day = (tables.WEIGHT_2006, tables.HEIGHT_2006, tables.BMI_2006, tables.HEAD_2006)
    between = (tables.WEIGHT_2007, tables.HEIGHT_2007, tables.BMI_2007)
    by_height = (tables.WEIGHT_FOR_LENGTH, tables.WEIGHT_FOR_HEIGHT)
    for table in (*by_day, *between, *by_height):
        for curve in (table[Sex.FEMALE], table[Sex.MALE]):
            assert all(lms.power for lms in curve.values)
            assert list(curve.at) == sorted(set(curve.at))
            if table in (*between, *by_height):
                assert len({lms.power > 0 for lms in curve.values}) == 1
