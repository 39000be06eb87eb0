"""What all sources together gave to one question: awaited while they are being asked."""

from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from connectors.contract import Outcome, Restriction, Shared
from connectors.records import Record
from resolvers.asked import Asked, is_complete

R = TypeVar("R", bound=Record)


class Found(Struct, Generic[R], frozen=True):
    """What all sources together gave to one question, and how it went with each."""

    records: tuple[R, ...]
    outcomes: tuple[Outcome, ...]
    """Of the sources that were asked, and of those that were not though something points there."""
    not_asked: int = 0
    """How many sources could hold something and were not asked."""
    ruled_out: bool = False
    """Whether others were not asked because their pointers tell that they hold nothing."""
    restriction: Restriction | None = None
    """What may have been withheld from the caller; said whether or not anything was."""

    @property
    def complete(self) -> bool:
        """Whether everything that could be known is here. Where nobody could tell, nothing is known."""
        told = bool(self.outcomes) or self.ruled_out
        return (
            told and not self.veiled and not self.not_asked and all(is_complete(outcome) for outcome in self.outcomes)
        )

    @property
    def restricted(self) -> bool:
        """Whether records may be withheld from the caller."""
        return self.restriction is not None

    @property
    def veiled(self) -> bool:
        """Whether whoever reads this may rely on it, so that what may be withheld makes it incomplete."""
        return self.restriction is not None and self.restriction.strict


class Together(Struct, Generic[R], eq=False):
    """What sources give that are under way already: put together by whoever waits for it, as often as that is done."""

    begun: Sequence[Asked[R]]

    def __await__(self) -> Generator[Any, None, Found[R]]:
        begun = self.begun
        # All are under way, and none raises: whoever is waited for last, the longest one decides.
        for asked in begun:
            if asked.outcome is None and asked.asking is not None:
                yield from Shared(asked.asking).__await__()
        if len(begun) == 1 and asked.outcome is not None:
            return Found(asked.records, (asked.outcome,))
        return Found(records_of(begun), outcomes_of(begun))


class Chosen(Generic[R]):
    """The same where more has to be done with it: done anew for whoever waits."""

    __slots__ = ("_put",)

    def __init__(self, put: Callable[[], Coroutine[Any, Any, Found[R]]]) -> None:
        self._put = put

    def __await__(self) -> Generator[Any, None, Found[R]]:
        return self._put().__await__()


def records_of(begun: Sequence[Asked[R]]) -> tuple[R, ...]:
    """The records of all of them."""
    if len(begun) == 1:
        return begun[0].records
    return tuple(record for asked in begun for record in asked.records)


def outcomes_of(begun: Iterable[Asked[Any]]) -> tuple[Outcome, ...]:
    """How it went with each, in the order of asking."""
    return tuple([asked.outcome for asked in begun if asked.outcome is not None])
