"""Schedules are dated data that is checked at start."""

from datetime import date

import msgspec
import pytest

from resolvers.forecast import schedule
from resolvers.forecast.vaccines import ANTIGENS


@pytest.mark.parametrize(
    ("day", "id_"),
    [
        (date(2020, 1, 1), "TT-10-2024"),
        (date(2026, 2, 14), "TT-10-2024"),
        (date(2026, 2, 15), "TT-52-2025"),
        (date(2026, 6, 30), "TT-52-2025"),
        (date(2026, 7, 1), "TT-13-2026"),
    ],
)
def test_the_schedule_of_a_day_is_the_one_in_force(day: date, id_: str) -> None:
    """Each circular replaces the one before."""
    assert schedule.on(day).named.id == id_


def test_every_series_is_of_a_known_antigen() -> None:
    """Whose name and codes can be shown."""
    assert {series.antigen for series in schedule.FILE.series} <= set(ANTIGENS)


@pytest.mark.parametrize(
    ("span", "day", "after"),
    [
        ("1m", date(2025, 1, 31), date(2025, 2, 28)),
        ("7y", date(2024, 2, 29), date(2031, 2, 28)),
        ("6w", date(2025, 1, 1), date(2025, 2, 12)),
        ("28d", date(2025, 1, 1), date(2025, 1, 29)),
    ],
)
def test_a_span_follows_the_calendar(span: str, day: date, after: date) -> None:
    """A month that has no such day ends on its last."""
    assert schedule.Span.parse(span).after(day) == after


@pytest.mark.parametrize("text", ["", "schedules = []", 'rules = { until_age = "16 years" }'])
def test_a_broken_file_stops_the_start(text: str) -> None:
    """Nobody forecasts by half a schedule."""
    with pytest.raises(msgspec.ValidationError):
        schedule.load(text)
