"""Time is passed in: nobody but this file asks the machine what time it is."""

import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

HO_CHI_MINH = ZoneInfo("Asia/Ho_Chi_Minh")
"""Time zone of a source that writes no offset, and of every "today"."""


class Clock(Protocol):
    """The two times a gateway needs: the calendar's, and a stop-watch's."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC: for tokens, provenance and ages."""

    def monotonic(self) -> float:
        """Seconds that never jump: for deadlines and durations."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The system's wall clock."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The system's stop-watch."""
        return time.monotonic()


def today(clock: Clock) -> date:
    """The calendar date in Ho Chi Minh City."""
    return clock.now().astimezone(HO_CHI_MINH).date()
