"""Reads the access log for whom it is about (see ``resolvers.access.log.AccessLog``)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit.notes import Signer
from gateway.audit.proving import HashesMissing, edge_of, prove
from gateway.audit.reports import Reports
from gateway.store import tables
from gateway.store.database import Database, Unavailable
from resolvers.access.entry import AccessEntry
from resolvers.access.log import AccessLogUnavailable, AccessProof, Irregularity, Kept, KeptPage

_DECODER = msgspec.json.Decoder(AccessEntry)
_ENTRY = tables.access_entry.c
_PATIENCE = 2.0
"""Seconds."""


class ReadLog:
    """The log in the store."""

    def __init__(
        self, database: Database, signer: Signer, reports: Reports, *, complete: Callable[[], bool] = lambda: True
    ) -> None:
        """Know where it is.

        Args:
            database: the store.
            signer: signs how large the log is.
            reports: what was reported about entries.
            complete: tells whether no entry waits outside of the store.
        """
        self._database = database
        self._signer = signer
        self._reports = reports
        self._complete = complete

    async def read(
        self, refs: Sequence[str], *, first: int, before: int | None = None, since: datetime | None = None
    ) -> KeptPage:
        """Entries about that citizen, the newest first."""
        asked = select(_ENTRY.place, _ENTRY.content).where(_ENTRY.about.in_(refs)).order_by(_ENTRY.place.desc())
        if before is not None:
            asked = asked.where(_ENTRY.place < before)
        if since is not None:
            asked = asked.where(_ENTRY.at >= since)
        async with self._reading() as connection:
            rows = (await connection.execute(asked.limit(first + 1))).all()
        kept = tuple(Kept(row.place, _DECODER.decode(row.content), row.content.decode()) for row in rows[:first])
        return KeptPage(kept, more=len(rows) > first, complete=self._complete())

    async def prove(self, rows: Sequence[Kept]) -> Sequence[AccessProof]:
        """That these stand in the log as it is now."""
        async with self._reading() as connection:
            edge = await edge_of(connection)
            proofs = await prove(connection, [row.place for row in rows], edge)
        checkpoint = self._signer.note(edge.size, edge.root()) if self._signer.signs else None
        return [
            AccessProof(
                leaf=row.content,
                leaf_index=proof.place,
                leaf_hash=proof.leaf.hex(),
                tree_size=proof.size,
                root_hash=proof.root.hex(),
                path=tuple(hash_.hex() for hash_ in proof.path),
                checkpoint=checkpoint,
            )
            for row, proof in zip(rows, proofs, strict=True)
        ]

    async def report(self, refs: Sequence[str], entry: str, *, by: str, words: str) -> Irregularity | None:
        """Keep the report that an entry looks wrong."""
        asked = select(_ENTRY.place).where(_ENTRY.id == entry, _ENTRY.about.in_(refs))
        async with self._reading() as connection:
            known = (await connection.execute(asked)).one_or_none()
        if known is None:
            return None
        async with _within():
            return await self._reports.add(entry, about=refs[0], by=by, words=words)

    async def reports(self, refs: Sequence[str]) -> Sequence[Irregularity]:
        """What was reported about entries of that citizen."""
        async with _within():
            return await self._reports.about(refs)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with _within():
            await self._database.migrate_once()
            async with self._database.reading() as connection:
                yield connection


@asynccontextmanager
async def _within() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_PATIENCE):
            yield
    except (*Unavailable, HashesMissing) as error:
        raise AccessLogUnavailable from error
