"""Dossiers from a folder. A list of what lies there is kept in memory; bodies are read when they are asked for."""

import asyncio
import threading
from collections.abc import Iterable

from connectors.clock import Clock
from connectors.contract import Deadline, Subject
from connectors.errors import Garbled, Unavailable
from connectors.hospital_xml.envelope import Dossier, opened
from connectors.hospital_xml.listing import Listing, content
from connectors.hospital_xml.shelf import MOST_VISITS, Found, latest
from connectors.work import in_time, off_loop


class Archive:
    """The folder of one hospital.

    Args:
        folder: where the dossiers lie.
        most_bytes: largest file that is read.
        refresh: seconds for which the list is believed.
        clock: its stop-watch.
        key: hides the citizen numbers in the list; new for every process.
    """

    def __init__(self, folder: str, *, most_bytes: int, refresh: float, clock: Clock, key: bytes) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._refresh = refresh
        self._clock = clock
        self._key = key
        self._listing: Listing | None = None
        self._good_until = 0.0
        self._looking: asyncio.Task[Listing] | None = None
        self._closing = threading.Event()

    async def find(self, subject: Subject, request_id: str, deadline: Deadline) -> Found:  # noqa: ARG002 - as Shelf says
        """Every dossier with the citizen's number.

        Raises:
            SourceError: the folder cannot be read, or not in time. A list that was begun is finished all the same, so
                that the next question finds it.
        """
        listing = await self._current(deadline)
        return await off_loop(lambda: self._found(listing, subject), deadline)

    async def close(self) -> None:
        """Stop looking through the folder. Idempotent."""
        self._closing.set()
        if self._looking:
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _current(self, deadline: Deadline) -> Listing:
        """A list that is no older than the options allow; one look through the folder serves everybody who waits."""
        if self._listing is None or self._clock.monotonic() >= self._good_until:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.ensure_future(self._look())
            return await in_time(asyncio.shield(self._looking), deadline)
        return self._listing

    async def _look(self) -> Listing:
        begun = self._clock.monotonic()
        try:
            listing = await asyncio.to_thread(self._listed)
        except OSError as error:
            raise Unavailable(type(error).__name__) from None
        self._listing, self._good_until = listing, begun + self._refresh
        return listing

    def _listed(self) -> Listing:
        stop = self._closing.is_set
        return Listing.of(self._folder, self._listing, most_bytes=self._most_bytes, key=self._key, stop=stop)

    def _found(self, listing: Listing, subject: Subject) -> Found:
        lying = listing.of_citizen(subject.personal_id, self._key)
        dossiers: list[Dossier] = []
        gone = 0
        for path, visits in lying[:MOST_VISITS]:
            mine = [d for d in self._read(path) if d.whose == subject.personal_id and (d.facility, d.key) in visits]
            visible = latest(mine)
            dossiers += visible
            gone += len(visits) - len(visible)
        return Found(
            dossiers=tuple(dossiers[:MOST_VISITS]),
            at=self._clock.now(),
            dropped=gone + listing.unreadable,
            truncated=max(len(lying), len(dossiers)) > MOST_VISITS,
        )

    def _read(self, path: str) -> Iterable[Dossier]:
        """The dossiers in that file now; none where it went away or was spoilt since the folder was looked through."""
        try:
            return opened(content(path, self._most_bytes)).dossiers
        except (OSError, Garbled):
            return ()
