"""The tables of the World Health Organization: L, M and S by sex and by age in days, or by length in centimetres.

Child Growth Standards 2006 (to 1856 days) and Growth Reference 2007 (to nineteen years), as WHO publishes them.
"""

import csv
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from msgspec import Struct

from connectors.records import Sex


class Lms(Struct, frozen=True):
    """The distribution at one place: Box-Cox power (never zero in these tables), median, coefficient of variation."""

    power: float
    median: float
    spread: float


class Curve(Struct, frozen=True):
    """One table of one sex."""

    at: Sequence[float]
    values: Sequence[Lms]

    def read(self, x: float) -> Lms | None:
        """The distribution there, on the straight line between two rows; none outside of the table."""
        if not self.at[0] <= x <= self.at[-1]:
            return None
        place = bisect_left(self.at, x)
        if self.at[place] == x:
            return self.values[place]
        low, high = self.values[place - 1], self.values[place]
        share = (x - self.at[place - 1]) / (self.at[place] - self.at[place - 1])
        return Lms(
            low.power + share * (high.power - low.power),
            low.median + share * (high.median - low.median),
            low.spread + share * (high.spread - low.spread),
        )


class Table:
    """One table, which is read when somebody first looks into it: all of them together take a tenth of a second."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, sex: Sex) -> Curve:
        return _load(self._name)[sex]


@cache
def _load(name: str) -> Mapping[Sex, Curve]:
    """Columns: the place, then L, M and S of girls, then of boys."""
    file = resources.files("resolvers.growth").joinpath("tables", f"{name}.csv")
    lines = file.read_text(encoding="utf-8").splitlines()[2:]
    rows = [[float(number) for number in row] for row in csv.reader(lines)]
    at = tuple(row[0] for row in rows)
    return {
        Sex.FEMALE: Curve(at, tuple(Lms(*row[1:4]) for row in rows)),
        Sex.MALE: Curve(at, tuple(Lms(*row[4:7]) for row in rows)),
    }


WEIGHT_2006, WEIGHT_2007 = Table("weight-for-age-2006"), Table("weight-for-age-2007")
HEIGHT_2006, HEIGHT_2007 = Table("height-for-age-2006"), Table("height-for-age-2007")
BMI_2006, BMI_2007 = Table("bmi-for-age-2006"), Table("bmi-for-age-2007")
HEAD_2006 = Table("head-circumference-for-age-2006")
WEIGHT_FOR_LENGTH, WEIGHT_FOR_HEIGHT = Table("weight-for-length-2006"), Table("weight-for-height-2006")
