"""What a field gives when the asking for it has begun."""

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class UnderWay(Generic[T]):
    """A value that comes by itself: all that it waits for had begun when the function of its field returned.

    Whoever waits for several of them may do so one after the other, without a task for each. What is made of the
    answers is made when somebody waits for it, and not at all where nobody does.
    """

    __slots__ = ("_made",)

    def __init__(self, made: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Nothing is made yet.

        Args:
            made: waits for the answers, which are under way, and makes the value of them. It asks for nothing more.
        """
        self._made = made

    def __await__(self) -> Generator[Any, None, T]:
        return self._made().__await__()
