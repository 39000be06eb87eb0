"""A clock that stands still until it is told to move: no test of ours ever sleeps."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""Noon in Ho Chi Minh City on the sandbox city's reference date."""


class HeldClock:
    """A ``connectors.clock.Clock`` whose two times move together, by ``pass_seconds`` alone."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._monotonic = 1_000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def pass_seconds(self, seconds: float) -> None:
        """Let that much time go by."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
