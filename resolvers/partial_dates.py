"""Dates as sources write them: known in part, or at the end of time."""

from calendar import monthrange
from datetime import date, datetime, tzinfo

from connectors.records import PartialDate


def earliest(known: PartialDate) -> date:
    """The first day that a partly known date can mean."""
    if len(known) == len("2019-04-30"):
        return date.fromisoformat(known)
    year, month, day = (*(int(part) for part in known.split("-")), 1, 1)[:3]
    return date(year, month, day)


def latest(known: PartialDate) -> date:
    """The last day that a partly known date can mean."""
    first = earliest(known)
    if len(known) == len("2019"):
        return date(first.year, 12, 31)
    if len(known) == len("2019-04"):
        return first.replace(day=monthrange(first.year, first.month)[1])
    return first


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in that time zone; unmoved at the two ends of the calendar, where some systems put "unknown"."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.replace(tzinfo=zone)
