"""Where records lie, as the sources told it: read once per request, written by events.

A class of a source is *relied upon* when the source announced that it has sent all pointers of it, and when of the
answers with records that it has given since then enough had a pointer. One answer without a pointer among few is
enough to end that: the source is probed again until the measure is good, or until it announces anew.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

import structlog
from msgspec import Struct
from sqlalchemy import Executable, and_, bindparam, case, delete, false, or_, select

from connectors.clock import Clock
from connectors.errors import Resting
from connectors.options import BreakerOptions, Duration
from connectors.records import RECORD_CLASSES, Record
from connectors.resilience import Breaker, Ended
from gateway.store import tables
from gateway.store.database import Database, Unavailable
from resolvers.locating import Pointer, PointersUnavailable, Trusted

_log = structlog.get_logger()

_CLASSES = {about.__name__: about for about in RECORD_CLASSES}
_BREAKER = BreakerOptions(failures=3, reset=Duration(5))
_PATIENCE = 0.25
"""Seconds for reading the pointers of one citizen; what takes longer is no help in finding them."""
_REFRESH = 5.0
"""Seconds after which coverage is written and read again: what other gateways counted and heard is then known here."""
_REMEMBERED = timedelta(days=30)
"""How long the ids of events are kept. An older one that comes again changes nothing, by its own time."""


class Told(Struct, frozen=True, kw_only=True):
    """One event of a source, checked and without the citizen's number."""

    id: str
    about: type[Record]
    at: datetime
    ref: str | None = None
    """Of whom it tells; none where it tells about all pointers of the class."""
    latest: date | None = None
    gone: bool = False
    complete: bool = False
    """That all pointers of the class have been sent; without it and without a citizen, that they have not."""


class Coverage(Struct, kw_only=True):
    """How far the pointers of one class of a source go."""

    source: str
    about: str
    complete: bool
    """Whether the source announced that it has sent all of them."""
    answered: int
    """Answers with records since then."""
    pointed: int
    """Those of which a pointer had told."""

    def is_relied_upon(self, bound: float) -> bool:
        """Whether no pointer means that nothing is held."""
        return self.complete and self.pointed >= bound * self.answered


class StoredPointers:
    """The pointers in the database (see ``resolvers.locating.Pointers``)."""

    def __init__(self, database: Database, *, clock: Clock, bound: float) -> None:
        """Know of nothing yet.

        Args:
            database: where they stand.
            clock: for the ages of what is known, and of events.
            bound: share of the answers with records of which a pointer must have told.
        """
        self.trusted: Trusted = frozenset()
        self._database = database
        self._clock = clock
        self.bound = bound
        self._upserts = _Upserts(database)
        self._breaker = Breaker(_BREAKER, clock)
        self._coverage: dict[tuple[str, str], Coverage] = {}
        self._counted: dict[tuple[str, str], tuple[int, int]] = {}
        self._refreshed: float | None = None
        self._refreshing: asyncio.Task[None] | None = None

    async def of(self, ref: str) -> Sequence[Pointer]:
        """Every pointer of the citizen with that reference.

        Raises:
            PointersUnavailable: the store does not answer.
        """
        self._refresh_when_old()
        try:
            begun = self._breaker.begin()
        except Resting:
            raise PointersUnavailable from None
        ended = Ended.OTHERWISE
        try:
            async with asyncio.timeout(_PATIENCE), self._database.reading() as connection:
                rows = (await connection.execute(_OF_ONE, {"ref": ref})).all()
            ended = Ended.WELL
        except Unavailable as error:
            ended = Ended.BADLY
            raise PointersUnavailable from error
        finally:
            self._breaker.end(begun, ended)
        return [
            Pointer(source=row.source, about=_CLASSES[row.about], latest=row.latest)
            for row in rows
            if row.about in _CLASSES
        ]

    def measure(self, source: str, about: type[Record], *, pointed: bool) -> None:
        """Count an answer with records: whether a pointer had told of it."""
        key = (source, about.__name__)
        answered, told = self._counted.get(key, (0, 0))
        self._counted[key] = (answered + 1, told + pointed)
        known = self._known(key)
        was = known.is_relied_upon(self.bound)
        known.answered += 1
        known.pointed += pointed
        if known.is_relied_upon(self.bound) is not was:
            self._judge()

    def report(self) -> list[Coverage]:
        """How far the pointers of every source go, for the operator."""
        return [self._coverage[key] for key in sorted(self._coverage)]

    async def take(self, source: str, events: Sequence[Told]) -> list[bool]:
        """Write down a batch of events, all or none.

        Returns:
            For each, whether it is new; one that was taken before changes nothing.

        Raises:
            SQLAlchemyError, OSError, TimeoutError: the store cannot be written to, and nothing was.
        """
        digests = [_digest(told.id) for told in events]
        now = self._clock.now()
        await self._database.migrate_once()
        async with self._database.writing() as connection:
            rows = [{"source": source, "digest": digest, "received": now} for digest in dict.fromkeys(digests)]
            taking = self._database.insert(tables.event).values(rows).on_conflict_do_nothing()
            fresh = set((await connection.execute(taking.returning(tables.event.c.digest))).scalars())
            is_new = [digest in fresh and digest not in digests[:place] for place, digest in enumerate(digests)]
            new = [told for told, fits in zip(events, is_new, strict=True) if fits]
            if pointers := [_pointer_row(source, told) for told in new if told.ref is not None]:
                await connection.execute(self._upserts.pointer, pointers)
            if words := [_word_row(source, told) for told in new if told.ref is None]:
                await connection.execute(self._upserts.word, words)
            await connection.execute(delete(tables.event).where(tables.event.c.received < now - _REMEMBERED))
        if words:
            await self.refresh()
        return is_new

    async def refresh(self) -> None:
        """Write what was counted here, and read what is known of all coverage.

        Raises:
            SQLAlchemyError, OSError, TimeoutError: the store does not answer; what was counted is kept for later.
        """
        self._refreshed = self._clock.monotonic()
        await self._database.migrate_once()
        counted, self._counted = self._counted, {}
        try:
            if counted:
                async with self._database.writing() as connection:
                    await connection.execute(self._upserts.counts, [_counts_row(*item) for item in counted.items()])
        except BaseException:
            for key, (answered, pointed) in counted.items():
                more = self._counted.get(key, (0, 0))
                self._counted[key] = (answered + more[0], pointed + more[1])
            raise
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(tables.coverage))).all()
        self._coverage = {
            (row.source, row.about): Coverage(
                source=row.source, about=row.about, complete=row.complete, answered=row.answered, pointed=row.pointed
            )
            for row in rows
        }
        for key, (answered, pointed) in self._counted.items():
            known = self._known(key)
            known.answered += answered
            known.pointed += pointed
        self._judge()

    async def warm(self) -> None:
        """Read what is known of all coverage, if that can be; until then no source's pointers are relied upon."""
        await self._try_to_refresh()

    async def close(self) -> None:
        """Write what was counted, if that can be."""
        if self._refreshing is not None:
            await asyncio.wait({self._refreshing})
        if self._counted:
            await self._try_to_refresh()

    def _known(self, key: tuple[str, str]) -> Coverage:
        return self._coverage.setdefault(
            key, Coverage(source=key[0], about=key[1], complete=False, answered=0, pointed=0)
        )

    def _judge(self) -> None:
        trusted = frozenset(
            (known.source, _CLASSES[known.about])
            for known in self._coverage.values()
            if known.about in _CLASSES and known.is_relied_upon(self.bound)
        )
        if trusted == self.trusted:
            return  # the same object: whoever holds it need not put anything in order anew
        for source, about in sorted(self.trusted - trusted, key=str):
            _log.warning("pointers_no_longer_relied_upon", source=source, about=about.__name__)
        self.trusted = trusted

    def _refresh_when_old(self) -> None:
        """Refresh beside the request that comes by, which does not wait for it."""
        under_way = self._refreshing is not None and not self._refreshing.done()
        fresh = self._refreshed is not None and self._clock.monotonic() - self._refreshed < _REFRESH
        if not under_way and not fresh:
            self._refreshing = asyncio.create_task(self._try_to_refresh())

    async def _try_to_refresh(self) -> None:
        try:
            await self.refresh()
        except Unavailable as error:
            _log.warning("store_unavailable", error=type(error).__name__)


class _Upserts:
    """The statements that change a row or make it. Rows are sent one by one, in their order."""

    def __init__(self, database: Database) -> None:
        self.pointer = _pointer_upsert(database)
        self.word = _word_upsert(database)
        self.counts = _counts_upsert(database)


def _pointer_upsert(database: Database) -> Executable:
    """A later word wins; what comes late may still tell of a newer record, and never brings back what is gone."""
    table, insert = tables.pointer.c, database.insert(tables.pointer)
    said = insert.excluded
    later = said.changed >= table.changed
    newest = case((said.latest > table.latest, said.latest), else_=table.latest)
    return insert.on_conflict_do_update(
        index_elements=["ref", "source", "about"],
        set_={
            "gone": case((later, said.gone), else_=table.gone),
            "latest": case(
                (and_(later, or_(said.gone, table.gone)), said.latest),
                (or_(said.gone, table.gone), table.latest),
                else_=newest,
            ),
            "changed": case((later, said.changed), else_=table.changed),
        },
    )


def _word_upsert(database: Database) -> Executable:
    """A later announcement wins, and the measuring begins anew."""
    insert = database.insert(tables.coverage)
    said = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["source", "about"],
        set_={"announced": said.announced, "complete": said.complete, "answered": 0, "pointed": 0},
        where=or_(tables.coverage.c.announced.is_(None), said.announced >= tables.coverage.c.announced),
    )


def _counts_upsert(database: Database) -> Executable:
    table, insert = tables.coverage.c, database.insert(tables.coverage)
    return insert.on_conflict_do_update(
        index_elements=["source", "about"],
        set_={
            "answered": table.answered + insert.excluded.answered,
            "pointed": table.pointed + insert.excluded.pointed,
        },
    )


_OF_ONE = select(tables.pointer.c.source, tables.pointer.c.about, tables.pointer.c.latest).where(
    tables.pointer.c.ref == bindparam("ref"), tables.pointer.c.gone == false()
)


def _digest(event_id: str) -> str:
    """Stands for the source's own id of an event, in which anything may stand."""
    return blake2b(event_id.encode(), digest_size=16).hexdigest()


def _pointer_row(source: str, told: Told) -> dict[str, Any]:
    return {
        "ref": told.ref,
        "source": source,
        "about": told.about.__name__,
        "latest": told.latest,
        "gone": told.gone,
        "changed": told.at,
    }


def _word_row(source: str, told: Told) -> dict[str, Any]:
    return {
        "source": source,
        "about": told.about.__name__,
        "announced": told.at,
        "complete": told.complete,
        "answered": 0,
        "pointed": 0,
    }


def _counts_row(key: tuple[str, str], counts: tuple[int, int]) -> dict[str, Any]:
    source, about = key
    return {"source": source, "about": about, "complete": False, "answered": counts[0], "pointed": counts[1]}
