"""What was completed of objects that are the same in every answer, such as words of a code system: it is as well.

It is kept as JSON, so that it is neither made nor written again. Nothing of anybody's record is among it: whoever keeps
those objects answers for that.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from msgspec import Raw
from msgspec.json import Encoder

_HERE, _ALL = 512, 65_536
"""Objects that are kept at one place, and at all together."""

_encode = Encoder().encode


class Kept:
    """What was completed at one place of a document. It goes with the document."""

    total: ClassVar[int] = 0

    def __init__(self, lasts: Callable[[Any], bool]) -> None:
        """Nothing is kept yet.

        Args:
            lasts: whether an object is the same in every answer.
        """
        self.completed: dict[int, Raw] = {}
        """By the identity of objects, which is theirs alone as long as they are held."""
        self._held: list[Any] = []
        self._lasts = lasts

    def keep(self, one: Any, completed: Any) -> Any:
        """What stands for the completed value of that object, which was not met before."""
        if not self._lasts(one) or (Kept.total >= _ALL and not self._held):
            return completed
        if len(self._held) >= _HERE or Kept.total >= _ALL:
            self._clear()
        written = self.completed[id(one)] = Raw(_encode(completed))
        self._held.append(one)
        Kept.total += 1
        return written

    def _clear(self) -> None:
        Kept.total -= len(self._held)
        self.completed.clear()
        self._held.clear()

    def __del__(self) -> None:
        """Others have room again."""
        Kept.total -= len(self._held)
