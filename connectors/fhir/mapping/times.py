"""Dates and instants of FHIR, as far as they are known (http://hl7.org/fhir/R4/datatypes.html#dateTime). Pure."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from msgspec import DecodeError, Meta, json

from connectors.clock import HO_CHI_MINH
from connectors.fhir.datatypes import Period
from connectors.records import PartialDate

_PARTIAL = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?", re.ASCII)
"""No year before 1000 or after 2999: at the ends of the calendar a change of time zone breaks, and nobody is there."""
_LEAP = re.compile(r"(?<=T\d{2}:\d{2}):60", re.ASCII)
"""The second that is put in between (R4 allows it); Python knows none, so it counts as the one before it."""
_DAY, _MIDNIGHT = len("2019-04-30"), "T00:00:00+07:00"
_SINCE, _UNTIL = "1976", "3"
"""The first whole year in which the city's offset was what it is: https://www.iana.org/time-zones; and ``_PARTIAL``."""
_instant: Callable[[str], datetime] = json.Decoder(Annotated[datetime, Meta(tz=True)]).decode
_BEGIN_HERE = _instant('"2000-01-01T00:00:00+07:00"')
_HERE = _BEGIN_HERE.tzinfo
"""The zone that moments of the city share: what is of one zone is compared and ordered several times as fast. It is the
one that the decoder gives."""


def partial(text: str | None) -> PartialDate | None:
    """The calendar date in a FHIR date or dateTime, in Ho Chi Minh City where a time is given; None if it is none."""
    if not text:
        return None
    try:
        if len(text) == _DAY and "1" <= text < _UNTIL:
            _instant(f'"{text}{_MIDNIGHT}"')
            return PartialDate(text)
        if len(text) > _DAY and _SINCE < text < _UNTIL and text[_DAY] == "T" and _instant(f'"{text}"').tzinfo is _HERE:
            return PartialDate(text[:_DAY])
    except (DecodeError, ValueError):
        pass  # written as few are, or none at all
    return _partial(text)


def _partial(text: str) -> PartialDate | None:
    if len(text) < _DAY:
        return PartialDate(text) if _PARTIAL.fullmatch(text) else None
    at = _moment(text) if text[_DAY : _DAY + 1] in ("", "T") else None
    return PartialDate(at.astimezone(HO_CHI_MINH).date().isoformat()) if at is not None else None


def moment(text: str | None) -> datetime | None:
    """The instant in a FHIR dateTime or date; midnight for a date. A year or month is no instant: None."""
    if not text:
        return None
    try:
        if _SINCE < text < _UNTIL:
            return _instant(f'"{text}"' if len(text) > _DAY else f'"{text}{_MIDNIGHT}"')
    except (DecodeError, ValueError):
        pass  # written as few are, or none at all
    return _moment(text)


def _moment(text: str) -> datetime | None:
    if not _PARTIAL.fullmatch(text[:_DAY]) or len(text) < _DAY:
        return None
    try:
        at = datetime.fromisoformat(_LEAP.sub(":59", text))
    except ValueError:
        return None
    if at.tzinfo is None:
        return at.replace(tzinfo=HO_CHI_MINH)
    return at.astimezone(_HERE) if at.tzinfo == _HERE else at


def day(text: str | None) -> date | None:
    """The full calendar date in a FHIR date or dateTime, in Ho Chi Minh City."""
    known = partial(text)
    return date.fromisoformat(known) if known is not None and known[_DAY - 1 :] else None


def start_of(period: Period | None) -> str | None:
    """The beginning as written."""
    return period.start if period else None


def end_of(period: Period | None) -> str | None:
    """The end as written."""
    return period.end if period else None
