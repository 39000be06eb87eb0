"""Dates of the portal: read in every form it uses, written in the one it asks for.

It writes ``dd/MM/yyyy`` for days and ``yyyyMMddHHmm`` for moments, each also where the other is documented; a birth
date may be ``MM/yyyy`` or ``yyyy``; a card's QR code has ``ddMMyyyy``. There is never an offset: the time is that of
Ho Chi Minh City.
"""

import re
from datetime import date, datetime

from connectors.clock import HO_CHI_MINH
from connectors.records import PartialDate

_YEAR = r"(?P<year>(?:19|2\d|99)\d{2})"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?:[0-5]\d)?"
# The two forms of eight digits cannot be mixed up: read the other way round, the year would be before 1900.
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?:(?:{_DAY}/)?{_MONTH}/)?{_YEAR}",
        rf"{_YEAR}{_MONTH}{_DAY}(?:{_TIME})?",
        rf"{_DAY}{_MONTH}{_YEAR}",
    )
)


def partial_date(text: str | int | None) -> PartialDate | None:
    """The date as far as the portal knows it; none where it says nothing.

    Raises:
        ValueError: it says something that is no date. The text is not repeated.
    """
    found = _parts(text)
    if found is None:
        return None
    known = "-".join(part for part in (found["year"], found["month"], found["day"]) if part)
    if len(known) == 10:
        date.fromisoformat(known)
    return PartialDate(known)


def day(text: str | int | None) -> date | None:
    """The day; none where the portal says nothing.

    Raises:
        ValueError: no date, or one that is not known to the day.
    """
    known = partial_date(text)
    if known is None:
        return None
    if len(known) != 10:
        raise ValueError("not known to the day")
    return date.fromisoformat(known)


def moment(text: str | int | None) -> datetime | None:
    """The moment in Ho Chi Minh City; the first one of the day where no time is given; none where nothing is.

    Raises:
        ValueError: no date, or one that is not known to the day.
    """
    on, found = day(text), _parts(text)
    if on is None or found is None:
        return None
    hour, minute = (int(found.get(part) or 0) for part in ("hour", "minute"))
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=HO_CHI_MINH)


def written(known: PartialDate) -> str:
    """The date as the portal asks for it: ``dd/MM/yyyy``, ``MM/yyyy`` or ``yyyy``."""
    return "/".join(reversed(known.split("-")))


def _parts(text: str | int | None) -> dict[str, str | None] | None:
    said = "" if text is None else str(text).strip()
    if not said:
        return None
    for form in _FORMS:
        if match := form.fullmatch(said):
            return match.groupdict()
    raise ValueError("not a date")
