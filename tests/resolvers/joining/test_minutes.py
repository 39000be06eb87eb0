"""The minute by which records of two systems meet: it depends on the moment alone, however that is written."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from random import Random
from zoneinfo import ZoneInfo

import pytest

from resolvers.joining.codes import minute

ZONES = (
    UTC,
    ZoneInfo("Asia/Ho_Chi_Minh"),
    ZoneInfo("Europe/Paris"),
    timezone(timedelta(hours=7)),
    timezone(-timedelta(hours=3, minutes=30)),
    timezone(timedelta(seconds=30)),
    timezone(-timedelta(microseconds=1)),
)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_minute_is_that_of_utc(zone: tzinfo) -> None:
    """Of any zone, also where a clock is put back, and in centuries with an offset of odd seconds."""
    rng = Random(7)  # noqa: S311 - chance, not secrecy
    for _ in range(2000):
        at = datetime(2, 1, 1, tzinfo=zone) + timedelta(seconds=rng.randrange(9997 * 365 * 86400))
        at = at.replace(fold=rng.randrange(2))
        assert minute(at) == (f"{at.astimezone(UTC).isoformat()[:16]}:00+00:00",)


def test_a_moment_at_the_end_of_the_calendar_stays_where_it_is() -> None:
    """There is no other zone there."""
    assert minute(datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=7)))) == (
        "9999-12-31T23:59:00+00:00",
    )
    assert minute(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7)))) == ("0001-01-01T00:00:00+00:00",)
    assert minute(None) is None
