"""The codes that tell sections apart: data with its source, read and checked once at start."""

from importlib import resources

import msgspec
from msgspec import Struct

from connectors.records import CodedText
from resolvers.joining.codes import codes


class CodeSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Some codes of one system."""

    system: str
    codes: frozenset[str]

    def has(self, concept: CodedText) -> bool:
        """Whether the concept bears one of them."""
        return any(system == self.system and code in self.codes for system, code in codes(concept))


class Codes(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds."""

    pregnancy: CodeSet
    """Observations of the pregnancy section."""
    none_known: tuple[CodeSet, ...]
    """Statements that there is nothing at all: no known allergies, no known problems ..."""

    def states_none(self, concept: CodedText) -> bool:
        """Whether the concept is such a statement."""
        return any(known.has(concept) for known in self.none_known)


CODES = msgspec.toml.decode(
    resources.files("resolvers.summarising").joinpath("codes.toml").read_text(encoding="utf-8"), type=Codes
)
