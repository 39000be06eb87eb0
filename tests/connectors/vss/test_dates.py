"""Dates of the portal, in every form it uses."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.records import PartialDate
from connectors.vss import dates

unhurried = settings(deadline=None)  # how long one example takes says nothing on a busy machine


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("03/02/1985", "1985-02-03"),
        ("02/1985", "1985-02"),
        ("1985", "1985"),
        ("03021985", "1985-02-03"),
        ("19850203", "1985-02-03"),
        ("198502030815", "1985-02-03"),
        ("19850203081559", "1985-02-03"),
        (" 1985 ", "1985"),
        (1985, "1985"),
        ("", None),
        (None, None),
    ],
)
def test_every_form_of_a_date(text: str | int | None, wanted: str | None) -> None:
    """As exact as it is known, and no more."""
    assert dates.partial_date(text) == wanted


@pytest.mark.parametrize("text", ["29/02/2025", "00/00/1985", "31/12/0001", "2026-01-01", "\uff11985", "1985\n02", "0"])
def test_what_is_no_date_is_refused_without_repeating_it(text: str) -> None:
    """The text of the error is ours."""
    with pytest.raises(ValueError, match=r".") as caught:
        dates.partial_date(text)
    assert text not in str(caught.value)


@unhurried
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_both_forms_of_eight_digits_mean_the_same_day(day: date) -> None:
    """Written either way round, a day is read as itself: the two forms cannot be mixed up."""
    wanted = day.isoformat()
    assert dates.partial_date(f"{day:%d%m%Y}") == wanted
    assert dates.partial_date(f"{day:%Y%m%d}") == wanted
    assert dates.partial_date(dates.written(PartialDate(wanted))) == wanted
