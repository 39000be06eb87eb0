"""Entries become records as their description says."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.clock import HO_CHI_MINH
from connectors.errors import Garbled, SourceError, WrongPerson
from connectors.records import (
    Appointment,
    Claim,
    Demographics,
    DiagnosisRole,
    Encounter,
    EncounterKind,
    Facility,
    Immunization,
    Medication,
    Observation,
    ObservationCategory,
    QuantityValue,
    RangeValue,
    Record,
    Sex,
    SourceInfo,
    SourceKind,
    TextValue,
)
from connectors.rest import mapping
from connectors.rest.recipes import plans
from connectors.stamping import Stamp
from tests.connectors.rest.described import AN, BINH, described, entry, listed

STAMP = Stamp(
    SourceInfo(id="described", name="Mẫu", kind=SourceKind.HOSPITAL, protocol="rest"),
    AN,
    datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
)
ABOUT: dict[str, Any] = {"path": "/x", "body": {"n": "{personal_id}"}, "list": "/l", "person": ["/n"], "id": "/i"}


def found(answer: Any, **changes: Any) -> mapping.Found:
    (plan,) = plans("x", {"Appointment": described(**changes)}).values()
    return mapping.found(plan, answer, STAMP)


def one(about: type[Record], fields: Any, **said: Any) -> Any:
    """The record of an entry that says this, read through JSON as the client does."""
    (plan,) = plans("x", {about.__name__: {**ABOUT, "fields": fields}}).values()
    answer = {"l": [{"n": AN.personal_id, "i": 1, **said}]}
    text = msgspec.json.Decoder(float_hook=str).decode(msgspec.json.encode(answer))
    records, dropped, _ = mapping.found(plan, text, STAMP)
    assert dropped == 0
    (record,) = records
    assert type(record) is about
    return record


def test_an_appointment_is_read_whole() -> None:
    (record,) = found(listed(entry())).records
    assert isinstance(record, Appointment)
    assert record.at == datetime(2026, 12, 2, 14, 30, tzinfo=HO_CHI_MINH)
    assert record.facility == Facility(code="79981", name="Bệnh viện Mẫu A")
    assert (record.department, record.reason, record.status) == ("Khoa Nội", "Khám lại", "booked")
    assert record.provenance[0].source_record_id == "LH-1"
    assert record.provenance[0].recorded_at is None


def test_when_it_was_written_down_is_shown() -> None:
    (record,) = found(listed(entry(luc="2026-11-01T08:00:00+07:00")), recorded_at="/luc").records
    assert record.provenance[0].recorded_at == datetime(2026, 11, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ({"ma": "79981"}, Facility(code="79981", name="79981")),
        ({"ten": "Mẫu A"}, Facility(code="Mẫu A", name="Mẫu A")),
        ({"ma": 79981, "ten": " "}, Facility(code="79981", name="79981")),
    ],
)
def test_code_and_name_of_a_place_stand_for_each_other(place: Any, wanted: Facility) -> None:
    (record,) = found(listed(entry(co_so=place))).records
    assert isinstance(record, Appointment)
    assert record.facility == wanted


def test_a_visit_with_all_its_parts() -> None:
    """Words of the source through maps, coded meanings, a list of structures, a constant place."""
    record = one(
        Encounter,
        {
            "kind": {"from": "/k", "map": {"1": "OUTPATIENT", "2": "INPATIENT"}, "otherwise": "OTHER"},
            "status": {"value": "finished"},
            "start": "/from",
            "end": "/to",
            "facility": {"code": {"value": "79981"}, "name": {"value": "Bệnh viện Mẫu"}},
            "reason": "/why",
            "diagnoses": {
                "list": "/d",
                "of": {
                    "code": {"text": "/t", "code": "/c", "system": {"value": "http://hl7.org/fhir/sid/icd-10"}},
                    "role": {"from": "/r", "map": {"true": "MAIN", "false": "SECONDARY"}},
                },
            },
            "practitioner": {"name": "/doctor"},
        },
        k=2,
        **{"from": "2026-08-12T08:15", "why": "Sốt", "doctor": ""},
        d=[{"t": "Đái tháo đường", "c": "E11.9", "r": True}, {"c": "I10", "r": False}, {"r": True}, {}],
    )
    assert (record.kind, record.status, record.end) == (EncounterKind.INPATIENT, "finished", None)
    assert record.start == datetime(2026, 8, 12, 8, 15, tzinfo=HO_CHI_MINH)
    assert (record.facility.name, record.reason.text, record.reason.codings) == ("Bệnh viện Mẫu", "Sốt", ())
    assert [(item.role, item.code.text) for item in record.diagnoses] == [
        (DiagnosisRole.MAIN, "Đái tháo đường"),
        (DiagnosisRole.SECONDARY, "I10"),
    ]
    assert [(coding.code, coding.display) for coding in record.diagnoses[0].code.codings] == [
        ("E11.9", "Đái tháo đường")
    ]
    assert record.practitioner is None


@pytest.mark.parametrize(
    ("described_value", "said", "wanted"),
    [
        ({"value": "/v", "unit": "/u"}, {"v": 6.50, "u": "mmol/L"}, QuantityValue(value=Decimal("6.5"), unit="mmol/L")),
        ({"value": "/v", "unit": "/u"}, {"v": "6,5"}, None),
        ({"value": "/v", "unit": {"value": "g"}}, {}, None),
        ({"text": "/v"}, {"v": "Âm tính"}, TextValue(text="Âm tính")),
        ({"text": "/v"}, {"v": 6.5}, TextValue(text="6.5")),
        ({"low": "/v", "unit": {"value": "g"}}, {"v": 1}, RangeValue(low=Decimal(1), unit="g")),
        ({"low": "/v", "unit": {"value": "g"}}, {}, None),
    ],
)
def test_a_value_is_of_the_shape_that_is_described(described_value: Any, said: Any, wanted: Any) -> None:
    """A unit from the configuration alone says nothing; a number that is none makes the entry unreadable."""
    fields = {"code": "/c", "status": {"value": "final"}, "category": {"value": "laboratory"}, "value": described_value}
    if said.get("v") == "6,5":
        with pytest.raises(AssertionError):
            one(Observation, fields, c="HbA1c", **said)
        return
    record = one(Observation, fields, c="HbA1c", **said)
    assert (record.category, record.value) == (ObservationCategory.LABORATORY, wanted)


def test_other_classes_are_read_by_the_same_rules() -> None:
    """Partial dates, money with its digits, single items of lists, sex, an exact quantity."""
    dose = one(
        Immunization,
        {"vaccine": "/v", "on": "/on", "status": {"value": "completed"}, "target_diseases": "/d", "dose_number": "/n2"},
        v="Sởi đơn",
        on="2019-04",
        d="Sởi",
        n2="2",
    )
    assert (dose.on, dose.dose_number, [disease.text for disease in dose.target_diseases]) == ("2019-04", 2, ["Sởi"])
    claim = one(Claim, {"facility": "/f", "total": "/t", "admitted": "/a"}, f="Mẫu", t=1250000.50, a=None)
    assert (claim.total, claim.admitted) == (Decimal("1250000.5"), None)
    who = one(
        Demographics,
        {
            "full_name": "/name",
            "birth_date": {"from": "/born", "format": "%d/%m/%Y"},
            "sex": {"from": "/s", "map": {"M": "male", "F": "female"}, "otherwise": "unknown"},
            "deceased": "/dead",
            "current_address": {"text": "/a"},
        },
        name="Trần Thị Mẫu Ân",
        born="03/02/1985",
        s="?",
        dead=True,
    )
    assert (who.birth_date, who.sex, who.deceased, who.current_address) == ("1985-02-03", Sex.UNKNOWN, True, None)
    drug = one(
        Medication,
        {"code": "/c", "status": {"value": "ACTIVE"}, "quantity": {"value": "/q", "unit": {"value": "viên"}}},
        c="Metformin",
        q=30,
    )
    assert str(drug.quantity.value) == "30"


@pytest.mark.parametrize(
    "broken",
    [
        entry(thoi_gian=None),
        entry(thoi_gian="hôm qua"),
        entry(thoi_gian="31/02/2026 08:00"),
        entry(thoi_gian="01/01/0001 00:00"),
        entry(thoi_gian={"x": 1}),
        entry(co_so=None),
        entry(co_so={"ma": [], "ten": "x"}),
        entry(khoa=["x"]),
        entry(trang_thai="LA"),
        entry(trang_thai=["DA_DAT"]),
        entry(trang_thai=""),
        entry(ma_lich_hen=None),
        entry(ma_lich_hen=""),
        entry(ma_lich_hen=True),
        entry(ma_lich_hen=f"LH-{AN.personal_id}"),
    ],
)
def test_f13_an_entry_that_cannot_be_read_is_counted_and_spoils_no_other(broken: Any) -> None:
    """Required fields are there, words are known, values are values, and the number stands in no id."""
    records, dropped, _ = found(listed(broken, entry(ma_lich_hen="LH-9")))
    assert ([record.provenance[0].source_record_id for record in records], dropped) == (["LH-9"], 1)


def test_the_same_entry_twice_is_one_and_another_under_its_id_is_counted() -> None:
    records, dropped, _ = found(listed(entry(), entry(), entry(khoa="Khoa Nhi")))
    assert (len(records), dropped) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        (listed(entry(so_dinh_danh=BINH.personal_id)), {}),
        (listed(entry(), entry(so_dinh_danh=BINH.personal_id)), {}),
        (listed(entry(so_dinh_danh=f" {AN.personal_id}")), {}),
        (listed(entry(so_dinh_danh="")), {}),
        (listed(entry(cha=BINH.personal_id)), {"person": ["/so_dinh_danh", "/cha"]}),
        (listed(entry(), so=BINH.personal_id), {"person_of_answer": ["/so"]}),
        (listed(so=BINH.personal_id), {"person_of_answer": ["/so"]}),
        (listed(entry(), so=BINH.personal_id), {"person": None, "person_of_answer": ["/so"]}),
    ],
)
def test_f12_one_entry_of_somebody_else_withholds_the_answer(answer: Any, changes: dict[str, Any]) -> None:
    """Every pointer must lead to the number; also where the list is empty but the answer names somebody."""
    with pytest.raises(WrongPerson) as caught:
        found(answer, **changes)
    assert AN.personal_id not in str(caught.value)
    assert BINH.personal_id not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        (None, {}),
        ([], {}),
        ({}, {}),
        ("x", {}),
        (listed(danh_sach="x"), {}),
        (listed(7), {}),
        (listed(None), {}),
        (listed(entry(so_dinh_danh=None)), {}),
        (listed(entry(so_dinh_danh=79185998101)), {}),
        (listed(entry()), {"person_of_answer": ["/so"]}),
        (None, {"list": ""}),
        (7, {"list": ""}),
    ],
)
def test_a96_an_answer_that_is_not_as_described_is_garbled(answer: Any, changes: dict[str, Any]) -> None:
    """No list where it should be, or an entry that does not say whose it is."""
    with pytest.raises(Garbled):
        found(answer, **changes)


@pytest.mark.parametrize(
    ("answer", "changes", "many"),
    [
        (listed(), {}, 0),
        (listed(danh_sach=None), {}, 0),
        ([entry()], {"list": ""}, 1),
        (entry(), {"list": ""}, 1),
        ({"danh_sach": entry()}, {}, 1),
        (listed(so=None), {"person_of_answer": ["/so"]}, 0),
        (listed(entry(), so=AN.personal_id), {"person": None, "person_of_answer": ["/so"]}, 1),
    ],
)
def test_a_list_may_stand_in_several_ways(answer: Any, changes: dict[str, Any], many: int) -> None:
    records, dropped, truncated = found(answer, **changes)
    assert (len(records), dropped, truncated) == (many, 0, False)


def test_a98_what_the_source_keeps_back_is_said() -> None:
    """More entries than the bound, or a total that is higher than what came."""
    many = [entry(ma_lich_hen=number) for number in range(2001)]
    records, _, truncated = found(listed(*many))
    assert (len(records), truncated) == (2000, True)
    assert found(listed(entry(), tong_so=2)).truncated
    assert not found(listed(entry(), tong_so="?")).truncated


def test_a_day_and_a_moment_of_the_same_text_are_read_by_the_type_of_the_field() -> None:
    table = {**ABOUT, "fields": {"status": {"value": "sent"}, "issued": "/on", "valid_until": "/on"}}
    (plan,) = plans("x", {"Referral": table}).values()
    answer = {"l": [{"n": AN.personal_id, "i": "1", "on": "2026-08-12T23:30:00Z"}]}
    (record,) = mapping.found(plan, answer, STAMP).records
    assert getattr(record, "issued", None) == date(2026, 8, 13)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([AN.personal_id, "02/12/2026 14:30", "DA_DAT", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*entry(), *listed(), "ma"]), inner, max_size=6)
    ),
    max_leaves=16,
)


@settings(deadline=None)  # how long one example takes says nothing on a busy machine
@given(JSON)
def test_a95_any_json_at_all_is_read_or_a_source_error(answer: Any) -> None:
    """No document can make the reading fail in another way."""
    try:
        records, dropped, _ = found(answer)
    except SourceError:
        return
    assert len({record.id for record in records}) == len(records)
    assert dropped >= 0
