"""Records of which only what decides is told."""

from datetime import UTC, date, datetime
from typing import Any

from connectors.records import (
    Appointment,
    CodedText,
    Coding,
    Condition,
    ConditionStatus,
    Coverage,
    CoverageStatus,
    Facility,
    Medication,
    MedicationStatus,
    PartialDate,
    Provenance,
    Referral,
)
from tests.resolvers.world import NOW, info

TODAY = date(2026, 11, 23)
PLACE = Facility(code="79981", name="x")


def _base(key: str) -> dict[str, Any]:
    return {"id": key, "provenance": (Provenance(source=info("a"), retrieved_at=NOW, source_record_id=key),)}


def having(code: str, **said: Any) -> Condition:
    """An active condition."""
    concept = CodedText(text="x", codings=(Coding(system="http://hl7.org/fhir/sid/icd-10", code=code),))
    return Condition(**_base(code), code=concept, **{"status": ConditionStatus.ACTIVE, "verified": True, **said})


def card(until: date | None, status: CoverageStatus = CoverageStatus.ACTIVE) -> Coverage:
    return Coverage(**_base(f"{until}{status}"), card_number=f"{until}", valid_until=until, status=status)


def medicine(start: str | None, end: str | None, key: str = "m", text: str = "Metformin", **said: Any) -> Medication:
    """A medicine in use."""
    told = {"status": MedicationStatus.ACTIVE, **said}
    return Medication(**_base(key), code=CodedText(text=text), start=_date(start), end=_date(end), **told)


def visit(day: int, month: int = 11, status: str = "booked") -> Appointment:
    """At one o'clock in the night in the city, the day before by UTC."""
    return Appointment(**_base("v"), at=datetime(2026, month, day - 1, 18, tzinfo=UTC), facility=PLACE, status=status)


def referral(until: date | None, status: str = "active") -> Referral:
    return Referral(**_base("r"), to_facility=PLACE, valid_until=until, status=status)


def _date(text: str | None) -> PartialDate | None:
    return PartialDate(text) if text else None
