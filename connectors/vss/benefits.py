"""What the benefit digit of a card is usually worth: an indication, never a computation of money.

A card number is ``LL B PP NNNNNNNNNN``: group, benefit digit, province, social-insurance number. Shares by digit
after QĐ 1018/QĐ-BHXH; digit 5 (army, police, cipher) has no published share. Since 2026 the near-poor (group CN) have
the share of digit 2, whatever digit is printed (NQ 261/2025/QH15, letter 38/BYT-BH).
"""

import re
from datetime import date

from msgspec import Struct

CARD_NUMBER = re.compile(r"(?P<group>[A-Z]{2})(?P<digit>\d)\d{12}", re.ASCII)


class _Rule(Struct, frozen=True):
    """From a day on, a group (or every group) has these shares in percent by benefit digit."""

    since: date
    group: str | None
    shares: dict[int, int]


# The last rule that fits decides.
_RULES = (
    _Rule(date.min, None, {1: 100, 2: 100, 3: 95, 4: 80}),
    _Rule(date(2026, 1, 1), "CN", {2: 100, 3: 100}),
)


def level(card_number: str) -> int | None:
    """The benefit digit of a well-formed card number, 1 to 5; none where the digit is none of them."""
    match = CARD_NUMBER.fullmatch(card_number)
    digit = int(match["digit"]) if match else 0
    return digit if 1 <= digit <= 5 else None


def percent(card_number: str, on: date) -> int | None:
    """The usual share in percent at the right tier on that day; none where it is not sure."""
    digit = level(card_number)
    if digit is None:
        return None
    fitting = [rule for rule in _RULES if rule.since <= on and rule.group in (None, card_number[:2])]
    return next((rule.shares[digit] for rule in reversed(fitting) if digit in rule.shares), None)
