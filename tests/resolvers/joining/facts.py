"""Records of which only what matters to joining is said."""

from datetime import datetime
from typing import Any

from msgspec import structs

from connectors.records import (
    Allergy,
    CodedText,
    Coding,
    Condition,
    ConditionStatus,
    Encounter,
    EncounterKind,
    Facility,
    Immunization,
    Medication,
    MedicationStatus,
    Observation,
    ObservationCategory,
    PartialDate,
    Provenance,
    QuantityValue,
    Record,
    SourceInfo,
    SourceKind,
)
from resolvers.joining import join
from tests.resolvers.world import NOW

SNOMED, ATC, ICD10, LOINC, CVX = (
    "http://snomed.info/sct",
    "http://www.whocc.no/atc",
    "http://hl7.org/fhir/sid/icd-10",
    "http://loinc.org",
    "http://hl7.org/fhir/sid/cvx",
)
KEY = "r" * 32
HOSPITAL = Facility(code="79981", name="Bệnh viện Mẫu A")
_KINDS = {
    "register": SourceKind.VACCINATION,
    "insurer": SourceKind.INSURANCE,
    "population": SourceKind.POPULATION_REGISTER,
}


def coded(text: str, *codes: tuple[str, str]) -> CodedText:
    """Words with codes."""
    return CodedText(text=text, codings=tuple(Coding(system=system, code=code) for system, code in codes))


def told(source: str, number: str = "1", recorded: datetime | None = None) -> dict[str, Any]:
    """How every record begins: the source's key is one of these tests' choosing."""
    kind = _KINDS.get(source, SourceKind.HOSPITAL)
    return {
        "id": f"{source}/{number}",
        "provenance": (
            Provenance(
                source=SourceInfo(id=source, name=source, kind=kind, protocol="false"),
                retrieved_at=NOW,
                source_record_id=number,
                recorded_at=recorded,
            ),
        ),
    }


def allergy(source: str, text: str = "Aspirin", *codes: tuple[str, str], number: str = "1", **more: Any) -> Allergy:
    return Allergy(
        **told(source, number), substance=coded(text, *codes), **{"status": "active", "verified": True, **more}
    )


def condition(
    source: str, *codes: tuple[str, str], text: str = "Bệnh mẫu", number: str = "1", **more: Any
) -> Condition:
    given = {"status": ConditionStatus.ACTIVE, "verified": True, "chronic": True, **more}
    return Condition(**told(source, number), code=coded(text, *codes), **given)


def dose(source: str, vaccine: CodedText, *, number: str = "1", **more: Any) -> Immunization:
    given = {"on": PartialDate("2026-01-05"), "status": "completed", **more}
    return Immunization(**told(source, number), vaccine=vaccine, **given)


def visit(source: str, start: datetime | None, *, number: str = "1", **more: Any) -> Encounter:
    given = {"kind": EncounterKind.OUTPATIENT, "status": "finished", "facility": HOSPITAL, **more}
    return Encounter(**told(source, number), start=start, **given)


def result(source: str, value: Any, *, number: str = "1", code: CodedText | None = None, **more: Any) -> Observation:
    given = {"category": ObservationCategory.LABORATORY, "at": NOW, "status": "final", **more}
    return Observation(
        **told(source, number), code=code or coded("Đường huyết", (LOINC, "2345-7")), value=value, **given
    )


def amount(value: Any, unit: str | None = "mmol/L", **more: Any) -> QuantityValue:
    return QuantityValue(value=value, unit=unit, **more)


def medicine(
    source: str, *codes: tuple[str, str], text: str = "Metformin", number: str = "1", **more: Any
) -> Medication:
    given = {"start": PartialDate("2026-01-05"), "status": MedicationStatus.ACTIVE, **more}
    return Medication(**told(source, number), code=coded(text, *codes), **given)


def joined(*records: Any) -> tuple[Any, ...]:
    """The items of those records, which are of one class."""
    return join(type(records[0]), records, key=KEY)


def together(*records: Any) -> bool:
    """Whether they are one item; and so they must be in any order."""
    items, turned = joined(*records), joined(*reversed(records))
    assert len(items) == len(turned)
    return len(items) == 1


def places(item: Record) -> frozenset[tuple[str, str]]:
    """Where it stands."""
    return frozenset((place.source.id, place.source_record_id) for place in item.provenance)


def partition(items: Any) -> set[frozenset[tuple[str, str]]]:
    """Which records stand together."""
    return {places(item) for item in items}


def changed(record: Any, **fields: Any) -> Any:
    """The record with other fields."""
    return structs.replace(record, **fields)
