"""What lies in a period: whatever might."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.records import PartialDate
from resolvers.period import within

APRIL = (date(2019, 4, 1), date(2019, 4, 30))


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (None, True),
        ("2019", True),
        ("2018", False),
        ("2019-04", True),
        ("2019-03", False),
        ("2019-04-30", True),
        ("2019-05-01", False),
        (date(2019, 4, 1), True),
        (date(2019, 3, 31), False),
        (datetime.max.replace(tzinfo=UTC), False),
        (datetime(2019, 3, 31, 18, tzinfo=UTC), True),  # already 1 April in Ho Chi Minh City
        (datetime(2019, 4, 30, 18, tzinfo=UTC), False),  # already 1 May
    ],
)
def test_a_moment_against_a_month(moment: Any, *, inside: bool) -> None:
    """A date known in part is kept when it might lie inside; one that is unknown always is."""
    assert within(*APRIL)(moment) is inside


def test_an_open_period_holds_everything() -> None:
    """No bounds, no filter."""
    assert all(within(None, None)(moment) for moment in (None, PartialDate("2019"), date(1900, 1, 1)))
