"""Cards, referrals and payments of which only what decides is told."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from connectors.records import CoPayment, Coverage, CoverageStatus, Facility, Provenance, Referral
from tests.resolvers.world import NOW, info

HERE = "79981"
TODAY = date(2026, 11, 23)


def _base(key: str) -> dict[str, Any]:
    return {"id": key, "provenance": (Provenance(source=info("vss"), retrieved_at=NOW, source_record_id=key),)}


def place(code: str) -> Facility:
    return Facility(code=code, name=code)


def card(**said: Any) -> Coverage:
    """A card valid all year, registered here, worth 80 percent."""
    told = {
        "card_number": "DN4790000000001",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
        "benefit_percent": 80,
        "registered_facility": place(HERE),
        "status": CoverageStatus.ACTIVE,
        **said,
    }
    return Coverage(**_base(told["card_number"]), **told)


def referral(**said: Any) -> Referral:
    """A referral to here that ends with the year."""
    told = {"to_facility": place(HERE), "valid_until": date(2026, 12, 31), "status": "active", **said}
    return Referral(**_base("r"), **told)


def paid(amount: int, on: date | None = date(2026, 5, 1), year_to_date: int | None = None) -> CoPayment:
    """What was paid for one visit."""
    return CoPayment(
        **_base(f"{on}{amount}"),
        facility=place(HERE),
        admitted=datetime(on.year, on.month, on.day, 5, tzinfo=UTC) if on else None,
        amount=Decimal(amount),
        year_to_date=None if year_to_date is None else Decimal(year_to_date),
    )
