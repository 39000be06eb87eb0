"""Readers of plain values, words from a list, and constants: ``"/time"`` or ``{ from = "/state", map = { ... } }``."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from msgspec import Struct

from connectors.options import BadOptions
from connectors.rest import wrong
from connectors.rest.pointer import ABSENT
from connectors.rest.values import DATED, SCALARS, Reading

_KEYS = ("from", "map", "otherwise", "format", "value")
_SOME_DAY = datetime(2001, 12, 30, 23, 59)  # noqa: DTZ001 - only its own day is compared with it
"""A day whose parts cannot be mistaken for each other."""


class Reader(Struct, frozen=True):
    """Reads one value out of an entry."""

    read: Callable[[Any], Any]
    """None where the entry says nothing.

    Raises:
        ValueError: what it says cannot be read. The text is not repeated.
    """
    constant: bool = False
    """Whether it gives the same for every entry."""


def scalar(kind: Any, said: Any, where: str) -> Reader:
    """The reader of a plain value or of a word from a list.

    Args:
        kind: type of the record's field.
        said: what the configuration says about it.
        where: its place there.

    Raises:
        BadOptions: it cannot be read so.
    """
    reading = _enumerated(kind) if isinstance(kind, type) and issubclass(kind, Enum) else SCALARS[kind]
    if isinstance(said, str):
        return _by_pointer(said, reading, None, where)
    keys = wrong.table(where, said, _KEYS)
    if "value" in keys:
        wrong.table(where, said, ("value",))
        fixed = _constant(keys["value"], reading, f"{where}.value")
        return Reader(lambda _: fixed, constant=True)
    wrong.missing(where, {"from"} - set(keys))
    if "otherwise" in keys and "map" not in keys:
        raise BadOptions(f"{where}: 'otherwise' needs a 'map'")
    if "map" in keys:
        return _by_map(keys, reading, where)
    return _by_pointer(keys["from"], reading, _form(kind, keys.get("format"), where), where)


def _by_pointer(said: Any, reading: Reading, form: str | None, where: str) -> Reader:
    pointer = wrong.pointer(where, said)

    def read(entry: Any) -> Any:
        found = pointer.find(entry)
        return None if _says_nothing(found) else reading(found, form)

    return Reader(read)


def _by_map(keys: Mapping[str, Any], reading: Reading, where: str) -> Reader:
    """The source's words to ours. One that is not in the map makes the entry unreadable, unless it says otherwise."""
    if "format" in keys:
        raise BadOptions(f"{where}: a 'map' has no 'format'")
    words = wrong.table(f"{where}.map", keys["map"], keys["map"] if isinstance(keys["map"], Mapping) else ())
    known = {word: _constant(ours, reading, f"{where}.map.{word}") for word, ours in words.items()}
    otherwise = _constant(keys["otherwise"], reading, f"{where}.otherwise") if "otherwise" in keys else None
    pointer = wrong.pointer(where, keys["from"])

    def read(entry: Any) -> Any:
        found = pointer.find(entry)
        if _says_nothing(found):
            return None
        if isinstance(found, dict | list):
            raise ValueError("not a word")  # noqa: TRY004 - whoever reads an entry expects one error
        ours = known.get(str(found).strip().lower() if isinstance(found, bool) else str(found).strip(), otherwise)
        if ours is None:
            raise ValueError("a word that is not in the map")
        return ours

    return Reader(read)


def _constant(said: Any, reading: Reading, where: str) -> Any:
    """A value that stands in the configuration itself.

    Raises:
        BadOptions: the field cannot hold it.
    """
    try:
        fixed = reading(said, None)
    except ValueError as error:
        raise BadOptions(f"{where}: {error}") from None
    if fixed is None:
        raise BadOptions(f"{where}: expected a value")
    return fixed


def _enumerated(kind: type[Enum]) -> Reading:
    """The member of that value; the error names those that there are."""
    members = {str(member.value): member for member in kind}

    def read(value: Any, _: str | None) -> Any:
        found = members.get(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError(f"expected one of {', '.join(members)}")
        return found

    return read


def _form(kind: Any, form: Any, where: str) -> str | None:
    """The form of a date, as ``strptime`` writes it.

    Raises:
        BadOptions: it is none, tells no whole day, or the field is no date.
    """
    if form is None:
        return None
    if kind not in DATED:
        raise BadOptions(f"{where}.format: only a date has one")
    try:
        again = datetime.strptime(_SOME_DAY.strftime(form), form)  # noqa: DTZ007 - as above
    except (ValueError, TypeError):
        again = None
    if again is None or again.date() != _SOME_DAY.date():
        raise BadOptions(
            f"{where}.format: expected a form that tells a whole day, such as '%d/%m/%Y' or '%d/%m/%Y %H:%M'"
        )
    return str(form)


def _says_nothing(found: Any) -> bool:
    return found is ABSENT or found is None or (isinstance(found, str) and not found.strip())
