"""Coverage to a record."""

import re
from collections.abc import Iterable
from datetime import date

from connectors.clock import HO_CHI_MINH
from connectors.fhir import wire
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    Unreadable,
    day,
    display_of,
    end_of,
    start_of,
)
from connectors.records import Coverage, CoverageStatus

_CARD = re.compile(r"[A-Z]{2}[0-9]{13}")
"""Object group, benefit digit, province, social-insurance number (QĐ 1351/QĐ-BHXH)."""


def coverage(card: wire.Coverage, around: Around) -> Coverage | None:
    """One health-insurance card.

    Raises:
        Unreadable: it carries no number at all.
    """
    if card.status == ENTERED_IN_ERROR:
        return None
    numbers = [number for number in _numbers(card) if number]
    if not numbers:
        raise Unreadable("no card number")
    number = next(filter(_CARD.fullmatch, numbers), numbers[0])
    vietnamese = _CARD.fullmatch(number) is not None
    level = int(number[2]) if vietnamese else 0
    valid_from, valid_until = day(start_of(card.period)), day(end_of(card.period))
    today = around.stamp.retrieved_at.astimezone(HO_CHI_MINH).date()
    id_, provenance = around.stamped(Coverage, card, recorded=None, author=None)
    return Coverage(
        id=id_,
        provenance=provenance,
        insurer=next(filter(None, map(display_of, (card.insurer, *card.payor))), None),
        card_number=number,
        social_insurance_number=number[5:] if vietnamese else None,
        valid_from=valid_from,
        valid_until=valid_until,
        benefit_level=level if 1 <= level <= 5 else None,
        status=_status(card.status, valid_from, valid_until, today),
    )


def _numbers(card: wire.Coverage) -> Iterable[str | None]:
    """R4 has one number of the subscriber, R5 a list of identifiers."""
    told = card.subscriber_id
    yield from (item.value for item in told) if isinstance(told, tuple) else (told,)
    yield from (item.value for item in card.identifier)


def _status(status: str | None, start: date | None, end: date | None, today: date) -> CoverageStatus:
    """R4 tells only whether a card was withdrawn; its dates tell the rest."""
    if status == "cancelled":
        return CoverageStatus.REVOKED
    if status != "active":
        return CoverageStatus.UNKNOWN
    if start and start > today:
        return CoverageStatus.UPCOMING
    return CoverageStatus.EXPIRED if end and end < today else CoverageStatus.ACTIVE
