"""How long results can be used again, and by what a test is known: dated data, read and checked once at start."""

from collections import Counter
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from connectors.records import CodedText
from resolvers.joining.codes import LOINC, codes, words

_SERVICES = "MA_DICH_VU"
"""The field of the claims XML that holds a code of the ministry's service list; systems of such codes end in it."""


class KnownTest(Struct, frozen=True, forbid_unknown_fields=True):
    """One test with the codes and names by which systems write it."""

    id: str
    loinc: Annotated[tuple[str, ...], Meta(min_length=1)]
    names: tuple[str, ...]
    source: str
    """Why it holds so long."""
    verified: bool
    """Whether a clinician or a legal text stands behind the days."""
    services: tuple[str, ...] = ()
    days: Annotated[int, Meta(ge=1)] | None = None
    """For how many days a result can be used again; none for what does not grow old."""
    caution: str | None = None
    """Key of a sentence that must stand beside a result, among the words of ``retesting``."""
    report: bool = False
    """Whether its result is a report in words, as of imaging."""

    def is_named_by(self, concept: CodedText) -> bool:
        """Whether a result or a report with these words and codes is of this test.

        Words count only where no LOINC code says what it is: *Glucose* is several tests.
        """
        found = codes(concept)
        loinc = {code for system, code in found if system == LOINC}
        if loinc:
            return not loinc.isdisjoint(self.loinc)
        services = {code for system, code in found if system.endswith(_SERVICES)}
        return not services.isdisjoint(self.services) or words(concept.text) in {words(name) for name in self.names}


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the rules."""

    version: str
    tests: tuple[KnownTest, ...]

    def __post_init__(self) -> None:
        named = Counter(code for test in self.tests for code in (*test.loinc, *test.services))
        if any(count > 1 for count in named.values()):
            raise ValueError("a code stands for one test")

    def find(self, code: str) -> KnownTest | None:
        """The test of that LOINC or service code; none for a code that is not in the table: it is not guessed."""
        return next((test for test in self.tests if code in test.loinc or code in test.services), None)


def load(text: str) -> Rules:
    """Read a file of rules.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return msgspec.toml.decode(text, type=Rules)


RULES = load(resources.files(__package__).joinpath("validity.toml").read_text(encoding="utf-8"))
