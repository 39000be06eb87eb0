"""How often something happened lately, in one process: sliding windows, and a bound to how many there are."""

from collections import OrderedDict

from msgspec import Struct

from connectors.clock import Clock


class Bound(Struct, frozen=True):
    """How often something may happen."""

    kind: str
    """What is counted, in metrics and in a shared store."""
    amount: int
    seconds: int
    """Within a window of so many; 60 or 3600."""


_NEVER = (-2.0, 0, 0)


class Windows:
    """Counts by keys, each within a window that slides.

    What was counted in the window before weighs as much as is left of it in the seconds that end now, as if it had been
    spread evenly. So nobody has twice the amount on both sides of an edge, and a key costs three numbers.
    """

    def __init__(self, bound: Bound, clock: Clock, *, most: int) -> None:
        """Nothing is counted yet.

        Args:
            bound: for each key.
            clock: its stop-watch tells where a window is.
            most: keys that are remembered; what was not counted for longest is forgotten first.
        """
        self.bound = bound
        self._clock = clock
        self._most = most
        self._counts: OrderedDict[str, tuple[float, int, int]] = OrderedDict()
        """By key: which window it was, what was counted in it, and in the one before."""

    def __len__(self) -> int:
        return len(self._counts)

    def hit(self, key: str, cost: int = 1) -> bool:
        """Count, where that much is left; what is refused is not counted."""
        counts = self._counts
        window, now, before, weight = self._counted(key)
        if weight + now + cost > self.bound.amount:
            return False
        counts[key] = window, now + cost, before
        counts.move_to_end(key)
        if len(counts) > self._most:
            counts.popitem(last=False)
        return True

    def left(self, key: str) -> int:
        """How much may still be counted now."""
        if key not in self._counts:
            return self.bound.amount
        _, now, _, weight = self._counted(key)
        return self.bound.amount - now - weight

    def _counted(self, key: str) -> tuple[float, int, int, int]:
        """Which window it is, what was counted in it, in the one before it, and how much of that weighs still."""
        seconds, at = self.bound.seconds, self._clock.monotonic()
        window = at // seconds
        last, now, before = self._counts.get(key, _NEVER)
        if last != window:
            now, before = 0, now if last == window - 1 else 0
        return window, now, before, int(before * (1.0 - at % seconds / seconds)) if before else 0
