"""Steps of age at which the law changes who decides: dated data, judged on the day of the request.

A birth date that is known only in part is read against whoever would gain by it: ``reached`` tells the steps that are
reached for certain, ``may_be_reached`` those that could be.
"""

from collections import Counter
from datetime import MAXYEAR, date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from connectors.records import PartialDate
from resolvers.partial_dates import earliest, latest


class Step(StrEnum):
    """A step of age, by what it opens or ends."""

    E_ID = "E_ID"
    DATA_CONSENT = "DATA_CONSENT"
    SUBSTITUTION_TREATMENT = "SUBSTITUTION_TREATMENT"
    OWN_ACCOUNT = "OWN_ACCOUNT"
    HIV_TEST = "HIV_TEST"
    PRIVATE_CARE = "PRIVATE_CARE"
    ADULT = "ADULT"


class Threshold(Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """At which age a step is reached, and while which law is in force."""

    id: Step
    age: Annotated[int, Meta(ge=0, le=120)]
    since: date
    source: str
    verified: bool
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


class Ages(Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """One edition of the steps."""

    version: str
    steps: tuple[Threshold, ...]

    def __post_init__(self) -> None:
        for step in Step:
            told = sorted((one for one in self.steps if one.id is step), key=lambda one: one.since)
            if not told:
                raise ValueError(f"no age for {step}")
            if any(one.until is None or one.until >= next_.since for one, next_ in pairwise(told)):
                raise ValueError(f"two ages at once for {step}")
        if any(count > 1 for count in Counter((one.id, one.since) for one in self.steps).values()):
            raise ValueError("a step begins once on a day")

    def age(self, step: Step, on: date) -> int:
        """The age of that step by the law of that day.

        Raises:
            LookupError: no law of that day has one.
        """
        for one in self.steps:
            if one.id is step and one.holds(on):
                return one.age
        raise LookupError(step)

    def reached(self, born: PartialDate, on: date) -> frozenset[Step]:
        """The steps that somebody born then has reached for certain."""
        return _reached(self, _years(latest(born), on), on)

    def may_be_reached(self, born: PartialDate, on: date) -> frozenset[Step]:
        """The steps that somebody born then could have reached."""
        return _reached(self, _years(earliest(born), on), on)


def _years(birthday: date, on: date) -> int:
    """Full years of age; who was born on 29 February has a birthday on 1 March in other years."""
    return on.year - birthday.year - ((on.month, on.day) < (birthday.month, birthday.day))


@lru_cache(maxsize=1024)
def _reached(ages: Ages, years: int, on: date) -> frozenset[Step]:
    return frozenset(one.id for one in ages.steps if one.holds(on) and years >= one.age)


def anniversary(born: date, years: int) -> date:
    """The birthday that many years later; 1 March for those born on 29 February, the last day there is beyond it."""
    if born.year + years > MAXYEAR:
        return date.max
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def load(text: str) -> Ages:
    """Read a file of steps.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return msgspec.toml.decode(text, type=Ages)


AGES = load(resources.files(__package__).joinpath("ages.toml").read_text(encoding="utf-8"))
