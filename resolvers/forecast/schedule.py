"""The schedules: dated data, read and checked once at start."""

import re
from calendar import monthrange
from datetime import date, timedelta
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

_SPAN = re.compile(r"(\d{1,3})([dwmy])")


class Span:
    """A length of time as schedules write it: in days and weeks, or in months and years of the calendar."""

    def __init__(self, *, months: int = 0, days: int = 0) -> None:
        """So many months of the calendar, and then so many days."""
        self.months = months
        self.days = days

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read ``28d``, ``6w``, ``18m`` or ``7y``.

        Raises:
            ValueError: it is none of these.
        """
        found = _SPAN.fullmatch(text)
        if not found:
            raise ValueError("a span is a number with d, w, m or y")
        number, unit = int(found[1]), found[2]
        if unit in "dw":
            return cls(days=number * (7 if unit == "w" else 1))
        return cls(months=number * (12 if unit == "y" else 1))

    def after(self, day: date) -> date:
        """That long after the day; a month that has no such day ends on its last."""
        years, month = divmod(day.month - 1 + self.months, 12)
        year = day.year + years
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) + timedelta(days=self.days)


class DoseRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One dose of a series."""

    at: Span
    """Recommended age."""
    minimum_age: Span
    interval: Span = Span()
    """Smallest interval to the counted dose before."""
    latest_age: Span | None = None
    """Not given from this age on."""
    left_out_when_missed: bool = False
    """Whether the series goes on without it once its latest age has passed."""


class Series(Struct, frozen=True, forbid_unknown_fields=True):
    """The doses against one disease; none where no ages are published."""

    antigen: str
    doses: tuple[DoseRule, ...]


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for every series."""

    until_age: Span
    """The schedules are for people younger than this."""
    live_interval: Span
    """Smallest interval between two live injected vaccines of different days."""
    tolerance: Span
    """How long after its recommended day a dose is due and not overdue."""


class Named(Struct, frozen=True, forbid_unknown_fields=True, rename={"valid_from": "from"}):
    """A schedule and the day from which it is in force."""

    id: str
    name: str
    source: str
    valid_from: date
    series: tuple[str, ...]


class Schedule(Struct, frozen=True):
    """The schedule of a day."""

    named: Named
    rules: Rules
    series: tuple[Series, ...]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    schedules: tuple[Named, ...]
    rules: Rules
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        known = {series.antigen for series in self.series}
        begins = [named.valid_from for named in self.schedules]
        if begins != sorted(set(begins)) or not begins:
            raise ValueError("schedules follow each other, each from a later day")
        if any(set(named.series) - known for named in self.schedules):
            raise ValueError("a schedule names a series that is not in the file")


def _span(kind: type, value: Any) -> Any:
    if kind is Span and isinstance(value, str):
        return Span.parse(value)
    raise NotImplementedError(kind)


def load(text: str) -> _File:
    """Read a file of schedules.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return msgspec.toml.decode(text, type=_File, dec_hook=_span)


def on(day: date) -> Schedule:
    """The schedule that is in force on the day; the first for days before it."""
    named = [one for one in FILE.schedules if one.valid_from <= day] or [FILE.schedules[0]]
    by_antigen = {series.antigen: series for series in FILE.series}
    return Schedule(named[-1], FILE.rules, tuple(by_antigen[antigen] for antigen in named[-1].series))


FILE = load(resources.files("resolvers.forecast").joinpath("schedules.toml").read_text(encoding="utf-8"))
