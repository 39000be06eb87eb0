"""Dates of the register: ``yyyymmdd`` without separators; what is not known is left out or written as zeros."""

import re
from datetime import date

from connectors.population.wire import Birth, Code
from connectors.records import PartialDate

_KNOWN = re.compile(r"(?P<year>(?:19|20|99)\d{2})(?:(?P<month>\d{2})(?P<day>\d{2})?)?", re.ASCII)


def birth_date(birth: Birth) -> PartialDate | None:
    """The date of birth as far as the register knows it; none where it says nothing.

    Raises:
        ValueError: it is no date, or its two parts contradict each other.
    """
    year, known = _partial(birth.year), _partial(birth.day)
    if year and known and year[:4] != known[:4]:
        raise ValueError("two different years of birth")
    born = known or year
    if born and born[:2] == "99":
        raise ValueError("the year that stands for no end, as a year of birth")
    return born


def day(said: Code) -> date | None:
    """The day; none where the register says nothing.

    Raises:
        ValueError: no date, or one that is not known to the day.
    """
    known = _partial(said)
    return None if known is None else date.fromisoformat(known)


def _partial(said: Code) -> PartialDate | None:
    text = ("" if said is None else str(said)).strip()
    if not text.strip("0"):
        return None
    match = _KNOWN.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    year, month, on = match.groups(default="00")
    if month == "00":
        return PartialDate(year)
    # The first of the month where the day is not known: the month must exist all the same.
    date(int(year), int(month), int(on) or 1)
    return PartialDate(f"{year}-{month}" if on == "00" else f"{year}-{month}-{on}")
