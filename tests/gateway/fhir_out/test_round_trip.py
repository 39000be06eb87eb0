"""What is written in FHIR reads back with our own reader as the same clinical facts; hostile words do no harm."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import fromstring

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from connectors.fhir.held import HELD
from connectors.records import (
    Allergy,
    BooleanValue,
    CodedText,
    CodedValue,
    Coding,
    Condition,
    ConditionStatus,
    Immunization,
    Medication,
    MedicationKind,
    MedicationStatus,
    Observation,
    ObservationCategory,
    ObservationComponent,
    PartialDate,
    Practitioner,
    Procedure,
    Quantity,
    QuantityValue,
    RangeValue,
    Record,
    TextValue,
)
from gateway.fhir_out.answer import JSON
from gateway.fhir_out.document import narrative
from gateway.fhir_out.sections import SECTIONS
from tests.connectors.any_record import any_record
from tests.connectors.fhir.reading import around

ME = {"reference": "urn:uuid:0"}
CLASSES: tuple[type[Record], ...] = (Allergy, Condition, Medication, Immunization, Procedure, Observation)
MAPPINGS = {section.question(datetime(2026, 11, 23, tzinfo=UTC).date()).about: section.mapping for section in SECTIONS}
OURS = frozenset({"id", "provenance", "conflicts", "facility", "insurance_paid", "encounter_id", "performed_by"})
"""Fields that are about where and not what; places come back by name alone."""
AT: dict[str, Any] = {"id": "1", "provenance": ()}


def coded(text: str, code: str = "1") -> CodedText:
    return CodedText(text=text, codings=(Coding(system="urn:s", code=code, display="Mẫu"),))


def day(text: str) -> PartialDate:
    return PartialDate(text)


RECORDS: tuple[Record, ...] = (
    Allergy(
        **AT,
        substance=coded("Penicillin mẫu"),
        kind="allergy",
        category="food, medication",
        criticality="high",
        severity="severe",
        reactions=(coded("Nổi mề đay"), CodedText(text="Khó thở")),
        status="active",
        verified=True,
        onset=day("2019-04"),
        recorded=day("2020"),
    ),
    Allergy(**AT, substance=coded("Mực"), severity="mild", status="active", verified=True),
    Allergy(**AT, substance=coded("Tôm"), status="refuted", verified=False),
    Allergy(**AT, substance=coded("Cua"), status="unknown", verified=False),
    Condition(
        **AT,
        code=coded("Đái tháo đường", "E11.9"),
        status=ConditionStatus.RESOLVED,
        verified=True,
        chronic=True,
        onset=day("2010"),
        abated=day("2020-02-29"),
        recorded=day("2020-03-01"),
        severity=coded("Nặng"),
        note="Ghi chú mẫu",
    ),
    Condition(**AT, code=coded("Lao"), status=ConditionStatus.UNKNOWN, verified=False, refuted=True),
    Medication(
        **AT,
        code=coded("Metformin mẫu"),
        ingredients=(coded("Metformin"),),
        dosage="Ngày 2 viên",
        route=coded("Uống"),
        quantity=Quantity(value=Decimal(60), unit="viên", code="{tbl}"),
        start=day("2026-01-02"),
        end=day("2026-02-02"),
        status=MedicationStatus.ACTIVE,
        prescriber=Practitioner(name="BS Mẫu"),
    ),
    Medication(
        **AT,
        kind=MedicationKind.DISPENSE,
        code=coded("Aspirin mẫu"),
        quantity=Quantity(value=Decimal("1.50")),
        start=day("2026-01-02"),
        status=MedicationStatus.UNKNOWN,
    ),
    Medication(
        **AT,
        kind=MedicationKind.STATEMENT,
        code=coded("Thuốc nam"),
        start=day("2020"),
        status=MedicationStatus.NOT_TAKEN,
    ),
    Immunization(
        **AT,
        vaccine=coded("BCG mẫu"),
        target_diseases=(coded("Lao"),),
        dose_number=2,
        on=day("2026-09-28"),
        lot="MAU-1",
        manufacturer="Hãng Mẫu",
        site="Tay trái",
        status="completed",
        reactions=(CodedText(text="Sốt"),),
    ),
    Immunization(
        **AT, vaccine=coded("Sởi"), target_diseases=(coded("Sởi"),), on=day("2020"), status="not-done",
        not_given_because=coded("Chống chỉ định"),
    ),
    Procedure(
        **AT, code=coded("Mổ mẫu"), performed=day("2020-01"), performer=Practitioner(name="BS Mẫu"),
        outcome=coded("Tốt"), status="completed",
    ),
    *(
        Observation(
            **AT,
            code=coded("HbA1c", "4548-4"),
            category=ObservationCategory.LABORATORY,
            at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            value=value,
            reference_range="4 - 6",
            interpretation=coded("Cao", "H"),
            status="final",
            components=(ObservationComponent(code=coded("Phần"), value=value),),
        )
        for value in (
            QuantityValue(value=Decimal("7.10"), unit="%", code="%", comparator="<"),
            CodedValue(coded=coded("Dương tính")),
            TextValue(text="1:128"),
            BooleanValue(boolean=False),
            RangeValue(low=Decimal("1.0"), high=Decimal("2.0"), unit="mm"),
        )
    ),
    Observation(
        **AT, code=coded("Đường huyết"), category=ObservationCategory.OTHER, missing_because=coded("Mẫu hỏng"),
        status="cancelled",
    ),
)  # fmt: skip


def read_back(record: Record) -> Record | None:
    """The record as our own reader of FHIR sees what was written of it."""
    resource = MAPPINGS[type(record)](record, ME, ())
    held = next(held for held in HELD[type(record)] if held.type == resource["resourceType"])
    return held.to_record(msgspec.json.decode(JSON.encode(resource), type=held.wire), around())


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_reads_back_as_the_same_facts(record: Record) -> None:
    """Codes, states, dates as exact as they were, numbers to the last digit."""
    back = read_back(record)

    assert back is not None
    for field in msgspec.structs.fields(record):
        if field.name not in OURS:
            said, was = getattr(back, field.name), getattr(record, field.name)
            assert said == was, field.name
            assert str(said) == str(was)


def test_what_its_sources_keep_from_others_eyes_goes_out_with_their_labels() -> None:
    """Whoever reads the document further on knows what its source wants: once each, under the system it is of."""
    stamped = around().stamp(Condition, "Condition/c1")
    (place,) = stamped["provenance"]
    places = tuple(structs.replace(place, security=labels) for labels in (("HIV", "R"), ("R", "noi-bo")))
    record = Condition(
        id="1", provenance=places, code=coded("Mẫu"), status=ConditionStatus.ACTIVE, verified=True
    )  # fmt: skip

    resource = MAPPINGS[Condition](record, ME, ())
    back = read_back(record)

    hl7 = "http://terminology.hl7.org/CodeSystem/"
    assert resource["meta"]["security"] == [
        {"system": f"{hl7}v3-ActCode", "code": "HIV"},
        {"system": f"{hl7}v3-Confidentiality", "code": "R"},
        {"code": "noi-bo"},
    ]
    assert back is not None
    assert back.provenance[0].security == ("HIV", "R", "noi-bo")
    assert "meta" not in MAPPINGS[Condition](RECORDS[4], ME, ())


def test_a_refuted_allergy_is_never_shown_as_confirmed() -> None:
    """Its verification says so, whatever else it says."""
    resource = MAPPINGS[Allergy](RECORDS[2], ME, ())

    assert resource["verificationStatus"]["coding"][0]["code"] == "refuted"


@given(st.one_of(*map(any_record, CLASSES)))
def test_a97_whatever_a_source_wrote_is_written_without_breaking_the_document(record: Record) -> None:
    """No empty element, no control character, no id that FHIR does not know."""
    resource = MAPPINGS[type(record)](record, ME, ("…",))
    text = JSON.encode(resource).decode()

    assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"])
    assert not re.search(r'(?<!\\)""|\[\]|\{\}|null', re.sub(r'"(?:[^"\\]|\\.)+"', "0", text))
    assert not re.search(r"\\u00[01]|\\b|\\f", text.replace("\\\\", ""))


@given(st.lists(st.text()), st.lists(st.text()))
def test_a97_the_narrative_is_xml_whatever_a_source_wrote(lines: list[str], items: list[str]) -> None:
    """A name of a medicine cannot become a script in a partner's browser."""
    printable = [text for text in items if text.isprintable()]
    div = fromstring(narrative([line for line in lines if line.isprintable()], printable)["div"])  # noqa: S314 - ours

    assert {element.tag.rpartition("}")[2] for element in div.iter()} <= {"div", "p", "ul", "li"}
