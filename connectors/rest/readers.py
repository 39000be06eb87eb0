"""Readers of whole fields: coded meanings, places, structures and lists, each built of the readers of its parts."""

from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from connectors.options import BadOptions
from connectors.records import CodedText, Coding, Facility
from connectors.rest import wrong
from connectors.rest.pointer import ABSENT
from connectors.rest.scalars import Reader, scalar

_MOST_ITEMS = 500
"""Of one list within one entry."""
_UNSAID = "unknown"
"""``Coding.system`` where the source names none."""


def published(kind: type[Struct]) -> dict[str, Any]:
    """The types of the fields that a description may fill: those with a sentence of their own.

    The others are not shown to anybody but used by the gateway itself, and no source shall fill them by description.
    """
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: get_args(hint)[0]
        for name, hint in hints.items()
        if name not in _STAMPED
        and get_origin(hint) is Annotated
        and any(isinstance(extra, Meta) for extra in get_args(hint))
    }


def reader(kind: Any, said: Any, where: str) -> Reader:
    """The reader of a field.

    Args:
        kind: type of the field.
        said: what the configuration says about it.
        where: its place there.

    Raises:
        BadOptions: what it says does not fit the type.
    """
    choices = [arg for arg in get_args(kind) if arg is not NoneType] if _is_union(kind) else [kind]
    if len(choices) > 1:
        return structure(_fitting(choices, said, where), said, where)
    (wanted,) = choices
    if get_origin(wanted) is tuple:
        return _list(get_args(wanted)[0], said, where)
    if special := _SPECIAL.get(wanted):
        return special(said, where)
    if isinstance(wanted, type) and issubclass(wanted, Struct):
        return structure(wanted, said, where)
    return scalar(wanted, said, where)


def structure(kind: type[Struct], said: Any, where: str) -> Reader:
    """The reader of a structure, field by field.

    Nothing is read where the entry says nothing, or not what the structure cannot be without.
    """
    readers = parts(kind, said, where)
    needed = required(kind)

    def read(entry: Any) -> Any:
        found = values(readers, entry)
        return kind(**found) if found and needed <= set(found) else None

    return Reader(read, constant=all(part.constant for part in readers.values()))


def parts(kind: type[Struct], said: Any, where: str) -> dict[str, Reader]:
    """A reader for every field that the configuration names.

    Raises:
        BadOptions: a field that is not there, or that is missing.
    """
    types = published(kind)
    fields = wrong.table(where, said, types)
    wrong.missing(where, required(kind) - set(fields))
    return {name: reader(types[name], inner, f"{where}.{name}") for name, inner in fields.items()}


def required(kind: type[Struct]) -> set[str]:
    """Fields without which there is no such structure."""
    fields = msgspec.structs.fields(kind)
    return {field.name for field in fields if field.required and field.name not in _STAMPED}


def values(readers: Mapping[str, Reader], entry: Any) -> dict[str, Any]:
    """What the entry says, by field; nothing at all where only the configuration would speak."""
    found = {name: part.read(entry) for name, part in readers.items()}
    said = {name: value for name, value in found.items() if value is not None}
    spoken = any(not readers[name].constant for name in said) or all(part.constant for part in readers.values())
    return said if spoken else {}


def _coded(said: Any, where: str) -> Reader:
    """``"/name"``, or ``{ text = ..., code = ..., system = ... }``: the original words and code."""
    readers = _named(said, where, ("text", "code", "system"), alone="text", either=("text", "code"))

    def read(entry: Any) -> CodedText | None:
        found = values(readers, entry)
        text, code = found.get("text"), found.get("code")
        codings = (Coding(system=found.get("system", _UNSAID), code=code, display=text),) if code else ()
        words = text or code
        return CodedText(text=words, codings=codings) if words else None

    return Reader(read, constant=all(part.constant for part in readers.values()))


def _facility(said: Any, where: str) -> Reader:
    """``"/place"``, or ``{ code = ..., name = ... }``: either stands for the other where it is missing."""
    readers = _named(said, where, ("code", "name", "address", "kind"), alone="name", either=("code", "name"))

    def read(entry: Any) -> Facility | None:
        found = values(readers, entry)
        code, name = found.get("code"), found.get("name")
        if not code and not name:
            return None
        return Facility(**{**found, "code": code or name, "name": name or code})

    return Reader(read, constant=all(part.constant for part in readers.values()))


def _named(said: Any, where: str, names: tuple[str, ...], *, alone: str, either: tuple[str, ...]) -> dict[str, Reader]:
    """Readers of texts by name; a pointer alone is the one that is most often meant."""
    told = wrong.table(where, {alone: said} if isinstance(said, str) else said, names)
    if not set(either) & set(told):
        raise BadOptions(f"{where}: expected {' or '.join(either)}")
    return {name: scalar(str, inner, f"{where}.{name}") for name, inner in told.items()}


def _list(kind: Any, said: Any, where: str) -> Reader:
    """``{ list = "/items", of = ... }``; anything else is read as the only item."""
    if not (isinstance(said, Mapping) and "list" in said):
        only = reader(kind, said, where)
        return Reader(lambda entry: tuple(item for item in (only.read(entry),) if item is not None), only.constant)
    keys = wrong.table(where, said, ("list", "of"))
    wrong.missing(where, {"of"} - set(keys))
    pointer = wrong.pointer(f"{where}.list", keys["list"])
    item = reader(kind, keys["of"], f"{where}.of")

    def read(entry: Any) -> tuple[Any, ...]:
        found = pointer.find(entry)
        if found is ABSENT or found is None:
            return ()
        if not isinstance(found, list) or len(found) > _MOST_ITEMS:
            raise ValueError("not a list, or too long a one")
        return tuple(made for made in map(item.read, found) if made is not None)

    return Reader(read)


def _fitting(choices: list[Any], said: Any, where: str) -> type[Struct]:
    """The structure that has all the fields that are named, and needs no other.

    Raises:
        BadOptions: none or several of them fit.
    """
    every = {name for choice in choices for name in published(choice)}
    told = set(wrong.table(where, said, every))
    fits: list[type[Struct]] = [kind for kind in choices if required(kind) <= told <= set(published(kind))]
    if len(fits) != 1:
        shapes = "; ".join(f"{kind.__name__}: {', '.join(published(kind))}" for kind in choices)
        raise BadOptions(f"{where}: expected the fields of one of {shapes}")
    return fits[0]


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


_SPECIAL: Mapping[Any, Callable[[Any, str], Reader]] = {CodedText: _coded, Facility: _facility}
_STAMPED = frozenset({"id", "provenance", "conflicts"})
"""Fields of every record that the kind fills itself."""
