"""Observations to records: every type of value that R4 knows, ranges, categories, parts."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connectors.fhir.held import HELD
from connectors.fhir.mapping.elements import Unreadable
from connectors.records import (
    BooleanValue,
    CodedText,
    CodedValue,
    Coding,
    Facility,
    Observation,
    ObservationCategory,
    QuantityValue,
    RangeValue,
    TextValue,
)
from tests.connectors.fhir.reading import OWN, around, concept, linked, maybe, read

CODE = concept("Đo", "x")


def mmol(value: object) -> dict[str, Any]:
    return {"value": value, "unit": "mmol/L", "code": "mmol/L"}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"valueQuantity": mmol(5)}, QuantityValue(value=Decimal(5), unit="mmol/L", code="mmol/L")),
        ({"valueQuantity": {"value": 0.1, "comparator": "<"}}, QuantityValue(value=Decimal("0.1"), comparator="<")),
        ({"valueQuantity": {"unit": "không đo được"}}, TextValue(text="không đo được")),
        ({"valueCodeableConcept": concept("O+")}, CodedValue(coded=CodedText(text="O+"))),
        ({"valueString": "âm tính"}, TextValue(text="âm tính")),
        ({"valueBoolean": False}, BooleanValue(boolean=False)),
        ({"valueInteger": 3}, QuantityValue(value=Decimal(3))),
        ({"valueRange": {"low": mmol(1), "high": mmol(2)}}, RangeValue(low=Decimal(1), high=Decimal(2), unit="mmol/L")),
        ({"valueRange": {"high": {"value": 7}}}, RangeValue(high=Decimal(7))),
        ({"valueRange": {}}, None),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, TextValue(text="1:128")),
        ({"valueSampledData": {"data": "1 2 E", "dimensions": 1}}, TextValue(text="1 2 E")),
        ({"valueTime": "07:30:00"}, TextValue(text="07:30:00")),
        ({"valueDateTime": "2026-08"}, TextValue(text="2026-08")),
        ({"valuePeriod": {"start": "2026-01", "end": "2026-02"}}, TextValue(text="2026-01 - 2026-02")),
        ({"valueAttachment": {"title": "Phim X-quang"}}, TextValue(text="Phim X-quang")),
        ({"valueReference": {"display": "Máy đo"}}, TextValue(text="Máy đo")),
        ({}, None),
    ],
)
def test_a_value_keeps_its_type(fields: dict[str, Any], wanted: object) -> None:
    """What has no type of ours is given in words; what is not there is None."""
    assert read(Observation, code=CODE, **fields).value == wanted


def test_a_number_keeps_the_digits_that_were_written() -> None:
    """1.50 is not 1.5: the trailing zero says how exactly it was measured."""
    payload = b'{"resourceType":"Observation","id":"1","code":{"text":"x"},"valueQuantity":{"value":1.50}}'
    (held,) = HELD[Observation]
    record = held.to_record(msgspec.json.decode(payload, type=held.wire), around())
    assert isinstance(record, Observation)
    assert isinstance(record.value, QuantityValue)
    assert str(record.value.value) == "1.50"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "-1e-999", "1" * 50])
def test_a_number_beyond_measure_is_unreadable(value: str) -> None:
    """Such numbers break sums, or the machine that does them."""
    with pytest.raises(Unreadable):
        read(Observation, code=CODE, valueQuantity={"value": value})


def test_why_a_value_is_missing_is_kept() -> None:
    record = read(Observation, code=CODE, dataAbsentReason=concept("Không thực hiện", "not-performed"))
    assert record.value is None
    assert record.missing_because is not None
    assert record.missing_because.text == "Không thực hiện"


def test_parts_are_read_like_the_whole() -> None:
    part = {
        "code": concept("Tâm thu", "8480-6"),
        "valueQuantity": {"value": 128, "unit": "mmHg"},
        "referenceRange": [{"high": {"value": 140, "unit": "mmHg"}}],
        "interpretation": [concept(None, "N")],
    }
    (component,) = read(Observation, code=CODE, component=[part]).components
    assert component.code.text == "Tâm thu"
    assert component.value == QuantityValue(value=Decimal(128), unit="mmHg")
    assert component.reference_range == "≤ 140 mmHg"
    assert component.interpretation == CodedText(text="N", codings=(Coding(system="urn:s", code="N"),))


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [
        ([{"low": mmol(3.9), "high": mmol(6.4)}], "3.9 mmol/L - 6.4 mmol/L"),
        ([{"low": mmol(3)}], "≥ 3 mmol/L"),
        ([{"text": "3,9 - 6,4", "low": mmol(3.9)}], "3,9 - 6,4"),
        ([{"high": {"value": 8}, "type": concept("nặng")}, {"text": "9"}], "≤ 8 (nặng); 9"),
        ([{"text": "12", "type": concept("normal"), "appliesTo": [concept("nữ")]}], "12 (nữ)"),
        ([{}], None),
        ([], None),
    ],
)
def test_what_counts_as_normal_is_told_in_words(ranges: list[dict[str, Any]], wanted: str | None) -> None:
    assert read(Observation, code=CODE, referenceRange=ranges).reference_range == wanted


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        (["vital-signs"], ObservationCategory.VITAL_SIGNS),
        (["của-riêng", "laboratory"], ObservationCategory.LABORATORY),
        (["LAB"], ObservationCategory.LABORATORY),
        (["RAD"], ObservationCategory.IMAGING),
        (["other"], ObservationCategory.OTHER),
        (["của-riêng"], ObservationCategory.OTHER),
        ([], ObservationCategory.OTHER),
    ],
)
def test_the_category_is_the_first_that_is_known(codes: list[str], wanted: ObservationCategory) -> None:
    assert read(Observation, code=CODE, category=[concept(None, code) for code in codes]).category is wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"effectiveDateTime": "2026-05-04T08:00:00+07:00"}, "2026-05-04T08:00:00+07:00"),
        ({"effectiveInstant": "2026-05-04T08:00:00Z"}, "2026-05-04T08:00:00+00:00"),
        ({"effectivePeriod": {"start": "2026-05-04", "end": "2026-05-06"}}, "2026-05-04T00:00:00+07:00"),
        ({"issued": "2026-05-04T08:00:00Z"}, None),
    ],
)
def test_when_it_was_true_is_not_when_it_was_written(fields: dict[str, Any], wanted: str | None) -> None:
    at = read(Observation, code=CODE, **fields).at
    assert (at.isoformat() if at else None) == wanted


def test_several_interpretations_become_one_meaning_with_all_codes() -> None:
    found = read(Observation, code=CODE, interpretation=[concept("Cao", "H"), concept(None, "A")]).interpretation
    assert found is not None
    assert found.text == "Cao; A"
    assert [coding.code for coding in found.codings] == ["H", "A"]


def test_who_measured_and_where() -> None:
    """A laboratory is a place, a doctor a person, and the citizen who measures at home is neither."""
    lab = {"resourceType": "Organization", "id": "lab", "name": "Xét nghiệm Mẫu"}
    performers = [
        {"reference": "Patient/p1", "display": "Tự đo"},
        {"reference": "Organization/lab"},
        {"reference": "Practitioner/2", "display": "KTV. Mẫu"},
    ]
    record = read(Observation, around(included=linked(lab)), code=CODE, performer=performers)
    assert record.facility == Facility(code="lab", name="Xét nghiệm Mẫu")
    assert record.performed_by is not None
    assert record.performed_by.name == "KTV. Mẫu"
    assert read(Observation, code=CODE).facility == OWN
    assert read(Observation, around(own=None), code=CODE).facility is None


def test_entered_in_error_is_left_out_and_cancelled_is_not() -> None:
    assert maybe(Observation, code=CODE, status="entered-in-error") is None
    assert read(Observation, code=CODE, status="cancelled").status == "cancelled"
