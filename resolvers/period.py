"""Periods of time: what a caller asks for, against what a record knows of its date."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

import strawberry

from connectors.clock import HO_CHI_MINH
from connectors.records import PartialDate
from resolvers.partial_dates import earliest, in_zone, latest

Since = Annotated[
    date | None, strawberry.argument(description="Only what was true on or after this day; undated items stay.")
]
Until = Annotated[
    date | None, strawberry.argument(description="Only what was true on or before this day; undated items stay.")
]


def within(since: date | None, until: date | None) -> Callable[[datetime | date | PartialDate | None], bool]:
    """Whether a moment can lie in the period. What has no date is kept: it might."""

    def inside(moment: datetime | date | PartialDate | None) -> bool:
        if moment is None:
            return True
        first, last = _days(moment)
        return (since is None or last >= since) and (until is None or first <= until)

    return inside


def _days(moment: datetime | date | PartialDate) -> tuple[date, date]:
    if isinstance(moment, datetime):
        day = in_zone(moment, HO_CHI_MINH).date()
        return day, day
    if isinstance(moment, date):
        return moment, moment
    return earliest(moment), latest(moment)
