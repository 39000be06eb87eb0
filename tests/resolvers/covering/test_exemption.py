"""The yearly limit of co-payments, as a table: said only where every reading agrees."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.records import CoPayment
from resolvers.covering.exemption import Exemption, exemption
from resolvers.covering.rules import RULES
from tests.resolvers.covering.cards import TODAY, card, paid

FIVE = card(five_years_continuous_from=date(2020, 6, 1))
LATER = card(five_years_continuous_from=date(2029, 6, 1))


def said(payments: list[CoPayment], **more: Any) -> Exemption:
    known = {"cards": [FIVE], "cards_complete": True, "payments_complete": True, "on": TODAY, "today": TODAY, **more}
    return exemption(payments=payments, rules=RULES, **known)


@pytest.mark.parametrize(
    ("payments", "more", "state"),
    [
        ([paid(20_000_000)], {}, "EXEMPT"),
        ([paid(9_000_000), paid(9_000_000, date(2026, 9, 1), 18_000_000)], {}, "EXEMPT"),
        ([paid(1_000_000)], {}, "NOT_EXEMPT"),
        ([], {}, "NOT_EXEMPT"),
        ([paid(14_500_000)], {}, "CANNOT_SAY"),
        ([paid(20_000_000, year_to_date=1_000_000)], {}, "CANNOT_SAY"),
        ([paid(20_000_000, on=None)], {}, "CANNOT_SAY"),
        ([paid(20_000_000, date(2025, 12, 30))], {}, "NOT_EXEMPT"),
        ([paid(20_000_000)], {"cards": [LATER]}, "NOT_EXEMPT"),
        ([paid(20_000_000)], {"cards": [LATER], "cards_complete": False}, "CANNOT_SAY"),
        ([paid(20_000_000)], {"cards": []}, "CANNOT_SAY"),
        ([paid(20_000_000)], {"payments_complete": False}, "EXEMPT"),
        ([paid(1_000_000)], {"payments_complete": False}, "CANNOT_SAY"),
        ([paid(1_000_000)], {"on": date(2026, 12, 24)}, "CANNOT_SAY"),
        ([paid(20_000_000)], {"on": date(2027, 1, 1)}, "CANNOT_SAY"),
        ([paid(20_000_000, date(2020, 1, 1))], {"on": date(2020, 2, 1), "cards": [card()]}, "CANNOT_SAY"),
    ],
)
def test_the_limit_is_judged_by_every_reading_of_what_is_known(
    payments: list[CoPayment], more: dict[str, Any], state: str
) -> None:
    """Between the two base salaries that may hold, and between the insurer's sum and ours, nothing is said."""
    assert said(payments, **more).state.name == state


def test_money_is_exact_and_a_limit_that_is_not_verified_says_so() -> None:
    """The base salary since 2024 is known from its decree; the next one is not."""
    known = said([paid(1)], on=date(2025, 6, 1))
    assert (known.limit, known.limit_verified) == (Decimal(14_040_000), True)
    assert said([paid(100), paid(250)]).paid == Decimal(350)
    assert not said([]).limit_verified


def test_f3_of_a_silent_insurer_no_sum_is_made() -> None:
    """Nothing found is not 'nothing paid'."""
    assert said([], payments_complete=False).paid is None
