"""Is it the right person? Numbers decide, birth dates contradict, names forgive."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Subject
from connectors.errors import Unmatched, WrongPerson
from connectors.person import birth_dates_agree, folded, names_agree, require_same_person
from connectors.records import PartialDate

NAME = "Nguyễn Thị Mẫu Đào"
NUMBER = "079190998901"
HER = Subject(ref="r", personal_id=NUMBER, name=NAME, birth_date=PartialDate("1990-03-02"))


@pytest.mark.parametrize(
    "written",
    [
        NAME.upper(),
        "nguyen thi mau dao",
        "NGUYEN  THI MAU\tDAO ",
        unicodedata.normalize("NFD", NAME),
        unicodedata.normalize("NFC", NAME),
        "Nguyễn\u00a0Thị Mẫu Đào",
    ],
)
def test_a_name_is_the_same_however_it_is_written(written: str) -> None:
    assert names_agree(NAME, written)


@pytest.mark.parametrize("written", ["Nguyễn Thị Mẫu Đào Anh", "Nguyễn Thị Mẫu", "Trần Thị Mẫu Đào"])
def test_another_name_is_another(written: str) -> None:
    assert not names_agree(NAME, written)


@pytest.mark.parametrize("unknown", [None, ""])
def test_an_unknown_name_contradicts_nothing(unknown: str | None) -> None:
    assert names_agree(NAME, unknown)
    assert names_agree(unknown, NAME)


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    """Whatever a source writes: it is folded without an error, and to a form that stays."""
    assert folded(folded(name)) == folded(name)


@given(st.text())
def test_the_unicode_form_makes_no_difference(name: str) -> None:
    """Register and hospital may differ in it without anybody seeing it."""
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("1990-03-02", "1990-03-02", True),
        ("1990-03-02", "1990-03", True),
        ("1990", "1990-03-02", True),
        ("1990-03-02", "1990-03-12", False),
        ("1990-03-02", "1990-02-03", False),
        ("1990", "1991", False),
        ("1990-03", "1990-04-01", False),
        (None, "1990", True),
        ("1990", None, True),
        (None, None, True),
    ],
)
def test_birth_dates_agree_as_far_as_both_are_known(one: str | None, other: str | None, agree: bool) -> None:
    first, second = (PartialDate(date) if date else None for date in (one, other))
    assert birth_dates_agree(first, second) is agree
    assert birth_dates_agree(second, first) is agree


@pytest.mark.parametrize(
    ("numbers", "born"),
    [
        (frozenset({NUMBER}), "1990-03-02"),
        (frozenset({NUMBER, "A-1"}), None),
        (frozenset({NUMBER}), "1990"),
        (None, "1990-03-02"),
        (None, None),
    ],
)
def test_the_right_person_passes(numbers: frozenset[str] | None, born: str | None) -> None:
    require_same_person(HER, personal_ids=numbers, birth_date=PartialDate(born) if born else None)


@pytest.mark.parametrize(
    ("numbers", "born"),
    [
        (frozenset({"079190998902"}), "1990-03-02"),
        (frozenset(), "1990-03-02"),
        (frozenset({NUMBER + " "}), None),
        (frozenset({NUMBER}), "1990-03-03"),
        (None, "1991"),
    ],
)
def test_f12_another_person_does_not(numbers: frozenset[str] | None, born: str | None) -> None:
    """Neither by another number, nor by none where there should be one, nor by another day of birth."""
    with pytest.raises(WrongPerson) as caught:
        require_same_person(HER, personal_ids=numbers, birth_date=PartialDate(born) if born else None)
    assert NUMBER not in str(caught.value)
    assert "1990" not in str(caught.value)


def test_one_mistyped_file_is_told_apart_from_a_source_that_mixes_people_up() -> None:
    """The first withholds one answer; the second may close the source to everybody (see the breaker)."""
    with pytest.raises(Unmatched):
        require_same_person(HER, personal_ids=frozenset({NUMBER}), birth_date=PartialDate("1990-03-03"))
    for numbers, born in ((frozenset({"079190998902"}), "1990-03-03"), (None, "1990-03-03")):
        with pytest.raises(WrongPerson) as caught:
            require_same_person(HER, personal_ids=numbers, birth_date=PartialDate(born))
        assert type(caught.value) is WrongPerson
