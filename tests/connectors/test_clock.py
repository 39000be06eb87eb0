"""The date in Ho Chi Minh City changes at its own midnight, in both directions of a clock that is set."""

from datetime import UTC, date, datetime

from connectors.clock import Calendar, today
from tests.sandbox.eid.held_clock import HeldClock


def test_the_date_changes_at_midnight_there() -> None:
    """Which is five in the afternoon by UTC; and the date that is remembered is never another one."""
    clock = HeldClock(datetime(2026, 2, 28, 16, 59, 59, tzinfo=UTC))
    calendar = Calendar(clock)
    told = []
    for seconds in (0, 0.5, 1, 3600, 86_400, -86_400, -3_600):
        clock.pass_seconds(seconds)
        assert calendar.today() == today(clock)
        told.append(calendar.today())
    assert told[:5] == [date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2)]
