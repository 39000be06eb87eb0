"""Signs a checkpoint now and then, and keeps it in the store and in the service's own log, which is another place."""

import asyncio

import structlog
from sqlalchemy import func, select

from connectors.clock import Clock
from gateway.audit.notes import Signer
from gateway.audit.proving import edge_of
from gateway.store import tables
from gateway.store.database import Database, Unavailable

_log = structlog.get_logger()


class Checkpoints:
    """Writes them, in one process."""

    def __init__(self, database: Database, signer: Signer, *, every: float, clock: Clock) -> None:
        self.signer = signer
        self._database = database
        self._every = every
        self._clock = clock
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, where there is a key to sign with."""
        if self.signer.signs:
            self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Cover what was written last, and end."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            await self._try()

    async def write(self) -> str | None:
        """Sign the log as it is now, unless that was done; gives the note.

        Raises:
            SQLAlchemyError, OSError: the store cannot be had.
        """
        await self._database.migrate_once()
        async with self._database.reading() as connection:
            edge = await edge_of(connection)
            last = (await connection.execute(select(func.max(tables.access_checkpoint.c.size)))).scalar()
        if not edge.size or edge.size == last:
            return None
        note = self.signer.note(edge.size, edge.root())
        row = {"size": edge.size, "at": self._clock.now(), "note": note}
        async with self._database.writing() as connection:
            # Another gateway may have signed the same.
            inserting = self._database.insert(tables.access_checkpoint).values(row)
            await connection.execute(inserting.on_conflict_do_nothing())
        return note

    async def newest(self) -> str | None:
        """The newest that was signed.

        Raises:
            SQLAlchemyError, OSError: the store cannot be had.
        """
        table = tables.access_checkpoint.c
        await self._database.migrate_once()
        async with self._database.reading() as connection:
            newest: str | None = (
                await connection.execute(select(table.note).order_by(table.size.desc()).limit(1))
            ).scalar()
        return newest

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self._try()

    async def _try(self) -> None:
        try:
            if note := await self.write():
                _log.info("checkpoint", note=note)
        except Unavailable as error:
            _log.warning("store_unavailable", error=type(error).__name__)
