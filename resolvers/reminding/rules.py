"""What citizens are reminded of: dated data, read and checked once at start."""

from collections import Counter
from importlib import resources
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Days = Annotated[int, Meta(ge=1)]


class Check(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that is checked again after some time."""

    id: str
    kind: Literal["SCREENING", "FOLLOW_UP"]
    loinc: Annotated[tuple[str, ...], Meta(min_length=1)]
    due_days: Days
    source: str
    verified: bool
    overdue_days: Days | None = None
    """None for what is never called late."""
    conditions: tuple[str, ...] = ()
    """Beginnings of ICD-10 codes of those for whom it is."""
    unless: tuple[str, ...] = ()
    """Beginnings of ICD-10 codes of those for whom it is not."""
    from_age: Annotated[int, Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        if bool(self.conditions) == (self.from_age is not None):
            raise ValueError("a check is for those with a condition, or of an age")
        if self.overdue_days is not None and self.overdue_days < self.due_days:
            raise ValueError("nothing is late before it is due")


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the rules; ``rules.toml`` says what each number means."""

    version: str
    ahead_days: Days
    appointment_days: Days
    referral_days: Days
    card_days: Days
    course_days: Days
    refill_days_before: Days
    refill_days_after: Days
    checks: tuple[Check, ...]

    def __post_init__(self) -> None:
        if any(count > 1 for count in Counter(check.id for check in self.checks).values()):
            raise ValueError("every check has an id of its own")


def load(text: str) -> Rules:
    """Read a file of rules.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return msgspec.toml.decode(text, type=Rules)


RULES = load(resources.files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))
