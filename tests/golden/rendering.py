"""An answer as lines for people: what is nothing is left out, what fits stands on one line, ids are short."""

import hashlib
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

WIDTH = 118
"""Of a line."""
OPAQUE = re.compile(r"[A-Za-z0-9_-]{24,}")
"""An id, which is shown by a short hash."""


def lines(value: Any, indent: int = 0) -> Iterator[str]:
    """The value, line by line."""
    margin = "  " * indent
    short = _short(value)
    if len(short) + len(margin) <= WIDTH or not isinstance(value, dict | list):
        yield margin + short
        return
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        yield from textwrap.wrap(
            short,
            WIDTH,
            initial_indent=margin,
            subsequent_indent=margin + " ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    elif isinstance(value, list):
        for item in value:
            first, *others = lines(item, indent + 1)
            yield f"{margin}- {first.lstrip()}"
            yield from others
    else:
        yield from _members(value, indent)


def _members(value: dict[str, Any], indent: int) -> Iterator[str]:
    margin = "  " * indent
    for name, inner in value.items():
        told = _short(inner)
        if len(margin) + len(name) + 2 + len(told) <= WIDTH or not isinstance(inner, dict | list):
            yield f"{margin}{name}: {told}"
        else:
            yield f"{margin}{name}:"
            yield from lines(inner, indent + 1)


def told(value: Any) -> Any:
    """The value without what is nothing, and with short words for what is long and always the same."""
    if isinstance(value, list):
        return [told(item) for item in value]
    if not isinstance(value, dict):
        return _opaque(value)
    for members, short in _SHORT.items():
        if value.keys() >= members and (len(members) > 1 or len(value) == 1):
            return short(value)
    kept = {name: told(inner) for name, inner in value.items()}
    return {name: inner for name, inner in kept.items() if inner not in (None, [], {}, "")}


def _completeness(value: dict[str, Any]) -> str:
    sources = [_outcome(row) for row in value["sources"]]
    missing = f"; not asked {value['notAsked']}" if value.get("notAsked") else ""
    return ("complete: " if value["complete"] else "INCOMPLETE: ") + ", ".join(sources) + missing


def _outcome(row: dict[str, Any]) -> str:
    return f"{row['source']['id']} {row['state']}" + (f" {row['records']}" if row.get("records") else "")


def _coded(value: dict[str, Any]) -> str:
    codes = [f"{re.split('[/:]', one['system'])[-1]}|{one['code']}" for one in value["codings"]]
    label = value.get("label")
    return " ".join([value["text"], *([f"({label})"] if label not in (None, value["text"]) else []), *codes])


def _opaque(value: Any) -> Any:
    if isinstance(value, str) and OPAQUE.fullmatch(value):
        return "#" + hashlib.sha256(value.encode()).hexdigest()[:6]
    return value


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_short(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_short(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


_SHORT: Mapping[frozenset[str], Callable[[dict[str, Any]], Any]] = {
    frozenset({"complete", "sources"}): _completeness,
    frozenset({"text", "codings"}): _coded,
    frozenset({"id"}): lambda value: _opaque(value["id"]),
}
"""How an object with those members is shown; one that has nothing but its id, by that."""
