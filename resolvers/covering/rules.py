"""What decides about a visit under health insurance: dated data with its legal source."""

from datetime import date
from decimal import Decimal
from importlib import resources

import msgspec
from msgspec import Struct


class BaseSalary(Struct, frozen=True, forbid_unknown_fields=True):
    """The base salary (lương cơ sở) from a day on, in VND."""

    since: date
    amount: Decimal
    source: str
    verified: bool
    """Whether the amount and its first day are known from a legal text."""


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the rules; ``rules.toml`` says where each is written."""

    version: str
    grace_days: int
    """Days for which a card that ends during a stay is honoured."""
    child_years: int
    """Age up to which a child is insured without showing a card."""
    limit_base_salaries: int
    """Co-payments above so many base salaries in a year end co-payment."""
    base_salaries: tuple[BaseSalary, ...]

    def limits(self, on: date) -> tuple[Decimal, ...]:
        """The yearly limits of co-payments that may hold on that day, the one most likely last; none before the first.

        More than one where the latest base salary is not verified: then the one before it may still hold.
        """
        begun = [salary for salary in self.base_salaries if salary.since <= on]
        sure = max((place for place, salary in enumerate(begun) if salary.verified), default=0)
        return tuple(salary.amount * self.limit_base_salaries for salary in begun[sure:])


RULES = msgspec.toml.decode(resources.files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"), type=Rules)
