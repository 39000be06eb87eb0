"""Dates of the XML: ``yyyyMMddHHmm`` or ``yyyyMMdd``, local time without an offset (QĐ 4750/QĐ-BYT, appendix)."""

import re
from datetime import date, datetime

from connectors.clock import HO_CHI_MINH
from connectors.records import PartialDate

_WRITTEN = re.compile(
    r"(?P<year>[12]\d{3})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2}))?", re.ASCII
)


def moment(text: str) -> datetime:
    """The instant, in Ho Chi Minh City; midnight where only the day is written.

    Raises:
        ValueError: no date, or one that is not known to the day.
    """
    parts = {name: int(digits or 0) for name, digits in _parts(text).items()}
    return datetime(**parts, tzinfo=HO_CHI_MINH)


def partial(text: str) -> PartialDate:
    """The date as far as it is known: the month, the day, or both may be zeros. A time of day is left out.

    Raises:
        ValueError: no date.
    """
    parts = _parts(text)
    year, month, day = parts["year"], parts["month"], parts["day"]
    if month == "00":
        return PartialDate(year)
    # The first of the month where the day is not known: the month must exist all the same.
    date(int(year), int(month), int(day) or 1)
    return PartialDate(f"{year}-{month}" if day == "00" else f"{year}-{month}-{day}")


def _parts(text: str) -> dict[str, str]:
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    return match.groupdict(default="")
