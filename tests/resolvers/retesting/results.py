"""Results and reports of which only what decides is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.records import (
    CodedText,
    Coding,
    Observation,
    ObservationCategory,
    Provenance,
    QuantityValue,
    Report,
    ReportKind,
)
from tests.resolvers.world import NOW, info

TODAY = date(2026, 11, 23)
HBA1C, BLOOD_GROUP, CHEST = "4548-4", "882-1", "36643-5"


def ago(days: int) -> datetime:
    """Noon of that day in the city."""
    return datetime(2026, 11, 23, 5, tzinfo=UTC) - timedelta(days=days)


def loinc(code: str, text: str = "x") -> CodedText:
    return CodedText(text=text, codings=(Coding(system="http://loinc.org", code=code),))


def _base(key: str) -> dict[str, Any]:
    return {"id": key, "provenance": (Provenance(source=info("a"), retrieved_at=NOW, source_record_id=key),)}


def result(days: int | None = 10, code: CodedText | str = HBA1C, **said: Any) -> Observation:
    """A final HbA1c of 7.1 percent, so many days ago."""
    told = {
        "code": loinc(code) if isinstance(code, str) else code,
        "category": ObservationCategory.LABORATORY,
        "at": None if days is None else ago(days),
        "value": QuantityValue(value=Decimal("7.1"), unit="%"),
        "status": "final",
        **said,
    }
    return Observation(**_base(f"o{days}"), **told)


def report(days: int | None = 10, code: str = HBA1C, **said: Any) -> Report:
    """A final report with a conclusion."""
    told = {"issued": None if days is None else ago(days), "conclusion": "x", "status": "final", **said}
    return Report(**_base(f"r{days}"), kind=ReportKind.LABORATORY, code=loinc(code), **told)
