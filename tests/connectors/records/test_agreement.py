"""Two spellings, two dates: can they mean the same?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import PartialDate
from connectors.records.agreement import dates_agree, folded, names_agree

NAME = "Nguyễn Thị Mẫu Đào"


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
def test_dates_agree_as_far_as_both_are_known(one: str | None, other: str | None, agree: bool) -> None:
    first, second = (PartialDate(date) if date else None for date in (one, other))
    assert dates_agree(first, second) is agree
    assert dates_agree(second, first) is agree
