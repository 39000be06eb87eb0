"""Vital signs in the text of a note."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hospital_xml.vital_signs import MEASURES, PRESSURE, Sign, signs

MARKS = st.sampled_from(sorted(MEASURES))
VALUES = st.decimals(1, 999, places=1, allow_nan=False, allow_infinity=False)
SINGLE = st.tuples(MARKS, VALUES.map(lambda value: (value,)))
PAIR = st.tuples(st.just(PRESSURE), st.tuples(*[st.integers(1, 300).map(Decimal)] * 2))
WRITTEN = st.lists(SINGLE | PAIR, min_size=1, max_size=6)
WORDS = st.text(st.characters(exclude_characters="<>"), max_size=30)


def written(mark: str, values: tuple[Decimal, ...]) -> str:
    return mark + "/".join(f"{value:f}" for value in values)


@given(WRITTEN, WORDS, WORDS)
def test_what_was_written_is_found_in_its_order(
    found: list[tuple[str, tuple[Decimal, ...]]], one: str, other: str
) -> None:
    """Whatever words stand before and behind the bracket; they are what remains."""
    text = f"{one}CSST<{'_'.join(written(*sign) for sign in found)}>{other}"
    read = signs(text)
    assert read.found == tuple(Sign(*sign) for sign in found)
    assert read.rest.split() == f"{one} {other}".split()


@given(st.text(max_size=80) | st.text("CST<>_MHAP/0123456789., ", max_size=80))
def test_any_text_is_read_without_an_error_and_nothing_is_made_up(text: str) -> None:
    """Every value stands in the text; where there is no bracket there is no sign."""
    read = signs(text)
    for sign in read.found:
        for value in sign.values:
            assert f"{value:f}" in text.replace(",", ".")
    if "<" not in text:
        assert read.found == ()


@pytest.mark.parametrize(
    "text",
    [
        "CSST<M75_T37_HA120/70_NT18>",
        "csst<m75_t37_ha120/70_nt18>",
        "CSST: <M75; T37; HA 120 / 70; NT:18>",
        "CSST<NT18_HA120/70_T37,0_M75>",
    ],
)
def test_it_is_read_leniently(text: str) -> None:
    """Order, case, spaces, colons and the decimal mark differ from hospital to hospital."""
    read = signs(text)
    assert {sign.mark: sign.values for sign in read.found} == {
        "M": (75,),
        "T": (37,),
        "HA": (120, 70),
        "NT": (18,),
    }
    assert read.rest == ""


@pytest.mark.parametrize("mark", ["HL2", "M0", "HA0/0", "T", "HA120", "M75x", "HA120/70/60", "M1e9", "SP-98", "M1234"])
def test_what_is_not_understood_stays_text(mark: str) -> None:
    """The nursing level is no sign; a zero is what a form fills in; half a pressure is none."""
    read = signs(f"Tỉnh. CSST<M75_{mark}>")
    assert read.found == (Sign("M", (Decimal(75),)),)
    assert mark in read.rest


def test_several_brackets_are_read() -> None:
    assert [sign.values[0] for sign in signs("CSST<M75> sau 1 giờ CSST<M80>").found] == [75, 80]


@pytest.mark.parametrize("text", ["CSST" * 20_000, "CSST<" + "M1_" * 50_000, "CSST <" * 20_000, "CSST" + " " * 50_000])
def test_a_long_text_is_read_in_no_time(text: str) -> None:
    """No pattern goes back and forth over it, and no bracket is longer than a bound."""
    assert signs(text).found == ()
