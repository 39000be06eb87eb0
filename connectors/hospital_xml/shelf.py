"""Where the dossiers of a citizen are fetched from: a service (``endpoint``) or a folder (``archive``)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from msgspec import Struct

from connectors.contract import Deadline, Subject
from connectors.errors import TooSlow
from connectors.hospital_xml.envelope import Dossier

T = TypeVar("T")

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


async def in_time(work: Awaitable[T], deadline: Deadline) -> T:
    """What ``work`` gives before the deadline.

    Raises:
        TooSlow: it did not.
    """
    try:
        async with asyncio.timeout(deadline.left()):
            return await work
    except TimeoutError:
        raise TooSlow("not read before the deadline") from None


async def off_loop(work: Callable[[], T], deadline: Deadline) -> T:
    """Run work that keeps a processor busy in a thread: other requests go on meanwhile.

    Raises:
        TooSlow: it was not done before the deadline. It runs to its end, which its input bounds.
    """
    return await in_time(asyncio.to_thread(work), deadline)
