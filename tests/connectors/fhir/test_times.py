"""Dates and numbers are read by the shortest way, and come out as by the plain one."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.clock import HO_CHI_MINH
from connectors.fhir.mapping.elements import Unreadable, exact
from connectors.fhir.mapping.times import day, moment, partial

HERE = timezone(timedelta(hours=7))
ZONES = st.sampled_from([UTC, HERE, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=45))])
MOMENTS = st.datetimes(datetime(1000, 1, 3), datetime(2999, 12, 29), timezones=ZONES)  # noqa: DTZ001 - see timezones
DAYS = st.dates(date(1000, 1, 2), date(2999, 12, 30))


@given(MOMENTS, st.sampled_from(["auto", "seconds", "milliseconds"]), st.booleans())
def test_a_moment_is_what_the_calendar_says(at: datetime, form: str, zulu: bool) -> None:
    text = at.isoformat(timespec=form)
    text = text.replace("+00:00", "Z") if zulu else text
    plain = datetime.fromisoformat(text)
    assert moment(text) == plain
    assert partial(text) == plain.astimezone(HO_CHI_MINH).date().isoformat()
    assert day(text) == plain.astimezone(HO_CHI_MINH).date()


@given(DAYS)
def test_a_day_begins_at_midnight_in_the_city(on: date) -> None:
    text = on.isoformat()
    assert moment(text) == datetime(on.year, on.month, on.day, tzinfo=HO_CHI_MINH)
    assert (partial(text), day(text)) == (text, on)


def test_moments_of_the_city_share_one_zone() -> None:
    """However they are written: what is of one zone is ordered several times as fast."""
    texts = ("2026-05-04", "2026-05-04T08:00:00+07:00", "2026-05-04T08:00:00.5+07:00", "2026-05-04T08:00:60+07:00")
    zones = {id(at.tzinfo) for text in texts if (at := moment(text)) is not None}
    assert len(zones) == 1


@given(
    st.text(max_size=30) | st.from_regex(r"[12]\d{3}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?", fullmatch=True)
)
def test_whatever_stands_there_is_a_moment_with_a_zone_or_none(text: str) -> None:
    at, known = moment(text), partial(text)
    assert at is None or (at.tzinfo is not None and 1000 <= at.year < 3000)
    assert known is None or known[0] in "12"


@pytest.mark.parametrize(
    "text", ["0999-01-01", "3000-01-01", "2026-02-30", "2026-05-04T25:00:00Z", '2026-05-04T08:00:00Z" ', "2026-W19-1"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert (moment(text), partial(text), day(text)) == (None, None, None)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**37), max_value=10**37, places=2))
def test_a_number_keeps_the_digits_that_the_source_wrote(value: Decimal) -> None:
    assert str(exact(value)) == str(value)


@pytest.mark.parametrize(
    "text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e41", "-1e41", "1e-41", "1e999999", "1" * 41, f"1.{'0' * 40}"]
)
def test_a_number_beyond_any_measure_is_none(text: str) -> None:
    with pytest.raises(Unreadable):
        exact(Decimal(text))
