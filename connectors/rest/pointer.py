"""Where a value stands in a JSON document (RFC 6901)."""

import re
from enum import Enum
from typing import Any, Literal

_SYNTAX = re.compile(r"(?:/(?:[^/~]|~[01])*)*", re.DOTALL)
_INDEX = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)


class Absent(Enum):
    """What stands where nothing stands; ``null`` is something."""

    ABSENT = "absent"


ABSENT: Literal[Absent.ABSENT] = Absent.ABSENT


class Pointer:
    """A way into a document: ``""`` is all of it, ``/a/0/b`` a member of the first item of ``a``.

    Raises:
        ValueError: the text is no pointer.
    """

    __slots__ = ("_steps",)

    def __init__(self, text: str) -> None:
        if not _SYNTAX.fullmatch(text):
            raise ValueError("a JSON pointer is empty or begins with '/', and '~' stands before 0 or 1 only")
        # In this order: "~01" is "~1" and no slash.
        self._steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])

    def find(self, document: Any) -> Any:
        """The value, or ``ABSENT``. Nothing that a document holds can make this fail."""
        value = document
        for step in self._steps:
            if isinstance(value, dict):
                value = value.get(step, ABSENT)
            elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
                value = value[int(step)]
            else:
                return ABSENT
        return value
