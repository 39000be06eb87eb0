"""Ages that decide who agrees to what: dated data with its legal source."""

from datetime import date, datetime, time
from importlib import resources

import msgspec
from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import PartialDate
from resolvers.access.ages import anniversary
from resolvers.partial_dates import earliest, latest


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """Ages that count from a day on."""

    since: date
    ages: tuple[int, ...]
    source: str
    verified: bool
    """Whether it stands so in a legal text; otherwise it is our reading of one."""


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the rules; ``rules.toml`` says where each is written."""

    version: str
    asked_again: tuple[Step, ...]
    """Birthdays on which a consent ends."""
    child_agrees: tuple[Step, ...]
    """From this age on a child agrees beside the representative."""
    own_account: tuple[Step, ...]
    """From this age on a child agrees by an account of their own."""
    against_representatives: tuple[Step, ...]
    """From this age on a minor may hide something from those who represent them."""


RULES = msgspec.toml.decode(resources.files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"), type=Rules)


def ages(steps: tuple[Step, ...], on: date) -> tuple[int, ...]:
    """The ages that count on that day; none before the first step."""
    begun = [step for step in steps if step.since <= on]
    return max(begun, key=lambda step: step.since).ages if begun else ()


def has_surely_reached(born: PartialDate, steps: tuple[Step, ...], on: date) -> bool:
    """Whether somebody born then is that old for certain, at the latest birthday that the date allows."""
    return any(on >= anniversary(latest(born), age) for age in ages(steps, on))


def may_have_reached(born: PartialDate, steps: tuple[Step, ...], on: date) -> bool:
    """Whether somebody born then could be that old, at the earliest birthday that the date allows."""
    return any(on >= anniversary(earliest(born), age) for age in ages(steps, on))


def asked_again(born: PartialDate, on: date) -> datetime | None:
    """When a consent given on that day is asked for again; ``None`` once the last of these birthdays is over.

    Of a birthday that is known only in part the first possible day counts that is yet to come.
    """
    coming = [
        day
        for age in ages(RULES.asked_again, on)
        for day in (anniversary(earliest(born), age), anniversary(latest(born), age))
        if day > on
    ]
    return datetime.combine(min(coming), time(), HO_CHI_MINH) if coming else None
