"""Dates known in part bracket every day that they can mean."""

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from connectors.records import PartialDate
from resolvers.partial_dates import earliest, latest


@given(st.dates())
@example(date.max)
@example(date(2024, 2, 29))
def test_partial_dates_bracket_every_day_that_they_can_mean(day: date) -> None:
    """Year, month and day of the same date, to the end of the calendar."""
    for known in (day.isoformat()[:4], day.isoformat()[:7], day.isoformat()):
        assert earliest(PartialDate(known)) <= day <= latest(PartialDate(known))
