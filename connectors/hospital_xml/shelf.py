"""Where the dossiers of a citizen are fetched from: a service (``endpoint``) or a folder (``archive``)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from connectors.contract import Deadline, Subject
from connectors.hospital_xml.envelope import Dossier

MOST_VISITS = 2000
"""More visits than this are cut off: nobody has as many at one facility."""


class Found(Struct, frozen=True, kw_only=True):
    """Dossiers that carry a citizen number, the newest version of each visit."""

    dossiers: tuple[Dossier, ...]
    at: datetime
    dropped: int = 0
    """Dossiers that are there and of which nobody can tell whose they are."""
    truncated: bool = False


class Shelf(Protocol):
    """Gives the dossiers of one citizen."""

    async def find(self, subject: Subject, request_id: str, deadline: Deadline) -> Found:
        """Every dossier that is known under the citizen's number.

        Raises:
            SourceError: they cannot be had.
        """

    async def close(self) -> None:
        """Let go of what is held. Idempotent."""


def latest(dossiers: Iterable[Dossier]) -> tuple[Dossier, ...]:
    """Of every visit the dossier that was sent last; of two that say the same about that, the one that stands later."""
    newest: dict[tuple[str, str], Dossier] = {}
    for dossier in dossiers:
        visit = dossier.facility, dossier.key
        known = newest.get(visit)
        if known is None or dossier.version >= known.version:
            newest[visit] = dossier
    return tuple(newest.values())
