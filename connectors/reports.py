"""What becomes of every field that a source sends: read, not understood, or left alone by decision. Counts, no values.

For whoever connects a source: a field that nobody has thought of, or a code outside its list, shows up here before a
citizen misses it. A kind says how its answers look (``Shape``), the types of its wire say what is read; whatever is
neither read nor left alone on purpose is not understood.
"""

import re
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Raw, Struct, field

from connectors.errors import Garbled

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}", re.ASCII)
"""What can be the name of a field. Anything else may be a value that somebody used as one, and is not repeated."""


class MappingReport(Struct, kw_only=True, eq=False):
    """Fields with something in them, counted by name: ``XML2.MA_THUOC``. Each is in exactly one of the three."""

    read: Counter[str] = field(default_factory=Counter)
    """Wanted, and what was promised: the records are made of these."""
    not_understood: Counter[str] = field(default_factory=Counter)
    """Unknown to the kind, in a place where none belongs, of another type than promised, a code outside its list (it
    stays as text), or no date or number where one was promised. What cannot be read at all counts as one."""
    ignored: Counter[str] = field(default_factory=Counter)
    """Known, and not read by decision."""

    def add(self, other: "MappingReport") -> None:
        """Count what the other one counted as well."""
        self.read += other.read
        self.not_understood += other.not_understood
        self.ignored += other.ignored

    def total(self) -> int:
        """Number of fields with something in them."""
        return self.read.total() + self.not_understood.total() + self.ignored.total()


class Promise(Struct, frozen=True):
    """What stands in a field, when it is what the source promises (``Annotated[Text, Promise(dates.day)]``)."""

    holds: Callable[[str], object]
    """Raises ``ValueError`` where the text is something else."""


class Each(Struct, frozen=True):
    """What an entry of a list is that stays undecoded at first (``Annotated[list[Raw], Each(Visit)]``)."""

    entry: type[Struct]


class Shape(Struct, frozen=True, kw_only=True):
    """How one answer of a kind looks."""

    name: str
    """Begins the name of every field in the report."""
    wire: type[Struct]
    left_alone: Mapping[str, str] = {}
    """Reason to the fields that are not read because of it, separated by spaces, each with all below it. A path such as
    ``hoSoKCB.xml1.HoTen`` is one place (items of a list have no step of their own), ``*.extension`` is any depth."""


def json_document(document: bytes, *, fraction: Callable[[str], Any] = float) -> Any:
    """The document of a report.

    Args:
        document: as it was sent; a byte order mark before it says nothing.
        fraction: makes a value of a number that is not whole.

    Raises:
        Garbled: it is no JSON.
    """
    try:
        return msgspec.json.Decoder(float_hook=fraction).decode(document.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Garbled(type(error).__name__) from None


class Nothing(Struct):
    """What is not known to say anything."""


UNKNOWN = Shape(name="?", wire=Nothing)
"""Of an answer that is like none of a kind: nothing of it is understood."""


def counted(document: Any, shape: Shape) -> MappingReport:
    """The report on one answer.

    Args:
        document: plain JSON values.
        shape: what it should look like.

    Raises:
        Garbled: it is no object, or nested too deep.
    """
    if not isinstance(document, dict):
        raise Garbled("no object")
    count = _Count(shape)
    try:
        count.fields(document, shape.wire, ())
    except RecursionError as error:
        raise Garbled(type(error).__name__) from None
    return count.report


def leaves(document: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every plain value that says something, with its path. Items of a list stand at the list's own path."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from leaves(value, (*path, str(name)))
    elif isinstance(document, list):
        for value in document:
            yield from leaves(value, path)
    elif document is not None and (not isinstance(document, str) or document.strip()):
        yield path, document


def printable(*steps: str) -> str:
    """The name of a field in a report."""
    return ".".join(step if _NAME.fullmatch(step) else "?" for step in steps)


class _Count:
    """Walks through a document and the types of the wire side by side."""

    def __init__(self, shape: Shape) -> None:
        self.report = MappingReport()
        self._name = shape.name
        self._left_alone = frozenset(path for paths in shape.left_alone.values() for path in paths.split())

    def fields(self, found: Mapping[str, Any], wire: type[Struct] | None, path: tuple[str, ...]) -> None:
        wanted = _fields(wire) if wire else {}
        for name, value in found.items():
            self._value(value, wanted.get(name), (*path, name))

    def _value(self, found: Any, kind: Any, path: tuple[str, ...]) -> None:
        if ".".join(path) in self._left_alone or f"*.{path[-1]}" in self._left_alone:
            self._all(found, path, self.report.ignored)
        elif isinstance(found, dict):
            self.fields(found, next((one for one in _kinds(kind) if _is_struct(one)), None), path)
        elif isinstance(found, list):
            entry = _entry(kind)
            for item in found:
                # A list in a list is nowhere wanted.
                self._value(item, None if isinstance(item, list) else entry, path)
        else:
            self._all(found, path, self.report.read if _fits(found, kind) else self.report.not_understood)

    def _all(self, found: Any, path: tuple[str, ...], fate: Counter[str]) -> None:
        fate.update(printable(self._name, *place) for place, _ in leaves(found, path))


@cache
def _fields(wire: type[Struct]) -> Mapping[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(wire)}


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _kinds(kind: Any) -> Iterable[Any]:
    """The types that a field may have."""
    origin = typing.get_origin(kind)
    if origin is Annotated:
        return _kinds(kind.__origin__)
    if origin in (typing.Union, types.UnionType):
        return [one for part in typing.get_args(kind) for one in _kinds(part)]
    return [kind]


def _metadata(kind: Any) -> tuple[Any, ...]:
    return getattr(kind, "__metadata__", ())


def _entry(kind: Any) -> Any:
    """The type of an item of a list, or none where no list belongs."""
    for extra in _metadata(kind):
        if isinstance(extra, Each):
            return extra.entry
    lists = (one for one in _kinds(kind) if typing.get_origin(one) in (list, tuple))
    return next((typing.get_args(one)[0] for one in lists), None)


def _fits(found: Any, kind: Any) -> bool:
    if kind is None:
        return False
    try:
        for extra in _metadata(kind):
            if isinstance(extra, Promise):
                extra.holds(str(found).strip())
        _decoder(kind).decode(msgspec.json.encode(found))
    except (ValueError, LookupError, msgspec.MsgspecError):
        return False
    return Raw not in _kinds(kind)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
