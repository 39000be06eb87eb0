"""The usual share of the costs by benefit digit."""

from datetime import date

import pytest

from connectors.vss import benefits


@pytest.mark.parametrize(
    ("number", "on", "percent"),
    [
        ("TE1797999998101", date(2026, 1, 1), 100),
        ("HN2797999998101", date(2026, 1, 1), 100),
        ("HT3797999998101", date(2026, 1, 1), 95),
        ("GD4797999998101", date(2026, 1, 1), 80),
        ("QN5797999998101", date(2026, 1, 1), None),
        ("GD9797999998101", date(2026, 1, 1), None),
        ("GD0797999998101", date(2026, 1, 1), None),
        ("CN3797999998101", date(2025, 12, 31), 95),
        ("CN3797999998101", date(2026, 1, 1), 100),
        ("CN2797999998101", date(2026, 1, 1), 100),
        ("CN4797999998101", date(2026, 1, 1), 80),
        ("no card", date(2026, 1, 1), None),
    ],
)
def test_the_usual_share_by_digit_and_day(number: str, on: date, percent: int | None) -> None:
    """Digit 5 and unknown digits have no percentage; the near-poor have 100 since 2026."""
    assert benefits.percent(number, on) == percent
