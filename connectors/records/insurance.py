"""Health insurance (BHYT): cards and what was claimed under them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from connectors.records.base import CodedText, Described, Facility, Record, doc
from connectors.records.care import Diagnosis


class CoverageStatus(Described):
    """State of a health-insurance card at the time of asking."""

    ACTIVE = "ACTIVE", "Valid."
    UPCOMING = "UPCOMING", "Issued, not yet valid."
    EXPIRED = "EXPIRED", "Past its last day."
    REVOKED = "REVOKED", "Withdrawn."
    ENDED = "ENDED", "Enrolment ended before the card's last day."
    UNKNOWN = "UNKNOWN", "The source's word on it is not understood: it is not 'not insured'."


class Coverage(Record, frozen=True, kw_only=True):
    """One health-insurance card."""

    card_number: Annotated[str, doc("15 characters: group, benefit digit, province, social-insurance number.")]
    social_insurance_number: Annotated[str | None, doc("Mã số BHXH, 10 digits.")] = None
    valid_from: Annotated[date | None, doc("First day of validity.")] = None
    valid_until: Annotated[date | None, doc("Last day of validity; none when open or unsaid.")] = None
    benefit_level: Annotated[int | None, doc("Benefit digit of the card, 1 to 5.")] = None
    benefit_percent: Annotated[
        int | None,
        doc("Share usually covered at the right tier (QĐ 1018/QĐ-BHXH): an indication, none where unsure."),
    ] = None
    registered_facility: Annotated[Facility | None, doc("Where the citizen is registered for primary care.")] = None
    five_years_continuous_from: Annotated[
        date | None, doc("Day from which five continuous years count (NĐ 188/2025 Đ18).")
    ] = None
    status: Annotated[CoverageStatus, doc("State of the card.")]


class Claim(Record, frozen=True, kw_only=True):
    """One insured visit as the insurer holds it."""

    facility: Annotated[Facility, doc("Where.")]
    admitted: Annotated[datetime | None, doc("Beginning of the visit.")] = None
    discharged: Annotated[datetime | None, doc("End of the visit.")] = None
    diagnoses: Annotated[tuple[Diagnosis, ...], doc("Diagnoses on the claim.")] = ()
    entitlement: Annotated[str | None, doc("Entitlement code of the visit (mã đối tượng KCB).")] = None
    discharge: Annotated[CodedText | None, doc("How the stay ended: discharged, transferred ...")] = None
    result: Annotated[CodedText | None, doc("Result of treatment: cured, better ...")] = None
    total: Annotated[Decimal | None, doc("Whole cost in VND, where the source says.")] = None
    insurer_pays: Annotated[Decimal | None, doc("Share of health insurance in VND, where the source says.")] = None
    citizen_pays: Annotated[Decimal | None, doc("Share of the citizen in VND, where the source says.")] = None
    status: Annotated[str | None, doc("State of the claim, where the source says.")] = None
