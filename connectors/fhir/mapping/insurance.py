"""Coverage and ExplanationOfBenefit to records."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from connectors.clock import HO_CHI_MINH
from connectors.fhir import wire
from connectors.fhir.datatypes import Money
from connectors.fhir.mapping.elements import (
    ENTERED_IN_ERROR,
    Around,
    Unreadable,
    coded,
    codes_of,
    day,
    display_of,
    end_of,
    exact,
    facility,
    moment,
    start_of,
)
from connectors.records import Claim, CodedText, Coverage, CoverageStatus, Diagnosis, DiagnosisRole

_CARD = re.compile(r"[A-Z]{2}[0-9]{13}")
"""Object group, benefit digit, province, social-insurance number (QĐ 1351/QĐ-BHXH)."""


def coverage(card: wire.Coverage, around: Around) -> Coverage | None:
    """One health-insurance card.

    Raises:
        Unreadable: it carries no number at all.
    """
    if card.status == ENTERED_IN_ERROR:
        return None
    numbers = [number for number in (card.subscriber_id, *(item.value for item in card.identifier)) if number]
    if not numbers:
        raise Unreadable("no card number")
    number = next(filter(_CARD.fullmatch, numbers), numbers[0])
    vietnamese = _CARD.fullmatch(number) is not None
    level = int(number[2]) if vietnamese else 0
    valid_from, valid_until = day(start_of(card.period)), day(end_of(card.period))
    today = around.stamp.retrieved_at.astimezone(HO_CHI_MINH).date()
    return Coverage(
        **around.stamped(Coverage, card, recorded=None, author=None),
        card_number=number,
        social_insurance_number=number[5:] if vietnamese else None,
        valid_from=valid_from,
        valid_until=valid_until,
        benefit_level=level if 1 <= level <= 5 else None,
        status=_status(card.status, valid_from, valid_until, today),
    )


def _status(status: str | None, start: date | None, end: date | None, today: date) -> CoverageStatus:
    """R4 tells only whether a card was withdrawn; its dates tell the rest."""
    if status == "cancelled":
        return CoverageStatus.REVOKED
    if status != "active":
        return CoverageStatus.UNKNOWN
    if start and start > today:
        return CoverageStatus.UPCOMING
    return CoverageStatus.EXPIRED if end and end < today else CoverageStatus.ACTIVE


def claim(benefit: wire.ExplanationOfBenefit, around: Around) -> Claim | None:
    """One insured visit. A prediction or an authorisation in advance is none.

    Raises:
        Unreadable: nothing says where it was.
    """
    if benefit.status == ENTERED_IN_ERROR or benefit.use in ("preauthorization", "predetermination"):
        return None
    place = facility(benefit.facility, around, benefit) or facility(benefit.provider, around, benefit) or around.own
    if place is None:
        raise Unreadable("no place")
    return Claim(
        **around.stamped(Claim, benefit, recorded=benefit.created, author=None),
        facility=place,
        admitted=moment(start_of(benefit.billable_period)),
        discharged=moment(end_of(benefit.billable_period)),
        diagnoses=tuple(_diagnoses(benefit, around)),
        total=_total(benefit, "submitted"),
        insurer_pays=_dong(benefit.payment.amount) if benefit.payment else _total(benefit, "benefit"),
        citizen_pays=_total(benefit, "copay"),
        status=benefit.status,
    )


def _diagnoses(benefit: wire.ExplanationOfBenefit, around: Around) -> Iterable[Diagnosis]:
    for line in benefit.diagnosis:
        inner = around.linked(line.diagnosis_reference, benefit)
        words = display_of(line.diagnosis_reference)
        code = coded(line.diagnosis_codeable_concept) or (coded(inner.code) if inner else None)
        code = code or (CodedText(text=words) if words else None)
        if code:
            main = "principal" in codes_of(line.type)
            yield Diagnosis(code=code, role=DiagnosisRole.MAIN if main else DiagnosisRole.UNSPECIFIED)


def _total(benefit: wire.ExplanationOfBenefit, category: str) -> Decimal | None:
    """http://terminology.hl7.org/CodeSystem/adjudication."""
    sums = (total for total in benefit.total if total.category and category in codes_of((total.category,)))
    return next((_dong(total.amount) for total in sums), None)


def _dong(amount: Money | None) -> Decimal | None:
    """The sum, if it is in VND: the record has no place for another currency."""
    if amount is None or amount.value is None or amount.currency not in (None, "VND"):
        return None
    return exact(amount.value)
