"""The special categories that a record tells. Pure; the data is ``labels.toml``, read and checked once at start.

Everything a person could read in a record is read: its codes whatever system they are said to be of, for systems name
them wrongly, all its words, for a diagnosis in words repeats what its code means, and the labels that its source has
put on it: where one says that it is secret and nothing says why, it may be any. In doubt a record tells.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from importlib import resources
from typing import Annotated, Any, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

from connectors.records import Coding, Practitioner, Procedure, Provenance, Record
from resolvers.access.consents import Sensitivity
from resolvers.access.labelling.phrases import Phrases
from resolvers.sections import SECTION_OF, Section

_CODES = re.compile(r"[^;,|/\s]+")
"""Several codes in one field, as the hospitals' XML has them."""
_ICD10 = re.compile(r"[A-Z]\d{2}(\.?[0-9A-Z]{1,4})?[*†+]?")
_RANGE = re.compile(r"([A-Z]\d{2}(?:\.\d)?)(?:-([A-Z]\d{2}(?:\.\d)?))?")
_ATC = re.compile(r"[A-Z]\d{2}[A-Z]([A-Z](\d{2})?)?")
_WRITTEN = re.compile(r"(?:^|[(\[;,/])\s*([A-Z]\d{2}(?:\.\d{1,2})?)(?=$|[\s)\];,:./*†+-])")
"""An ICD-10 code in running text: at its beginning or behind a mark; not the size of a catheter."""
_NOTHING: frozenset[Sensitivity] = frozenset()
_GATEWAYS_OWN = frozenset({"id", "conflicts", "encounter_id", "result_ids", "location", "content_type", "status"})


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """What tells one special category."""

    words: Annotated[tuple[str, ...], Meta(min_length=1)]
    icd10: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    loinc: tuple[str, ...] = ()
    snomed: tuple[str, ...] = ()
    icd9cm: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    always_in: frozenset[Section] = frozenset()
    never_in: frozenset[Section] = frozenset()


class LabelData(Struct, frozen=True, forbid_unknown_fields=True):
    """One edition of the data."""

    version: str
    verified: bool
    telling: frozenset[Section]
    secret: tuple[str, ...]
    categories: Mapping[Sensitivity, Category]

    def __post_init__(self) -> None:
        if missing := frozenset(Sensitivity) - self.categories.keys():
            raise ValueError(f"nothing tells {', '.join(sorted(one.value for one in missing))}")
        for category in self.categories.values():
            for code in category.icd10:
                found = _RANGE.fullmatch(code)
                if not found or (found[2] or code)[0] != code[0]:
                    raise ValueError(f"{code} is no code or range of ICD-10")


class Labels:
    """Reads records."""

    def __init__(self, data: LabelData) -> None:
        """Put the data in order, so that a record is read once whatever its length."""
        self.telling = data.telling
        """Sections whose records can tell a special category at all."""
        self._never_in = {one: category.never_in for one, category in data.categories.items()}
        self._always_in = {one: category.always_in for one, category in data.categories.items()}
        self._icd10 = _by_three(data)
        self._atc = {code: one for one, category in data.categories.items() for code in category.atc}
        self._codes: dict[str, set[Sensitivity]] = defaultdict(set)
        self._procedures: dict[str, set[Sensitivity]] = defaultdict(set)
        self._security: dict[str, set[Sensitivity]] = defaultdict(set)
        self._secret = frozenset(data.secret)
        self._all = frozenset(data.categories)
        self.security = self._secret.union(*(category.security for category in data.categories.values()))
        """Codes of security labels that are understood."""
        phrases: list[tuple[str, Sensitivity]] = []
        for one, category in data.categories.items():
            phrases += [(words, one) for words in category.words]
            for code in (*category.loinc, *category.snomed):
                self._codes[code].add(one)
            for code in category.icd9cm:
                self._procedures[code].add(one)
            for code in category.security:
                self._security[code].add(one)
        self._phrases = Phrases(phrases)

    def can_tell(self, section: Section, categories: frozenset[Sensitivity]) -> bool:
        """Whether a record of that section can tell one of these categories."""
        return section in self.telling and any(section not in self._never_in[one] for one in categories)

    def of(self, record: Record) -> frozenset[Sensitivity]:
        """The special categories that the record tells."""
        (told,) = self.of_each((record,))
        return told

    def of_each(self, records: Iterable[Record]) -> list[frozenset[Sensitivity]]:
        """The special categories that each of the records tells.

        Records of one citizen repeat each other's words: what a text tells is found once, and forgotten with them.
        """
        words, codes = _Once(self._by_words), _Once(self._by_codes)
        procedures, places = _Once(self._by_codes_of_procedures), _Once(self._phrases.found_in)
        each = []
        for record in records:
            section = SECTION_OF[next(about for about in type(record).__mro__ if about in SECTION_OF)]
            if section not in self.telling:
                each.append(_NOTHING)
                continue
            found = {one for one, sections in self._always_in.items() if section in sections}
            is_secret = False
            for place in record.provenance:
                found |= places[f"{place.source.name}\n{place.author or ''}"]
                for code in place.security:
                    found |= self._security.get(code.upper(), _NOTHING)
                    is_secret = is_secret or code.upper() in self._secret
            said: list[str] = []
            coded: list[str] = []
            _read_aloud(record, said, coded)
            for text in said:
                found |= words[text]
            for text in coded:
                found |= (procedures if isinstance(record, Procedure) else codes)[text]
            tells = self._readable(found, section) if found else _NOTHING
            each.append(self._readable(self._all, section) if is_secret and not tells else tells)
        return each

    def _readable(self, found: Iterable[Sensitivity], section: Section) -> frozenset[Sensitivity]:
        """Those for which records of that section are read at all."""
        return frozenset(one for one in found if section not in self._never_in[one])

    def of_text(self, text: str) -> frozenset[Sensitivity]:
        """The special categories that words tell, such as the name of a place."""
        return frozenset(self._by_words(text))

    def _by_words(self, text: str) -> set[Sensitivity]:
        found = self._phrases.found_in(text)
        for written in _WRITTEN.finditer(text):
            found |= self._by_icd10(written[1])
        return found

    def _by_codes(self, text: str) -> set[Sensitivity]:
        found: set[Sensitivity] = set()
        for code in _CODES.findall(text.upper()):
            found |= self._codes.get(code, _NOTHING)
            if _ICD10.fullmatch(code):
                found |= self._by_icd10(code)
            if _ATC.fullmatch(code):
                found |= {one for prefix, one in self._atc.items() if code.startswith(prefix)}
        return found

    def _by_codes_of_procedures(self, text: str) -> set[Sensitivity]:
        found = self._by_codes(text)
        for code in _CODES.findall(text.upper()):
            found |= self._procedures.get(code, _NOTHING)
        return found

    def _by_icd10(self, code: str) -> set[Sensitivity]:
        plain = code.rstrip("*†+")
        dotted = plain if "." in plain or len(plain) == 3 else f"{plain[:3]}.{plain[3:]}"
        return {
            one
            for first, last, one in self._icd10.get(plain[:3], ())
            if first <= dotted[: len(first)] and dotted[: len(last)] <= last
        }


def _by_three(data: LabelData) -> dict[str, list[tuple[str, str, Sensitivity]]]:
    """The ranges of ICD-10 by every category of three characters that they touch."""
    found: dict[str, list[tuple[str, str, Sensitivity]]] = defaultdict(list)
    for one, category in data.categories.items():
        for code in category.icd10:
            first, _, last = code.partition("-")
            for number in range(int(first[1:3]), int((last or first)[1:3]) + 1):
                found[f"{first[0]}{number:02}"].append((first, last or first, one))
    return dict(found)


class _Once(dict[str, set[Sensitivity]]):
    """What texts tell, each looked at once."""

    def __init__(self, look: Callable[[str], set[Sensitivity]]) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, text: str) -> set[Sensitivity]:
        found = self[text] = self._look(text)
        return found


def _read_aloud(part: Any, said: list[str], coded: list[str], *, is_code: bool = False) -> None:
    """Put down every text of a part of a record that a person could read: the words, and the codes."""
    if isinstance(part, str):
        (coded if is_code else said).append(part)
    elif isinstance(part, tuple):
        for each in part:
            _read_aloud(each, said, coded)
    else:
        kind: type[Any] = type(part)
        for name, bare in _speaking(kind) if issubclass(kind, Struct) else ():
            value = getattr(part, name)
            if value is not None:
                _read_aloud(value, said, coded, is_code=bare)


@cache
def _speaking(kind: type[Struct]) -> tuple[tuple[str, bool], ...]:
    """The fields of such a part that can hold a text, each with whether that is a code."""
    if issubclass(kind, Provenance):
        return ()
    if issubclass(kind, Practitioner):
        return (("role", False),)  # a person's name is no diagnosis
    if issubclass(kind, Coding):
        return (("code", True), ("display", False))
    return tuple(
        # A bare code, as of a line of a claim.
        (name, name == "code")
        for name, hint in get_type_hints(kind).items()
        if name not in _GATEWAYS_OWN and _can_speak(hint)
    )


def _can_speak(hint: Any) -> bool:
    """Whether a value of that type can hold a text; of a type that is not known, it can."""
    if parts := get_args(hint):
        return any(map(_can_speak, parts))
    named = getattr(hint, "__supertype__", hint)
    if named is Any or not isinstance(named, type):
        return True
    return issubclass(named, (str, Struct)) and not issubclass(named, (Enum, Provenance))


def load(text: str) -> Labels:
    """Read a file of labels.

    Raises:
        msgspec.ValidationError: it is not one.
    """
    return Labels(msgspec.toml.decode(text, type=LabelData))


LABELS = load(resources.files(__package__).joinpath("labels.toml").read_text(encoding="utf-8"))
