"""Health insurance (BHYT): cards, what was claimed under them, and what the citizen paid towards it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Struct

from connectors.records.base import CodedText, Described, Facility, Record, doc
from connectors.records.care import Diagnosis
from connectors.records.legal import LegalStep


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

    insurer: Annotated[str | None, doc("Who insures, where the source says.")] = None
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


class ClaimLineKind(Described):
    """What a line of a claim was charged for."""

    MEDICINE = "MEDICINE", "A medicine."
    SERVICE = "SERVICE", "An examination, a test, a procedure, a bed."
    SUPPLY = "SUPPLY", "A medical supply."
    OTHER = "OTHER", "Something else, or the source does not say."


class ClaimLine(Struct, frozen=True, kw_only=True, gc=False):
    """One thing that was charged. Amounts are in VND; none where the source does not say."""

    kind: Annotated[ClaimLineKind, doc("What it is.")]
    code: Annotated[str | None, doc("Its code in the source's catalogue.")] = None
    name: Annotated[str, doc("Its name; the code where no name is known.")]
    quantity: Annotated[Decimal | None, doc("How much or how many.")] = None
    unit_price: Annotated[Decimal | None, doc("Price of one.")] = None
    amount: Annotated[Decimal | None, doc("Price of the line.")] = None
    insurer_pays: Annotated[Decimal | None, doc("Share of health insurance.")] = None
    citizen_pays: Annotated[Decimal | None, doc("Share of the citizen.")] = None


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
    lines: Annotated[
        tuple[ClaimLine, ...] | None,
        doc("What was charged, line by line; null when the source did not give the lines."),
    ] = None
    steps: tuple[LegalStep, ...] = ()
    """How far its paper has come, beyond what its provenance says; for the gateway alone."""


class CoPayment(Record, frozen=True, kw_only=True):
    """What a citizen paid towards one insured visit, as it counts towards the yearly limit (NĐ 188/2025 Đ18)."""

    card_number: Annotated[str | None, doc("Card under which the visit was insured.")] = None
    facility: Annotated[Facility, doc("Where.")]
    admitted: Annotated[datetime | None, doc("Beginning of the visit.")] = None
    discharged: Annotated[datetime | None, doc("End of the visit.")] = None
    entitlement: Annotated[str | None, doc("Entitlement code of the visit (mã đối tượng KCB).")] = None
    amount: Annotated[Decimal, doc("What counts of this visit, in VND.")]
    year_to_date: Annotated[Decimal | None, doc("What counts of the year up to this visit, in VND.")] = None
    reported: Annotated[datetime | None, doc("When the insurer had the facility's report.")] = None
