"""Plain values out of JSON."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.clock import HO_CHI_MINH
from connectors.rest import values
from connectors.rest.values import SCALARS

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.one_of(st.none(), OFFSETS))  # noqa: DTZ001 - the time zones are drawn


@given(MOMENTS)
def test_a_moment_is_the_same_moment_and_without_an_offset_the_citys(moment: datetime) -> None:
    """ISO 8601 and a form of the configuration tell the same."""
    wanted = moment if moment.tzinfo else moment.replace(tzinfo=HO_CHI_MINH)
    assert values.moment(moment.isoformat()) == wanted
    if moment.tzinfo is None:
        minute = moment.replace(second=0, microsecond=0)
        assert values.moment(f"{minute:%H:%M %d/%m/%Y}", "%H:%M %d/%m/%Y") == minute.replace(tzinfo=HO_CHI_MINH)


@given(MOMENTS)
def test_the_day_of_a_moment_is_its_day_in_the_city(moment: datetime) -> None:
    wanted = (moment if moment.tzinfo else moment.replace(tzinfo=HO_CHI_MINH)).astimezone(HO_CHI_MINH).date()
    assert values.day(moment.isoformat()) == wanted
    assert values.partial_date(moment.isoformat()) == wanted.isoformat()


@given(DAYS)
def test_a_day_is_the_same_day_in_every_form(day: date) -> None:
    assert values.day(day.isoformat()) == values.day(f"{day:%d/%m/%Y}", "%d/%m/%Y") == day
    assert values.moment(day.isoformat()) == datetime(day.year, day.month, day.day, tzinfo=HO_CHI_MINH)
    assert values.partial_date(day.isoformat()) == day.isoformat()
    assert values.partial_date(f"{day:%d/%m/%Y}", "%d/%m/%Y") == day.isoformat()


@pytest.mark.parametrize("said", ["2019", "2019-04"])
def test_a_partial_date_may_know_no_more(said: str) -> None:
    assert values.partial_date(said) == said


@pytest.mark.parametrize(
    "said", ["2019-13", "2019-00", "0019", "9999", "2019-02-30", "19", "2019-4", "２０１９", "", None]
)
def test_what_is_no_partial_date_is_an_error(said: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        values.partial_date(said)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_keeps_its_digits(exact: Decimal) -> None:
    """From the text that the decoder leaves of a fraction."""
    assert str(values.number(f"{exact:f}")) == f"{exact:f}"


@given(st.integers())
def test_a_whole_number_has_32_bits_or_is_none(number: int) -> None:
    if abs(number) < 2**31:
        assert values.whole(number) == values.whole(str(number)) == number
    else:
        with pytest.raises(ValueError, match=r"."):
            values.whole(number)


@pytest.mark.parametrize("said", ["1e999999999", "NaN", "Infinity", "1_0", "0x1", "", " ", True, None, [], "1" * 5000])
def test_what_is_no_number_is_an_error(said: Any) -> None:
    """No exponent or length that would fill the memory, and no word that Python takes for a number."""
    for read in (values.number, values.whole):
        with pytest.raises(ValueError, match=r"."):
            read(said)
    assert values.number("1.5e2") == 150
    with pytest.raises(ValueError, match="whole"):
        values.whole("1.5")


@pytest.mark.parametrize(("said", "wanted"), [(" a ", "a"), ("", None), ("  ", None), (7, "7"), (-1, "-1")])
def test_a_text_is_what_it_says(said: Any, wanted: str | None) -> None:
    assert values.text(said) == wanted


@pytest.mark.parametrize("kind", list(SCALARS), ids=str)
@given(
    said=st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.lists(st.none()) | st.just({}),
    form=st.none() | st.sampled_from(["%d/%m/%Y", "%Y-%m-%dT%H:%M:%S%z"]),
)
def test_a95_any_value_at_all_is_read_or_a_value_error(kind: Any, said: Any, form: str | None) -> None:
    """No other exception leaves, and what is read is of its type."""
    try:
        found = SCALARS[kind](said, form)
    except ValueError:
        return
    assert found is None or isinstance(found, str if callable(getattr(kind, "__supertype__", None)) else kind)
    if isinstance(found, datetime):
        assert found.astimezone(UTC).year in range(1899, 2201)
