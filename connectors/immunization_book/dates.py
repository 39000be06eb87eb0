"""Dates of the book: ``dd/MM/yyyy``, with the time before it where there is one; Ho Chi Minh City's own days."""

import re
from datetime import date

from connectors.records import PartialDate

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_KNOWN = re.compile(rf"(?:(?:(?P<day>\d{{2}})/)?(?P<month>\d{{2}})/)?{_YEAR}", re.ASCII)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\s+", re.ASCII)


def birth_date(said: str | None) -> PartialDate | None:
    """A date of birth as far as it is known: ``dd/MM/yyyy``, ``MM/yyyy`` or ``yyyy``; none where nothing is said.

    Raises:
        ValueError: it is no date. The text is not repeated.
    """
    text = (said or "").strip()
    return _partial(text) if text else None


def day(said: str | None) -> PartialDate:
    """The day of a dose, with or without its time: ``HH:mm dd/MM/yyyy``.

    Raises:
        ValueError: there is none, it is no date, or not known to the day. The text is not repeated.
    """
    known = _partial(_TIME.sub("", (said or "").strip(), count=1))
    if len(known) != 10:
        raise ValueError("not known to the day")
    return known


def _partial(text: str) -> PartialDate:
    match = _KNOWN.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    year, month, on = match["year"], match["month"], match["day"]
    # The first of what is not known: a month that is given must exist all the same.
    date(int(year), int(month or 1), int(on or 1))
    return PartialDate("-".join(part for part in (year, month, on) if part))
