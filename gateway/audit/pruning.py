"""What is older than it may be kept is dropped; its hashes stay, so every proof about the rest stays good.

That it was dropped is an entry of the log itself: a record that is empty although no such entry speaks of it was
emptied by somebody else.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select, update

from gateway.audit.log import ENCODER, Leaf, StoredLog
from gateway.ids import new_id_in_order
from gateway.store import tables

MARKER = "pruned"
"""Stands where other entries have the citizen's reference."""


class Pruned(Struct, frozen=True, kw_only=True, tag="pruned"):
    """All entries before a place were dropped."""

    id: str
    at: datetime
    before: int


async def prune(log: StoredLog, *, until: datetime, now: datetime) -> int:
    """Drop the entries made before that time; gives how many of them had something to drop.

    Raises:
        SQLAlchemyError, OSError: the store cannot be had, and nothing is dropped.
        Tampered: the end of the log is not as a gateway left it.
    """
    before = await _first_since(log, until)
    entry = tables.access_entry.c
    old = (entry.place < before, entry.content.is_not(None))
    async with log.database.reading() as connection:
        count: int = (await connection.execute(select(func.count()).where(*old))).scalar_one()
    if not count:
        return 0
    marker = Pruned(id=new_id_in_order(now), at=now, before=before)

    def drop(connection: Connection) -> None:
        emptied = {"content": None, "about": None, "at": None, "id": None}
        connection.execute(update(tables.access_entry).where(*old).values(emptied))
        report = tables.irregularity
        connection.execute(delete(report).where(report.c.reported < until))

    await log.append([Leaf(marker.id, MARKER, now, ENCODER.encode(marker))], also=drop)
    return count


async def _first_since(log: StoredLog, until: datetime) -> int:
    """The place of the first entry that stays. Entries of several gateways may be out of order by moments."""
    entry = tables.access_entry.c
    await log.database.migrate_once()
    async with log.database.reading() as connection:
        first = (await connection.execute(select(func.min(entry.place)).where(entry.at >= until))).scalar()
        size: int = (await connection.execute(select(tables.access_head.c.size))).scalar_one()
    return size if first is None else first
