"""What goes on between this gateway and one source: plain numbers, for the operator's metrics."""

from msgspec import Struct


class Activity(Struct, eq=False):
    """Of one source, since it was opened."""

    questions: int = 0
    """Questions that are being answered."""
    calls: int = 0
    """Calls that are in flight; one question may take several."""
    waiting: int = 0
    """Calls that wait for their turn."""
    crowded: int = 0
    """Calls that were given up because too many waited, or because their turn did not come in time."""
    repeated: int = 0
    """Calls that were made again."""
    remembered: int = 0
    """Questions that were answered without asking: from the cache, or together with an equal one."""
