"""Time is passed in: nobody but this file asks the machine what time it is."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
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

    # Looked at many times a request: so these are the machine's own functions, with nothing round them.
    now = staticmethod(partial(datetime.now, UTC))
    """The system's wall clock."""
    monotonic = staticmethod(time.monotonic)
    """The system's stop-watch."""


class Calendar:
    """The calendar date in Ho Chi Minh City, for those who ask all the time: it is worked out once a day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._day = today(clock)
        self._from = self._to = clock.now()

    def today(self) -> date:
        """The date now."""
        now = self._clock.now()
        if not self._from <= now < self._to:
            self._day = now.astimezone(HO_CHI_MINH).date()
            begins = datetime.combine(self._day, datetime.min.time(), HO_CHI_MINH)
            self._from = begins.astimezone(UTC)
            self._to = (begins + timedelta(days=1)).astimezone(UTC)
        return self._day


def today(clock: Clock) -> date:
    """The calendar date in Ho Chi Minh City."""
    return clock.now().astimezone(HO_CHI_MINH).date()
