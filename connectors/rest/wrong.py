"""What is wrong in a description, said so that it can be mended: the place, and the nearest word that is right."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from connectors.options import BadOptions
from connectors.rest.pointer import Pointer


def unknown(where: str, what: str, word: str, known: Collection[str]) -> BadOptions:
    """The error for a word that is none of those that are known."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(known))}"
    return BadOptions(f"{where}: unknown {what} '{word}'; {hint}")


def table(where: str, said: Any, known: Collection[str]) -> Mapping[str, Any]:
    """A table whose keys are all known.

    Raises:
        BadOptions: it is no table, an empty one, or has another key.
    """
    if not isinstance(said, Mapping) or not said:
        raise BadOptions(f"{where}: expected a table with some of {', '.join(sorted(known))}")
    for key in said:
        if key not in known:
            raise unknown(where, "key", key, known)
    return said


def pointer(where: str, said: Any) -> Pointer:
    """A JSON pointer.

    Raises:
        BadOptions: it is none.
    """
    if not isinstance(said, str):
        raise BadOptions(f"{where}: expected a JSON pointer such as '/time'")
    try:
        return Pointer(said)
    except ValueError as error:
        raise BadOptions(f"{where}: {error}") from None


def missing(where: str, names: Iterable[str]) -> None:
    """Refuse a description that leaves out what cannot be left out.

    Raises:
        BadOptions: there is such a name.
    """
    if lacking := sorted(names):
        raise BadOptions(f"{where}: missing {', '.join(lacking)}")
