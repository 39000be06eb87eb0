"""JSON values to the plain values of records. One that cannot be read is a ``ValueError`` that does not repeat it.

Numbers with a fraction come as the text that the source wrote, so that no digit of them is lost.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.clock import HO_CHI_MINH
from connectors.records import PartialDate

Reading = Callable[[Any, str | None], Any]
"""A value of JSON, and the form of dates as ``strptime`` writes it, to a value of a record."""

_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_PARTIAL = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-\d{2})?)?", re.ASCII)
_MOST = 2**31
"""Integers of GraphQL have 32 bits."""
_YEARS = range(1900, 2200)
"""At the ends of the calendar a change of time zone breaks, and nobody is there."""


def text(value: Any, _: str | None = None) -> str | None:
    """A text without space round it; an empty one says nothing. Numbers are often written where a text is meant."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError("not a text")


def truth(value: Any, _: str | None = None) -> bool:
    """True or false, and no word for it: words go through a map."""
    if not isinstance(value, bool):
        raise ValueError("not true or false")  # noqa: TRY004 - whoever reads an entry expects one error
    return value


def whole(value: Any, _: str | None = None) -> int:
    """A whole number, also written as a text."""
    exact = number(value)
    if exact != exact.to_integral_value() or abs(exact) >= _MOST:
        raise ValueError("not a whole number of 32 bits")
    return int(exact)


def number(value: Any, _: str | None = None) -> Decimal:
    """A number with the digits that the source wrote, also written as a text."""
    said = text(value) or ""
    if not _NUMBER.fullmatch(said):
        raise ValueError("not a number")
    return Decimal(said)


def moment(value: Any, form: str | None = None) -> datetime:
    """A moment; without an offset in Ho Chi Minh City, without a time at the beginning of the day."""
    said = text(value)
    if said is None:
        raise ValueError("no moment")
    found = datetime.strptime(said, form) if form else datetime.fromisoformat(said)  # noqa: DTZ007 - the offset is added below
    if found.year not in _YEARS:
        raise ValueError("no year of a living person")
    return found if found.tzinfo else found.replace(tzinfo=HO_CHI_MINH)


def day(value: Any, form: str | None = None) -> date:
    """A day; of a moment, its day in Ho Chi Minh City."""
    return moment(value, form).astimezone(HO_CHI_MINH).date()


def partial_date(value: Any, form: str | None = None) -> PartialDate:
    """A date that may know no more than month or year; of a moment, its day in Ho Chi Minh City."""
    said = text(value) or ""
    match = None if form else _PARTIAL.fullmatch(said)
    if match is None or len(said) == 10:
        return PartialDate(day(value, form).isoformat())
    if int(match["year"]) not in _YEARS or int(match["month"] or 1) not in range(1, 13):
        raise ValueError("no such month or year")
    return PartialDate(said)


SCALARS: Mapping[Any, Reading] = {
    str: text,
    bool: truth,
    int: whole,
    Decimal: number,
    datetime: moment,
    date: day,
    PartialDate: partial_date,
}
"""By the type of a record's field."""

DATED = frozenset({datetime, date, PartialDate})
"""Types that a form may be given for."""
