"""Dates and instants of FHIR, as far as they are known (http://hl7.org/fhir/R4/datatypes.html#dateTime). Pure."""

import re
from datetime import date, datetime, timedelta, timezone

from connectors.clock import HO_CHI_MINH
from connectors.fhir.datatypes import Period
from connectors.records import PartialDate

_PARTIAL = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?", re.ASCII)
"""No year before 1000 or after 2999: at the ends of the calendar a change of time zone breaks, and nobody is there."""
_LEAP = re.compile(r"(?<=T\d{2}:\d{2}):60", re.ASCII)
"""The second that is put in between (R4 allows it); Python knows none, so it counts as the one before it."""
_MARKS_OF_DAY = "2019-04-30"[4::3]
"""What stands between the numbers of a day, as nearly every one is written."""
_OFFSET, _SINCE = "+07:00", "1976"
"""Of the city, and the first whole year in which it was so: https://www.iana.org/time-zones."""
_UNTIL = "3"
_TIME = len("2019-04-30T10:00:00")
_DAY = len("2019-04-30")
_BEGIN = datetime(2000, 1, 1)  # noqa: DTZ001 - the difference to it is what is looked for
_BEGIN_HERE = _BEGIN.replace(tzinfo=timezone(timedelta(hours=7)))
"""The zone that moments of the city share: what is of one zone is compared and ordered several times as fast. Added to
from here, for that costs a tenth of ``replace``."""
_read, _read_day = datetime.fromisoformat, date.fromisoformat


def partial(text: str | None) -> PartialDate | None:
    """The calendar date in a FHIR date or dateTime, in Ho Chi Minh City where a time is given; None if it is none."""
    if not text:
        return None
    if text[10:11] == "T":
        return _day_of_moment(text)
    if text[4::3] == _MARKS_OF_DAY and text[0] in "12":
        try:
            _read_day(text)
        except ValueError:
            return None
        return PartialDate(text)
    return PartialDate(text) if _PARTIAL.fullmatch(text) and len(text) < _DAY else None


def _day_of_moment(text: str) -> PartialDate | None:
    if text[_TIME:] == _OFFSET and text[7] == "-" and _SINCE < text < _UNTIL:
        try:
            _read(text)
        except ValueError:
            pass  # see ``moment``
        else:
            return PartialDate(text[:_DAY])
    at = moment(text)
    return PartialDate(at.astimezone(HO_CHI_MINH).date().isoformat()) if at is not None else None


def moment(text: str | None) -> datetime | None:
    """The instant in a FHIR dateTime or date; midnight for a date. A year or month is no instant: None."""
    if not text:
        return None
    try:
        # As nearly every one is written.
        if text[_TIME:] == _OFFSET and text[7] == "-" and text[0] in "12":
            return _BEGIN_HERE + (_read(text[:_TIME]) - _BEGIN)
        if text[4::3] == _MARKS_OF_DAY and _SINCE < text < _UNTIL:
            return _BEGIN_HERE + (_read(text) - _BEGIN)
    except ValueError:
        pass  # the second that is put in between, or none at all
    return _moment(text)


def _moment(text: str) -> datetime | None:
    if not _PARTIAL.fullmatch(text[:_DAY]) or len(text) < _DAY:
        return None
    try:
        at = _read(_LEAP.sub(":59", text))
    except ValueError:
        return None
    if at.tzinfo is None:
        return at.replace(tzinfo=HO_CHI_MINH)
    return _BEGIN_HERE + (at - _BEGIN_HERE) if at.tzinfo == _BEGIN_HERE.tzinfo else at


def day(text: str | None) -> date | None:
    """The full calendar date in a FHIR date or dateTime, in Ho Chi Minh City."""
    known = partial(text)
    return _read_day(known) if known is not None and known[_DAY - 1 :] else None


def start_of(period: Period | None) -> str | None:
    """The beginning as written."""
    return period.start if period else None


def end_of(period: Period | None) -> str | None:
    """The end as written."""
    return period.end if period else None
