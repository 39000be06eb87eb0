"""Dates of the book."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.immunization_book import dates

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(DAYS, st.times() | st.none())
def test_every_day_is_read_with_and_without_its_time(day: date, at: time | None) -> None:
    written = f"{day:%d/%m/%Y}" if at is None else f"{at:%H:%M} {day:%d/%m/%Y}"
    assert dates.day(written) == day.isoformat()
    assert dates.birth_date(f"{day:%d/%m/%Y}") == day.isoformat()


@given(st.text(alphabet="0123456789/: \uff11", max_size=18))
def test_whatever_is_read_is_a_day_that_exists(text: str) -> None:
    """And everything else is one error, which does not repeat it."""
    try:
        found = dates.day(text)
    except ValueError as error:
        told = str(error)
    else:
        told = ""
        assert date.fromisoformat(found).year in range(1900, 2100)
    assert len(text) < 6 or text not in told


@pytest.mark.parametrize(
    ("said", "known"),
    [("23/07/2018", "2018-07-23"), ("07/2018", "2018-07"), (" 2018 ", "2018"), ("", None), (None, None)],
)
def test_a_birth_date_is_as_exact_as_it_is_known(said: str | None, known: str | None) -> None:
    assert dates.birth_date(said) == known


@pytest.mark.parametrize("said", ["13/2018", "00/2018", "29/02/2019", "1850", "18", "2018-07-23", "x"])
def test_what_is_no_birth_date_is_an_error(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.birth_date(said)
