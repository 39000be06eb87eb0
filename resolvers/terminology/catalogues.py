"""Catalogues of codes and their words: data, loaded once, and refused at start where it is not whole.

What a catalogue is stands in ``catalogues.toml``; its words in ``languages/<tag>/<name>.toml``, one file for each
language; those of the schema's enumerations in ``languages/<tag>/enums.toml``. A code without words is no fault: then
the source's own text is shown.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec
from msgspec import Struct

from resolvers.language import LANGUAGES

_ENUMS = "enums"
_CHAPTER = re.compile(r"([A-Z][0-9]{2})-([A-Z][0-9]{2})")
WHAT = "what"
"""What most codes say: the thing itself. Codes of several systems that say it mean the same (FHIR CodeableConcept)."""


class Catalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list of codes."""

    version: str
    """Edition of the codes, or the decision that set them."""
    source: str
    """Whose codes they are, and whose words."""
    systems: tuple[str, ...] = ()
    """URIs under which sources name it; none for a list that a plain field of the graph uses."""
    fields: tuple[str, ...] = ()
    """Fields of the graph that carry its codes as plain text: ``Allergy.status``."""
    says: str = WHAT
    """What its codes say of a fact. Codes that say different things are both part of the words."""
    less_exact: bool = False
    """Whether its codes say less than a source's text does, as an ingredient without its strength."""


class Known(Struct, frozen=True):
    """The catalogue of a system, and its words in one language."""

    catalogue: Catalogue
    words: Mapping[str, str]
    chapters: tuple[tuple[str, str, str], ...] = ()
    """First and last category of each chapter, and its words: its key in the file is ``I00-I99``."""

    def wider(self, code: str) -> str | None:
        """Words for what that code belongs to: its category, else its chapter."""
        category, dot, _ = code.partition(".")
        if dot and category in self.words:
            return self.words[category]
        return next((text for first, last, text in self.chapters if first <= category <= last), None)


def load(folder: Traversable, catalogues: Mapping[str, Catalogue]) -> dict[str, Mapping[str, str]]:
    """The words of every catalogue in the language of that folder.

    Raises:
        ValueError: a file is missing, holds something else than words, or belongs to no catalogue.
    """
    files = {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}
    files.pop(_ENUMS, None)
    if files.keys() != catalogues.keys():
        raise ValueError(f"{folder.name}: files and catalogues differ: {sorted(files.keys() ^ catalogues.keys())}")
    found = {
        name: msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, str])
        for name, file in files.items()
    }
    silent = [f"{name}: {code}" for name, words in found.items() for code, text in words.items() if not text.strip()]
    if silent:
        raise ValueError(f"{folder.name}: no words for {silent}")
    return {name: found[name] for name in catalogues}


def _catalogues() -> dict[str, Catalogue]:
    text = resources.files("resolvers.terminology").joinpath("catalogues.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Catalogue])


def _words() -> dict[str, Mapping[str, Mapping[str, str]]]:
    folder = resources.files("resolvers").joinpath("languages")
    found: dict[str, Mapping[str, Mapping[str, str]]] = {
        tag: load(folder.joinpath(tag), CATALOGUES) for tag in LANGUAGES
    }
    for tag, each in found.items():
        for name, words in each.items():
            for other in LANGUAGES:
                if missing := found[other][name].keys() - words.keys():
                    raise ValueError(f"{tag}/{name}: no words for {sorted(missing)}")
    return found


def _chapters(words: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    ranges = ((_CHAPTER.fullmatch(key), text) for key, text in words.items())
    return tuple((found[1], found[2], text) for found, text in ranges if found)


def _enums(tag: str) -> dict[str, dict[str, str]]:
    file = resources.files("resolvers").joinpath("languages", tag, f"{_ENUMS}.toml")
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, dict[str, str]])


CATALOGUES: Mapping[str, Catalogue] = _catalogues()
WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = _words()
"""By language, catalogue and code."""
BY_SYSTEM: Mapping[str, Mapping[str, Known]] = {
    tag: {
        system: Known(catalogue, each[name], _chapters(each[name]))
        for name, catalogue in CATALOGUES.items()
        for system in catalogue.systems
    }
    for tag, each in WORDS.items()
}
"""By language and URI of the code system."""
ENUMS: Mapping[str, Mapping[str, Mapping[str, str]]] = {tag: _enums(tag) for tag in LANGUAGES}
"""By language, name of the enumeration in the graph, and member."""
