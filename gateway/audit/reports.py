"""What citizens found wrong in their access log, and what they were answered."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from connectors.clock import Clock
from gateway.store import tables
from gateway.store.database import Database
from resolvers.access.log import Irregularity

_TABLE = tables.irregularity


class Reports:
    """Those in the store."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, entry: str, *, about: str, by: str, words: str) -> Irregularity:
        """Keep a report of that entry; of one that was reported before, give the first report.

        Raises:
            SQLAlchemyError, OSError: the store does not take it.
        """
        row = {
            "id": uuid.uuid4().hex,
            "entry": entry,
            "about": about,
            "by": by,
            "reported": self._clock.now(),
            "words": words,
        }
        async with self._database.writing() as connection:
            adding = self._database.insert(_TABLE).values(row).on_conflict_do_nothing(index_elements=["entry"])
            await connection.execute(adding)
            kept = (await connection.execute(select(_TABLE).where(_TABLE.c.entry == entry))).one()
        return _irregularity(kept)

    async def about(self, refs: Sequence[str]) -> list[Irregularity]:
        """All about that citizen, the newest first.

        Raises:
            SQLAlchemyError, OSError: the store cannot be had.
        """
        return await self._read(_TABLE.c.about.in_(refs))

    async def open(self) -> list[Irregularity]:
        """Those that nobody answered yet, the newest first.

        Raises:
            SQLAlchemyError, OSError: the store cannot be had.
        """
        return await self._read(_TABLE.c.answered.is_(None))

    async def answer(self, known: str, words: str) -> bool:
        """Answer one; False where there is none of that id, or it was answered before.

        Raises:
            SQLAlchemyError, OSError: the store does not take it.
        """
        answering = (
            update(_TABLE)
            .where(_TABLE.c.id == known, _TABLE.c.answered.is_(None))
            .values(answered=self._clock.now(), answer=words)
            .returning(_TABLE.c.id)
        )
        await self._database.migrate_once()
        async with self._database.writing() as connection:
            return (await connection.execute(answering)).one_or_none() is not None

    async def _read(self, wanted: Any) -> list[Irregularity]:
        await self._database.migrate_once()
        async with self._database.reading() as connection:
            rows = await connection.execute(select(_TABLE).where(wanted).order_by(_TABLE.c.reported.desc()))
            return [_irregularity(row) for row in rows]


def _irregularity(row: Row[Any]) -> Irregularity:
    reported: datetime = row.reported
    return Irregularity(
        id=row.id,
        entry_id=row.entry,
        reported_at=reported,
        words=row.words,
        answered_at=row.answered,
        answer=row.answer,
    )
