"""Two views of the same doses become one record per dose."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from connectors.immunization_book import antigens, mapping
from connectors.records import Immunization, SourceInfo, SourceKind
from connectors.stamping import Stamp
from tests.connectors.immunization_book.book import NA, antigen, five, product
from tests.connectors.samples import FOLDER, needs

STAMP = Stamp(
    SourceInfo(id="book", name="Sổ Mẫu", kind=SourceKind.VACCINATION, protocol="immunization_book"),
    NA,
    datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
)
DISEASES = ["Bạch hầu", "Ho gà", "Uốn ván", "Viêm gan B", "Hib"]


def read(by_antigen: list[Any], by_product: list[Any]) -> tuple[tuple[Immunization, ...], int]:
    rows, products = ([Raw(msgspec.json.encode(row)) for row in view] for view in (by_antigen, by_product))
    return mapping.immunizations(rows, products, STAMP)


def only(by_antigen: list[Any], by_product: list[Any]) -> Immunization:
    records, dropped = read(by_antigen, by_product)
    assert dropped == 0
    (record,) = records
    return record


def against(record: Immunization) -> list[str]:
    return [disease.text for disease in record.target_diseases]


def test_a_five_in_one_is_one_dose_against_five_diseases() -> None:
    """One row by product, five by antigen, one record with everything that either knows."""
    record = only(five(), [product(phan_ung_sau_tiem={"loai_phan_ung": "Sốt nhẹ", "ket_qua": "Khỏi"})])
    assert (record.vaccine.text, record.on, record.dose_number) == ("5 trong 1 (Mẫu)", "2018-09-24", 1)
    assert (record.lot, record.status) == ("5IN1-M18", "completed")
    assert record.facility
    assert record.facility.name == "Trạm y tế phường Mẫu"
    assert [reaction.text for reaction in record.reactions] == ["Sốt nhẹ"]
    assert against(record) == DISEASES
    assert record.provenance[0].source_record_id == "7"


def test_codes_stay_as_written_and_get_a_common_one() -> None:
    """The book's own ids in its own system, and ICD-10 beside them."""
    record = only(five(), [product()])
    assert [(coding.system, coding.code) for coding in record.vaccine.codings] == [
        ("urn:citizen-graph:immunization_book:vacxin", "103")
    ]
    assert [(coding.system, coding.code, coding.display) for coding in record.target_diseases[0].codings] == [
        ("urn:citizen-graph:immunization_book:khang_nguyen", "5", "Bạch hầu"),
        ("http://hl7.org/fhir/sid/icd-10", "A36.9", None),
    ]


@pytest.mark.parametrize(
    ("by_antigen", "by_product"),
    [
        (five(), [product(None)]),
        (five(None), [product()]),
        (five(None), [product(None)]),
        (five(), [product(), product()]),
        ([*five(), *five()], [product()]),
        ([], [product()]),
    ],
    ids=["no id by product", "no id by antigen", "no id at all", "product twice", "antigens twice", "by product alone"],
)
def test_views_are_merged_and_never_added(by_antigen: list[Any], by_product: list[Any]) -> None:
    """Whether or not both carry the id of the dose, and however often a row comes."""
    assert against(only(by_antigen, by_product)) == DISEASES


def test_antigens_without_a_product_are_one_dose_too() -> None:
    """Named by its antigens; its number only where they agree on one."""
    record = only(five(), [])
    assert record.vaccine.text == "Bạch hầu, Ho gà, Uốn ván, Viêm gan B, Hib"
    assert (record.vaccine.codings, record.facility, record.dose_number) == ((), None, None)
    assert only([row for row in five() if row["khang_nguyen_id"] != 3], []).dose_number == 1


def test_two_doses_of_one_day_stay_two() -> None:
    """Other ids are other doses, also where they fall on a day together and share an antigen."""
    records, _ = read(
        [*five(), antigen(2, "Bại liệt", 8), antigen(dose=9)],
        [product(), product(8, vacxin_id=104, ten_vacxin="bOPV (Mẫu)", khang_nguyen="Bại liệt")],
    )
    assert [(record.vaccine.text, against(record)) for record in records] == [
        ("5 trong 1 (Mẫu)", DISEASES),
        ("bOPV (Mẫu)", ["Bại liệt"]),
        ("Viêm gan B", ["Viêm gan B"]),
    ]
    assert len({record.id for record in records}) == 3


@pytest.mark.parametrize("day", ["00:00 24/09/2018", "00:00 16/12/2036"])
def test_a_planned_dose_is_no_dose(day: str) -> None:
    """Whatever its day, in both views; and it is nothing that could not be read."""
    plan: dict[str, Any] = {"trang_thai": 1, "ngay_tiem": day}
    assert read(five(**plan), [product(**plan)]) == ((), 0)


def test_a_plan_of_one_antigen_does_not_reach_a_given_dose() -> None:
    """The book may plan the booster of one antigen under the id of a dose that was given."""
    record = only([antigen(trang_thai=1), antigen(5, "Bạch hầu")], [product(khang_nguyen="Bạch hầu")])
    assert against(record) == ["Bạch hầu"]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        7,
        [],
        product(trang_thai=3),
        product(trang_thai=None),
        product(trang_thai=[2]),
        product(ngay_tiem=None),
        product(ngay_tiem="24/09"),
        product(ngay_tiem="2018-09-24"),
        product(ngay_tiem="25:00 24/09/2018"),
        product(ngay_tiem="31/02/2018"),
        product(ngay_tiem="09/2018"),
        product(ngay_tiem="２４/09/2018"),
        product(1, vacxin_id=None, ten_vacxin=" ", khang_nguyen=None),
        product(phan_ung_sau_tiem=7),
    ],
)
def test_f13_a_row_that_cannot_be_read_is_counted_and_spoils_no_other(broken: Any) -> None:
    """An unknown state is neither given nor planned; a day that is none is not guessed."""
    records, dropped = read([], [broken, product(9)])
    assert ([record.provenance[0].source_record_id for record in records], dropped) == (["9"], 1)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (None, []),
        ("", []),
        ("Sưng đau", ["Sưng đau"]),
        ({"loai_phan_ung": " "}, []),
        ({"ket_qua": "Khỏi"}, []),
        ([{"loai_phan_ung": "Sốt"}, {"loai_phan_ung": "Sưng"}], ["Sốt", "Sưng"]),
    ],
)
def test_reactions_in_the_books_words(told: Any, wanted: list[str]) -> None:
    record = only([], [product(phan_ung_sau_tiem=told)])
    assert [reaction.text for reaction in record.reactions] == wanted


@pytest.mark.parametrize(("number", "wanted"), [(2, 2), ("3", 3), (0, None), ("", None), (-1, None), ("một", None)])
def test_a_number_of_a_dose_is_a_small_whole_number_or_nothing(number: Any, wanted: int | None) -> None:
    assert only([], [product(thu_tu_mui_tiem=number, khang_nguyen="")]).dose_number == wanted


@pytest.mark.parametrize(
    ("id_", "name", "icd10"),
    [
        ("9", "VNNB", "A83.0"),
        ("9", None, "A83.0"),
        (None, "viêm  não nhật bản", "A83.0"),
        ("6", "Te\u0302", None),
        ("6", "Ta\u0309", "A00.9"),
        ("6", "Thủy đậu", None),
        ("999", None, None),
    ],
)
def test_a_disease_is_known_by_its_name(id_: str | None, name: str | None, icd10: str | None) -> None:
    """An id that has another name here is another antigen: the wrong disease is worse than none."""
    found = antigens.known(id_, name)
    assert (found.icd10 if found else None) == icd10


ROW = st.dictionaries(
    st.sampled_from(list(product()) + list(antigen())),
    st.none() | st.integers(-1, 3) | st.sampled_from(["08:30 24/09/2018", "Lao", "", "2"]) | st.text(max_size=5),
    max_size=8,
)


@settings(deadline=None)  # how long one example takes says nothing on a busy machine
@given(st.lists(ROW, max_size=4), st.lists(ROW, max_size=4))
def test_any_rows_at_all_are_read_counted_or_planned(by_antigen: list[Any], by_product: list[Any]) -> None:
    """Nothing fails, ids are unique, and there are never more doses than rows."""
    records, dropped = read(by_antigen, by_product)
    assert len({record.id for record in records}) == len(records)
    assert len(records) + dropped <= len(by_antigen) + len(by_product)
    assert all(len(record.on) == 10 and record.vaccine.text for record in records)


@needs("immunization")
def test_every_sample_of_a_history_is_merged() -> None:
    """As many doses as products that were given, and every antigen of the other view in one of them."""
    folders = sorted((FOLDER / "immunization").iterdir())
    for folder in folders:
        rows, products = (
            msgspec.json.decode((folder / name).read_bytes())["data"]
            for name in ("lich_su_tiem_khang_nguyen.json", "lich_su_tiem_vacxin.json")
        )
        records, dropped = read(rows, products)
        assert dropped == 0
        assert len(records) == sum(row["trang_thai"] == 2 for row in products)
        found = sorted(disease.codings[0].code for record in records for disease in record.target_diseases)
        assert found == sorted(str(row["khang_nguyen_id"]) for row in rows if row["trang_thai"] == 2)
        assert all(len(disease.codings) == 2 for record in records for disease in record.target_diseases)
    assert folders
