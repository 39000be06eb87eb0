"""What tells of a pregnancy, and how often a pregnant woman is seen: dated data, read and checked once at start."""

from collections.abc import Iterable
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from connectors.records import CodedText
from resolvers.joining.codes import codes

Days = Annotated[int, Meta(ge=1)]


class CodeSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Codes of one system, by how they begin."""

    system: str
    beginnings: Annotated[tuple[str, ...], Meta(min_length=1)]


class Observed(Struct, frozen=True, forbid_unknown_fields=True):
    """Observations that tell of a pregnancy, by LOINC code."""

    delivery: tuple[str, ...]
    status: tuple[str, ...]
    pregnant: tuple[CodeSet, ...]


class Interval(Struct, frozen=True, forbid_unknown_fields=True):
    """Until when the next visit is."""

    until_week: Days
    days: Days


class Antenatal(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the rules; ``antenatal.toml`` says what each number means."""

    version: str
    id: str
    source: str
    verified: bool
    visits: Annotated[tuple[Interval, ...], Meta(min_length=1)]
    overdue_days: Days
    goes_on: tuple[CodeSet, ...]
    ends: tuple[CodeSet, ...]
    observations: Observed

    def __post_init__(self) -> None:
        weeks = [each.until_week for each in self.visits]
        if weeks != sorted(set(weeks)):
            raise ValueError("the weeks of the visits rise")

    def interval(self, week: int) -> int | None:
        """Days after a visit in that week until the next; none beyond the last week."""
        return next((each.days for each in self.visits if week < each.until_week), None)


def load(text: str) -> Antenatal:
    """Read a file of rules.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return msgspec.toml.decode(text, type=Antenatal)


def among(sets: Iterable[CodeSet], concept: CodedText) -> bool:
    """Whether the concept bears a code that begins so."""
    known = codes(concept)
    return any(
        system == one.system and code.upper().startswith(one.beginnings) for one in sets for system, code in known
    )


ANTENATAL = load(resources.files(__package__).joinpath("antenatal.toml").read_text(encoding="utf-8"))
