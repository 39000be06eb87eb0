"""Payload snippets of the register, and the records they become."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from connectors.population import mapping
from connectors.population.wire import Citizen
from connectors.records import Demographics, Relation, RepresentationBasis, Sex, SourceInfo, SourceKind
from connectors.stamping import Stamp
from tests.connectors.population.register import AN, CHILD, WARD, citizen, dependant

STAMP = Stamp(
    SourceInfo(id="population", name="Dân cư Mẫu", kind=SourceKind.POPULATION_REGISTER, protocol="population"),
    AN,
    datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
)


def read(**fields: Any) -> Demographics:
    return mapping.demographics(msgspec.convert(citizen(**fields), Citizen), STAMP)


def relations(*dependants: Any) -> tuple[tuple[Relation, ...], int]:
    return mapping.relations([Raw(msgspec.json.encode(item)) for item in dependants], STAMP)


def test_a_citizen_is_read_whole() -> None:
    """Every field that the graph shows comes through; an address without a line is its codes."""
    found = read()
    assert (found.full_name, found.birth_date, found.sex) == ("TRẦN THỊ MẪU ÂN", "1985-02-03", Sex.FEMALE)
    assert (found.nationality, found.ethnicity, found.blood_type, found.phone) == ("VN", "01", "O", "0900000101")
    assert found.permanent_address
    assert (found.permanent_address.text, found.permanent_address.ward) == ("1 Đường Mẫu", "99901")
    assert found.current_address
    assert (found.current_address.text, found.current_address.province_code) == ("99901, 79", "79")
    assert not found.deceased


def test_the_number_stands_in_no_id() -> None:
    """Neither the citizen's nor a dependant's, in no field but the one that is for it."""
    ((relation,), _) = relations(dependant())
    for record, number in ((read(), AN.personal_id), (relation, CHILD)):
        assert number not in record.id
        assert number not in repr(record.provenance)


@pytest.mark.parametrize(
    ("said", "sex"), [("1", Sex.MALE), (2, Sex.FEMALE), ("", Sex.UNKNOWN), (None, Sex.UNKNOWN), ("3", Sex.UNKNOWN)]
)
def test_sex_by_the_registers_code(said: str | int | None, sex: Sex) -> None:
    """1 and 2 are agreed; nothing is read into another code."""
    assert read(GioiTinh=said).sex is sex


@pytest.mark.parametrize(
    ("year", "day", "wanted"),
    [
        ("1985", "19850203", "1985-02-03"),
        (1985, 19850203, "1985-02-03"),
        ("1985", "", "1985"),
        ("1985", None, "1985"),
        ("1985", "19850200", "1985-02"),
        ("1985", "19850000", "1985"),
        ("", "198502", "1985-02"),
        (None, "1985", "1985"),
        ("1985", "00000000", "1985"),
    ],
)
def test_a_birth_date_is_as_exact_as_it_is_known(year: Any, day: Any, wanted: str) -> None:
    """What is missing or written as zeros is not known."""
    assert read(NgayThangNamSinh={"Nam": year, "NgayThangNam": day}).birth_date == wanted


@pytest.mark.parametrize(
    "fields",
    [
        {"NgayThangNamSinh": None},
        {"NgayThangNamSinh": {"Nam": "", "NgayThangNam": ""}},
        {"NgayThangNamSinh": {"Nam": "1986", "NgayThangNam": "19850203"}},
        {"NgayThangNamSinh": {"Nam": "1985", "NgayThangNam": "19850230"}},
        {"NgayThangNamSinh": {"Nam": "1985", "NgayThangNam": "19851300"}},
        {"NgayThangNamSinh": {"Nam": "1985", "NgayThangNam": "1985-02-03"}},
        {"NgayThangNamSinh": {"Nam": "9999", "NgayThangNam": ""}},
        {"HoVaTen": None},
        {"HoVaTen": {"Ho": " ", "ChuDem": None, "Ten": ""}},
    ],
)
def test_without_name_or_birth_date_nobody_is_described(fields: dict[str, Any]) -> None:
    """Nor with a birth date that contradicts itself; for a citizen as for a dependant."""
    with pytest.raises(ValueError, match=r"."):
        read(**fields)
    broken = {**dependant()["CongDan"], **fields}
    assert relations(dependant(CongDan=broken)) == ((), 1)


@pytest.mark.parametrize(("said", "deceased"), [("20260101", True), ("2026", True), ("", False), (None, False)])
def test_whoever_has_a_day_of_death_has_died(said: str | None, deceased: bool) -> None:
    """However exactly the day is known."""
    assert read(NgayChet=said).deceased is deceased


def test_relations_by_the_registers_words() -> None:
    """Child, ward, and whom a court named; days as written, open where they are empty."""
    found, dropped = relations(
        dependant(),
        dependant(WARD, QuanHe="GIAM_HO", DenNgay="20301231"),
        dependant(WARD, QuanHe="TOA_AN", TuNgay=None, HanChe=True),
    )
    assert dropped == 0
    assert [relation.basis for relation in found] == [
        RepresentationBasis.PARENT,
        RepresentationBasis.GUARDIAN,
        RepresentationBasis.COURT_APPOINTED,
    ]
    assert [relation.personal_id for relation in found] == [CHILD, WARD, WARD]
    assert [relation.valid_from for relation in found] == [date(2017, 5, 11), date(2017, 5, 11), None]
    assert [relation.valid_until for relation in found] == [None, date(2030, 12, 31), None]
    assert [relation.barred for relation in found] == [False, False, True]
    assert len({relation.id for relation in found}) == 3


def test_the_same_relation_twice_is_one() -> None:
    """And the same child barred and not barred is two: whoever judges must see both."""
    found, _ = relations(dependant(), dependant(), dependant(HanChe=True))
    assert [relation.barred for relation in found] == [False, True]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "CON",
        dependant(QuanHe="CHAU"),
        dependant(QuanHe="con"),
        dependant(QuanHe=None),
        dependant(HanChe=None),
        dependant(HanChe="false"),
        dependant(HanChe=0),
        {name: value for name, value in dependant().items() if name != "HanChe"},
        dependant(DenNgay="soon"),
        dependant(DenNgay="2026"),
        dependant(TuNgay="20260230"),
        dependant(CongDan=None),
        dependant("07931799810"),
        dependant("079317998\uff1104"),
        dependant(AN.personal_id),
    ],
)
def test_a_power_over_somebody_is_never_guessed(broken: Any) -> None:
    """Unknown words, silence on a court's bar, odd days and numbers: counted, and the others come through."""
    found, dropped = relations(broken, dependant(WARD))
    assert ([relation.personal_id for relation in found], dropped) == ([WARD], 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="0129 CON\x00", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*dependant(), *dependant()["CongDan"]]), inner, max_size=6)
    ),
    max_leaves=12,
)


@settings(deadline=None)  # how long one example takes says nothing on a busy machine
@given(st.lists(JSON, max_size=5))
def test_any_json_at_all_is_read_or_counted(items: list[Any]) -> None:
    """No entry can make the reading fail, and none vanishes silently."""
    found, dropped = relations(*items)
    assert (len(found) + dropped > 0) == bool(items)
