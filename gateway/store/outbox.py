"""Notices of which the push service has yet to be told. Several gateways share the work."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from gateway.store import tables
from gateway.store.database import Database

_AT_ONCE = 20
_n = tables.notice.c


class Due(Struct, frozen=True):
    """A notice that it is time to tell of."""

    id: str
    ref: str
    at: datetime
    attempts: int
    """This one counted."""


class Outbox:
    """The queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, now: datetime, until: datetime) -> Sequence[Due]:
        """Some of those that are due now. They are this gateway's until then; if it dies, another one takes them up.

        Raises:
            SQLAlchemyError, OSError: the store cannot be used.
        """
        async with self._database.reading() as connection:
            rows = (await connection.execute(_DUE, {"now": now})).all()
        claimed = []
        for row in rows:
            mine = update(tables.notice).where(_n.id == row.id, _n.due == row.due)
            async with self._database.writing() as connection:
                done = await connection.execute(mine.values(due=until, attempts=row.attempts + 1).returning(_n.id))
                if done.first() is not None:
                    claimed.append(Due(row.id, row.ref, row.at, row.attempts + 1))
        return claimed

    async def put(self, notice: str, due: datetime | None) -> None:
        """Have that notice told of again then; never again with ``None``.

        Raises:
            SQLAlchemyError, OSError: the store cannot be used.
        """
        async with self._database.writing() as connection:
            await connection.execute(update(tables.notice).where(_n.id == notice).values(due=due))


_DUE = (
    select(_n.id, _n.ref, _n.at, _n.due, _n.attempts).where(_n.due <= bindparam("now")).order_by(_n.due).limit(_AT_ONCE)
)
