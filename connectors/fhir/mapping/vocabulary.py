"""What was made of the words of code systems: kept beyond the answer, for they are the same in everybody's record.

Every citizen's laboratory values bear the same few hundred codes, and reading them anew in each answer costs more than
all else that is read there. What is kept is no copy of anyone's record: a code, its system and the system's own words,
and nothing of whose record it stood in, how often or beside what else. So only what says that much and no more is kept
(``_Words``): nothing with words of an author's own, no reference, no identifier, no element that is not known here.

A source that writes ever new codes makes nothing grow: there is room for so many, and then it is begun anew.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from msgspec import Meta, Struct, json

from connectors.fhir import wire
from connectors.fhir.bundle import UNDECODABLE
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Coding
from connectors.records import CodedText, lasting

_MOST, _LONGEST = 1024, 512
"""Entries of one vocabulary, and bytes of one of them."""
_LEARNT = 2
"""Words of an element that are learnt of one answer: what everybody's records say is met soon enough, and a source that
writes more than such words costs hardly more than without a vocabulary."""

_Said = Annotated[str, Meta(min_length=1)]


class _Code(Struct, rename="camel", forbid_unknown_fields=True):
    """A Coding with nothing beside it."""

    system: _Said
    code: _Said
    display: str | None = None
    version: str | None = None
    user_selected: bool | None = None


class _Words(Struct, rename="camel", forbid_unknown_fields=True):
    """A CodeableConcept that says what its code systems say."""

    coding: Annotated[tuple[_Code, ...], Meta(min_length=1)]
    text: str | None = None

    def __post_init__(self) -> None:
        """Refuse words of an author's own."""
        if self.text is not None and self.text not in [one.display for one in self.coding]:
            raise ValueError("free text")


class _Line(Struct, rename="camel", forbid_unknown_fields=True):
    """The diagnosis of a claim, by its code."""

    sequence: int
    diagnosis_codeable_concept: _Words
    type: tuple[_Words, ...] = ()


_FORMS: Mapping[Any, Any] = {
    CodeableConcept | None: _Words,
    Coding | tuple[CodeableConcept, ...] | None: _Code | tuple[_Words, ...],
    tuple[CodeableConcept, ...]: tuple[_Words, ...],
    CodeableReference | tuple[CodeableReference, ...] | None: _Words | tuple[_Words, ...],
    # Several together may be one person's alone.
    tuple[wire.ClaimDiagnosis, ...]: Annotated[tuple[_Line, ...], Meta(max_length=1)],
}
"""By the type of an element how it is written where it is words of code systems. Nothing is kept of any other."""


class Vocabulary:
    """What was made of one type of element by one maker."""

    def __init__(self, element: Any, default: Any, maker: Callable[[Any], Any] | None) -> None:
        """Know nothing yet.

        Args:
            element: its type.
            default: what it is where it is missing.
            maker: what is made of it; None where it is wanted itself.
        """
        self.words: dict[bytes, Any] = {}
        """What was made, by what was written. Nothing is taken out: where it is full, an empty one takes its place. So
        it may be read in any thread, and two that begin it anew at once lose an entry at worst."""
        self._decode = json.Decoder(element).decode
        self._strictly = json.Decoder(_FORMS[element]).decode if element in _FORMS else None
        self._default = default
        self._maker = maker
        self.known: type[dict[bytes, Any]] = _known(self)
        """What one answer wrote that does not stand here: it makes what it does not have."""

    def make(self, written: bytes) -> Any:
        """What is made of an element."""
        found = self._decode(written) if written else self._default
        return found if self._maker is None else self._maker(found)

    def keep(self, written: bytes, made: Any) -> bool:
        """Keep what was made, for every answer to come; whether that may be."""
        if self._strictly is None or not 0 < len(written) <= _LONGEST:
            return False
        try:
            self._strictly(written)
        except UNDECODABLE:
            return False
        if len(self.words) >= _MOST:
            gone, self.words = self.words, {}
            lasting.forget([*gone.values()])
        # Two threads may have made the same at once: the first one stays.
        if self.words.setdefault(written, made) is made and type(made) is CodedText:
            lasting.keep(made)
        return True


def _known(vocabulary: Vocabulary) -> type[dict[bytes, Any]]:
    class _Known(dict[bytes, Any]):
        __slots__ = ()

        def __missing__(self, written: bytes) -> Any:
            made = self[written] = vocabulary.make(written)
            if len(self) <= _LEARNT:
                vocabulary.keep(written, made)
            return made

    return _Known


vocabulary_of = cache(Vocabulary)
"""The one of an element's type and a maker: whichever fields are wanted, their words are the same."""
