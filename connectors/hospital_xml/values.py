"""Numbers, lists and codes of the XML, and what a field promises to hold."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated

from connectors.hospital_xml import codes, dates
from connectors.reports import Promise

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)


class Unreadable(ValueError):
    """A dossier, a table or a row that no record can be made of. Its text holds nothing of what stood there."""


def number(text: str) -> Decimal:
    """The number with the digits that were written; the point is the decimal mark.

    Raises:
        ValueError: not a number of the promised length.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return Decimal(text)


def listed(text: str | None) -> tuple[str, ...]:
    """The parts of a list joined by ``;``, without the empty ones."""
    return tuple(part for raw in (text or "").split(";") if (part := raw.strip()))


def _one_of(known: Mapping[str, object]) -> Callable[[str], object]:
    def holds(text: str) -> None:
        if text not in known:
            raise ValueError("not in the list")

    return holds


def _dates(text: str) -> None:
    for part in listed(text):
        dates.moment(part)


Text = str | None
"""Words, or a code whose list is not ours to know."""
Number = Annotated[str | None, Promise(number)]
Moment = Annotated[str | None, Promise(dates.moment)]
Moments = Annotated[str | None, Promise(_dates)]
Birth = Annotated[str | None, Promise(dates.partial)]
VisitKind = Annotated[str | None, Promise(_one_of(codes.VISIT_KINDS))]
Result = Annotated[str | None, Promise(_one_of(codes.RESULTS))]
Discharge = Annotated[str | None, Promise(_one_of(codes.DISCHARGES))]
ReferralReason = Annotated[str | None, Promise(_one_of(codes.REFERRAL_REASONS))]
CostGroup = Annotated[str | None, Promise(_one_of(codes.COST_GROUPS))]
