"""What a citizen is told without asking, and who keeps it: that somebody looked in an emergency, and how that ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from connectors.records import Described


class NoticeKind(Described):
    """Of what a citizen is told."""

    EMERGENCY_DECLARED = "EMERGENCY_DECLARED", "Somebody declared an emergency to look into the record."
    EMERGENCY_REVIEWED = "EMERGENCY_REVIEWED", "The review of a declared emergency ended."


class Notice(Struct, frozen=True, kw_only=True):
    """One of them, without words: those are made when it is read, in the reader's language."""

    id: str
    ref: str
    kind: NoticeKind
    at: datetime
    emergency: str
    """Id of the emergency."""


class NoticeBook(Protocol):
    """Keeps notices."""

    async def notices(self, ref: str) -> Sequence[Notice]:
        """Every notice for that citizen, in their order.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
