"""Coverage to a record."""

import re
from collections.abc import Iterable
from datetime import date

from connectors.clock import HO_CHI_MINH
from connectors.fhir import wire
from connectors.fhir.datatypes import Identifier, Period, Reference
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.elements import Unreadable, display_of
from connectors.fhir.mapping.shared import is_right
from connectors.fhir.mapping.table import Table
from connectors.fhir.mapping.times import day, end_of, start_of
from connectors.records import Coverage, CoverageStatus

_CARD = re.compile(r"[A-Z]{2}[0-9]{13}")
"""Object group, benefit digit, province, social-insurance number (QĐ 1351/QĐ-BHXH)."""


def _number(subscriber_id: str | tuple[Identifier, ...] | None, identifier: tuple[Identifier, ...]) -> str:
    """The number of the card: one that looks like it where there are several.

    Raises:
        Unreadable: it carries no number at all.
    """
    if isinstance(subscriber_id, str) and _CARD.fullmatch(subscriber_id):
        return subscriber_id
    return _number_among(subscriber_id, identifier)


def _number_among(subscriber_id: str | tuple[Identifier, ...] | None, identifier: tuple[Identifier, ...]) -> str:
    numbers = [number for number in _numbers(subscriber_id, identifier) if number]
    if not numbers:
        raise Unreadable("no card number")
    return next(filter(_CARD.fullmatch, numbers), numbers[0])


def _numbers(told: str | tuple[Identifier, ...] | None, identifiers: tuple[Identifier, ...]) -> Iterable[str | None]:
    """R4 has one number of the subscriber, R5 a list of identifiers."""
    yield from (item.value for item in told) if isinstance(told, tuple) else (told,)
    yield from (item.value for item in identifiers)


def _social_insurance(number: str) -> str | None:
    return number[5:] if _CARD.fullmatch(number) else None


def _level(number: str) -> int | None:
    level = int(number[2]) if _CARD.fullmatch(number) else 0
    return level if 1 <= level <= 5 else None


def _insurer(insurer: Reference | None, payor: tuple[Reference, ...]) -> str | None:
    return next(filter(None, map(display_of, (insurer, *payor))), None)


def _first_day(period: Period | None) -> date | None:
    return day(start_of(period))


def _last_day(period: Period | None) -> date | None:
    return day(end_of(period))


def _status(status: str | None, first_day: date | None, last_day: date | None, around: Around) -> CoverageStatus:
    """R4 tells only whether a card was withdrawn; its dates tell the rest."""
    if status == "cancelled":
        return CoverageStatus.REVOKED
    if status != "active":
        return CoverageStatus.UNKNOWN
    today = around.stamp.retrieved_at.astimezone(HO_CHI_MINH).date()
    if first_day and first_day > today:
        return CoverageStatus.UPCOMING
    return CoverageStatus.EXPIRED if last_day and last_day < today else CoverageStatus.ACTIVE


COVERAGE = Table(
    record=Coverage,
    wire=wire.Coverage,
    steps={"number": _number, "first_day": _first_day, "last_day": _last_day},
    is_one=is_right,
    fields={
        "insurer": _insurer,
        "card_number": "number",
        "social_insurance_number": _social_insurance,
        "valid_from": "first_day",
        "valid_until": "last_day",
        "benefit_level": _level,
        "status": _status,
    },
)
"""One health-insurance card."""
