"""The rules of screening programmes: dated data, read and checked once at start."""

from collections.abc import Mapping
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from connectors.records import CodedText, Coding, Sex
from resolvers.joining.codes import LOINC, codes

SYSTEM = "urn:citizen-graph:screening-programme"
"""Of the codes of programmes: the ids of the file."""
_SNOMED = "http://snomed.info/sct"
Days = Annotated[int, Meta(ge=1)]
Age = Annotated[int, Meta(ge=0)]


class Test(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sort of test that counts, by its codes."""

    __test__ = False  # pytest takes a class of this name for a test

    loinc: tuple[str, ...] = ()
    snomed: tuple[str, ...] = ()
    next_days: Days | None = None
    """Days after a normal result until the next; none for what is done once in a life."""


class Programme(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One programme."""

    id: str
    source: str
    verified: bool
    tests: Annotated[tuple[Test, ...], Meta(min_length=1)]
    sex: Sex | None = None
    from_age: Age | None = None
    until_age: Age | None = None

    @property
    def text(self) -> CodedText:
        """The programme as a record names it: by its id, for which every language has words."""
        return CodedText(text=self.id, codings=(Coding(system=SYSTEM, code=self.id),))


class CodeSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Some codes of one system."""

    system: str
    codes: frozenset[str]


class Programmes(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the rules; ``screening.toml`` says what each number means."""

    version: str
    normal: tuple[CodeSet, ...]
    programmes: tuple[Programme, ...]

    def __post_init__(self) -> None:
        seen = [code for programme in self.programmes for test in programme.tests for code in _codes(test)]
        if len(seen) != len(set(seen)):
            raise ValueError("a code counts for one test of one programme")

    def is_normal(self, result: CodedText | None) -> bool:
        """Whether the result says so by code. Words are never read as 'normal', and several codes must all say it."""
        known = set(codes(result)) if result else set()
        normal = {(one.system, code) for one in self.normal for code in one.codes}
        return bool(known) and all(pair in normal for pair in known)


def _codes(test: Test) -> list[tuple[str, str]]:
    return [*((LOINC, code) for code in test.loinc), *((_SNOMED, code) for code in test.snomed)]


def load(text: str) -> Programmes:
    """Read a file of rules.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return msgspec.toml.decode(text, type=Programmes)


PROGRAMMES = load(resources.files(__package__).joinpath("screening.toml").read_text(encoding="utf-8"))
_BY_CODE: Mapping[tuple[str, str], tuple[Programme, Test]] = {
    pair: (programme, test) for programme in PROGRAMMES.programmes for test in programme.tests for pair in _codes(test)
}
_BY_ID = {programme.id: programme for programme in PROGRAMMES.programmes}


def counting(concept: CodedText) -> tuple[Programme, Test] | None:
    """The programme for which a test of that name counts, and which of its tests it is."""
    found = [_BY_CODE[pair] for pair in codes(concept) if pair in _BY_CODE]
    return found[0] if len({programme.id for programme, _ in found}) == 1 else None


def named(concept: CodedText) -> Programme | None:
    """The programme of that name; none for a programme that only its source knows."""
    ids = [code for system, code in codes(concept) if system == SYSTEM and code in _BY_ID]
    return _BY_ID[ids[0]] if len(set(ids)) == 1 else None
