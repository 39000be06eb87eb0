"""Comparing one search value with one element of a resource (R4 search, 3.1.1.4): tokens and dates."""

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.clock import HO_CHI_MINH
from tests.sandbox.servers.outcome import Refused

Span = tuple[datetime, datetime]
"""From a moment, inclusive, to a moment, exclusive."""

_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_PREFIXED = re.compile(r"(?P<prefix>[a-z]{2})?(?P<date>[0-9].*)", re.DOTALL)
_FOR_EVER: Span = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))

_COMPARISONS: dict[str, Callable[[Span, Span], bool]] = {
    "eq": lambda have, want: want[0] <= have[0] and have[1] <= want[1],
    "ne": lambda have, want: not (want[0] <= have[0] and have[1] <= want[1]),
    "gt": lambda have, want: have[1] > want[1],
    "lt": lambda have, want: have[0] < want[0],
    "ge": lambda have, want: have[1] > want[0],
    "le": lambda have, want: have[0] < want[1],
    "sa": lambda have, want: have[0] >= want[1],
    "eb": lambda have, want: have[1] <= want[0],
}


def either(value: str) -> list[str]:
    r"""The alternatives of a search value: parts between commas, ``\,`` being a comma of the part itself."""
    return [re.sub(r"\\([,|$\\])", r"\1", part) for part in re.split(r"(?<!\\),", value)]


def date_test(value: str) -> Callable[[Any], bool]:
    """A test of a ``date``, ``dateTime``, ``instant`` or ``Period`` against ``ge2026-01-01`` and the like.

    Raises:
        Refused: 400 for an unknown prefix or something that is no date.
    """
    found = _PREFIXED.fullmatch(value)
    compare = _COMPARISONS.get(found["prefix"] or "eq") if found else None
    want = span(found["date"]) if found else None
    if compare is None or want is None:
        raise Refused(400, "value", "a date parameter is a prefix and a date, such as ge2026-01-31")
    return lambda element: (have := _span_of(element)) is not None and compare(have, want)


def span(text: str) -> Span | None:
    """What a FHIR date of any precision covers; one without offset is of Ho Chi Minh City. None: no date."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return _covered(found)
    except (ValueError, OverflowError):
        return None


def _covered(found: re.Match[str]) -> Span:
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    if found["time"]:
        start = datetime.fromisoformat(found[0])
        start = start if start.tzinfo else start.replace(tzinfo=HO_CHI_MINH)
        return start, start + timedelta(seconds=1 if found["time"].count(":") == 2 else 60)
    start = datetime(year, month, day, tzinfo=HO_CHI_MINH)
    days_of_year = 366 if calendar.isleap(year) else 365
    days = 1 if found["day"] else calendar.monthrange(year, month)[1] if found["month"] else days_of_year
    return start, start + timedelta(days=days)


def _span_of(element: Any) -> Span | None:
    """What an element covers; an open end of a Period reaches for ever."""
    if isinstance(element, str):
        return span(element)
    if not isinstance(element, dict):
        return None
    start, end = span(element.get("start", "")), span(element.get("end", ""))
    if start is None and end is None:
        return None
    return (start or _FOR_EVER)[0], (end or _FOR_EVER)[1]


def token_test(value: str) -> Callable[[Any], bool]:
    """A test of a code, Coding, CodeableConcept or Identifier against ``system|code``, ``|code`` or ``code``."""
    system, bar, code = value.rpartition("|")

    def fits(have: tuple[str, str]) -> bool:
        return (not bar or have[0] == system) and (have[1] == code or (not code and bool(system)))

    return lambda element: any(fits(have) for have in tokens(element))


def tokens(element: Any) -> Iterator[tuple[str, str]]:
    """The ``(system, code)`` pairs of an element; the system of a bare code is empty."""
    match element:
        case list():
            for item in element:
                yield from tokens(item)
        case {"coding": codings}:
            yield from tokens(codings)
        case {"code": code} | {"value": code}:
            yield str(element.get("system", "")), str(code)
        case bool():
            yield "", str(element).lower()
        case str():
            yield "", element
