"""The birthdays on which a consent ends because others have to agree from then on."""

from datetime import date, datetime, time

from connectors.clock import HO_CHI_MINH
from connectors.records import PartialDate
from resolvers.access.ages import AGES, Step, anniversary
from resolvers.partial_dates import earliest, latest

ASKED_AGAIN = (Step.DATA_CONSENT, Step.ADULT)
"""From the first on the child agrees as well, from the second on nobody else does (Luật 91/2025/QH15 Đ24 k2)."""


def asked_again(born: PartialDate, on: date) -> datetime | None:
    """When a consent given on that day is asked for again; ``None`` once the last of these birthdays is over.

    Of a birthday that is known only in part the first possible day counts that is yet to come.
    """
    coming = [
        day
        for step in ASKED_AGAIN
        for day in (anniversary(earliest(born), AGES.age(step, on)), anniversary(latest(born), AGES.age(step, on)))
        if day > on
    ]
    return datetime.combine(min(coming), time(), HO_CHI_MINH) if coming else None
