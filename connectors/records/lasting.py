"""Which parts of records outlast the answer that they came with: words of code systems, which are nobody's.

Whoever keeps such a part says so here. Then others may keep what they make of it: it is the same object in all answers.
"""

from collections.abc import Iterable

_LASTING: dict[int, object] = {}
"""By identity, which is theirs alone as long as they stand here."""


def keep(part: object) -> None:
    """It is the same object in every answer from now on."""
    _LASTING[id(part)] = part


def forget(parts: Iterable[object]) -> None:
    """They are not any longer."""
    for part in parts:
        _LASTING.pop(id(part), None)


def lasts(part: object) -> bool:
    """Whether it is."""
    return id(part) in _LASTING
