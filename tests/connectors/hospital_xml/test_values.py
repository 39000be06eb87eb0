"""Dates, numbers and lists of the XML, whatever a hospital writes into them."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.clock import HO_CHI_MINH
from connectors.hospital_xml import dates
from connectors.hospital_xml.values import listed, number

MINUTES = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(  # noqa: DTZ001 - the zone is the point
    lambda at: at.replace(second=0, microsecond=0)
)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
ANYTHING = st.text(max_size=20) | st.from_regex(r"[0-9]{6,14}", fullmatch=True)


@given(MINUTES)
def test_twelve_digits_are_a_minute_in_the_city(at: datetime) -> None:
    assert dates.moment(f"{at:%Y%m%d%H%M}") == at.replace(tzinfo=HO_CHI_MINH)


@given(DAYS)
def test_eight_digits_are_a_day(day: date) -> None:
    """Its beginning where an instant is wanted, itself where a date is."""
    assert dates.moment(f"{day:%Y%m%d}") == datetime(day.year, day.month, day.day, tzinfo=HO_CHI_MINH)
    assert dates.partial(f"{day:%Y%m%d}") == day.isoformat()


@given(DAYS, st.sampled_from(["", "0000", "0520"]))
def test_zeros_are_what_is_not_known(day: date, time: str) -> None:
    """The year alone, or year and month; a time of birth changes no date of birth."""
    assert dates.partial(f"{day:%Y%m%d}{time}") == day.isoformat()
    assert dates.partial(f"{day:%Y%m}00{time}") == f"{day:%Y-%m}"
    assert dates.partial(f"{day:%Y}0000{time}") == f"{day:%Y}"


@given(ANYTHING)
def test_any_text_is_a_date_or_refused(text: str) -> None:
    """Nothing but ValueError is raised, and what is read can be written back."""
    for read in (dates.moment, dates.partial):
        try:
            found = read(text)
        except ValueError:
            continue
        assert str(found)[:4] == text[:4]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "202611",
        "20261102081",
        "2026110208155",
        "20260230",
        "20261301",
        "202611022400",
        "00000000",
        "２０２６１１０２",
    ],
)
def test_half_a_date_is_none(text: str) -> None:
    """Other lengths, days that do not exist, and digits of another script."""
    with pytest.raises(ValueError, match=r"\S"):
        dates.moment(text)


@pytest.mark.parametrize("text", ["20261300", "00000000", "20260230", "19850000123"])
def test_a_partial_date_has_no_month_or_day_that_does_not_exist(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        dates.partial(text)


@given(st.decimals(-(10**14), 10**14, allow_nan=False, allow_infinity=False, places=3))
def test_a_number_keeps_its_digits(value: Decimal) -> None:
    assert str(number(f"{value:f}")) == f"{value:f}"


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    """And what is read is finite."""
    try:
        assert number(text).is_finite()
    except ValueError:
        assert not text.isascii() or not text.isdigit() or len(text) > 15


@given(st.lists(st.text(st.characters(exclude_characters=";"), max_size=6), max_size=6))
def test_a_list_is_its_parts_without_the_empty_ones(parts: list[str]) -> None:
    assert listed(";".join(parts)) == tuple(part.strip() for part in parts if part.strip())


def test_nothing_written_is_an_empty_list() -> None:
    assert listed(None) == ()
