"""The database of the store: a file beside the settings by default, a PostgreSQL by configuration; one way to use both.

Whoever keeps something here opens ``reading()`` or ``writing()``. Each is one transaction: it ends well with its block,
and is undone when the block raises. What is written for nearly every request is given to ``transact`` instead.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.sql.expression import TableClause
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random

from connectors.options import BadOptions
from gateway.settings import Store
from gateway.store.compiled import said
from gateway.store.tables import NEWEST
from gateway.store.writer import IN_TURN, Writer

T = TypeVar("T")

_MIGRATING = 0x63675F6D
"""Number of the lock under which one gateway of many changes the tables of a PostgreSQL."""
_BUSY_MS = 2000
"""How long a writer waits for another one in SQLite."""
_CHECKPOINT = 4000
"""Pages of SQLite's journal that are brought into the file at once, 16 MB: most of them were written many times."""
_LOCAL = (None, "", "localhost", "127.0.0.1", "::1")

Unavailable = (SQLAlchemyError, OSError, TimeoutError)
"""What using a database that ails may raise."""


class Database:
    """The database, not yet spoken with."""

    def __init__(self, settings: Store) -> None:
        """Prepare the connections; none is opened here.

        Raises:
            BadOptions: the address is none of a PostgreSQL.
        """
        self._file = None if settings.url else Path(settings.file)
        url, arguments = _address(settings)
        self.engine = create_async_engine(url, pool_size=settings.connections, connect_args=arguments)
        self._migrated = False
        self._is_sqlite = url.get_backend_name() == "sqlite"
        self._writer: Writer | None = None
        if self._is_sqlite:
            _made_ours(self.engine.sync_engine)
            own = URL.create("sqlite", database=settings.file)
            self._writer = Writer(_made_ours(create_engine(own, execution_options={"begins": None})))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that reads."""
        async with self.engine.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may write. In SQLite it is the only one meanwhile, and readers see what was before."""
        async with self.engine.connect() as connection:
            await connection.execution_options(begins=IN_TURN)
            async with connection.begin():
                yield connection

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` gives, in one transaction that may write.

        It is cheaper than ``writing``, where each word with an SQLite is a hop to a thread and back: the whole of it is
        done in one thread. So whoever stops waiting for it does not stop it.
        """
        if self._writer is None:
            async with self.writing() as connection:
                return await connection.run_sync(work)
        return await self._writer.done(work)

    def insert(self, table: TableClause) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that can say what to do where the row is there already; both databases write that alike."""
        return sqlite.insert(table) if self._is_sqlite else postgresql.insert(table)

    async def migrate(self) -> None:
        """Bring the tables to the form that this version knows. Several gateways may do so at once.

        Raises:
            SQLAlchemyError, OSError: the database cannot be had.
        """
        if self._file is not None:
            self._file.touch(mode=0o600)
            await self._write_ahead()
        async with self.writing() as connection:
            if not self._is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
            await connection.run_sync(_brought_up_to_date)
        self._migrated = True

    async def migrate_once(self) -> None:
        """The same, unless it has been done: for those who find the database only after the start.

        Raises:
            SQLAlchemyError, OSError: the database cannot be had.
        """
        if not self._migrated:
            await self.migrate()

    async def is_up(self) -> bool:
        """Whether it answers."""
        try:
            async with self.reading() as connection:
                await connection.execute(text("SELECT 1"))
        except Unavailable:
            return False
        return True

    async def close(self) -> None:
        """Let go of every connection."""
        if self._writer is not None:
            await asyncio.to_thread(self._writer.close)
        await self.engine.dispose()

    async def _write_ahead(self) -> None:
        """Let readers of an SQLite see what was before while somebody writes. The file remembers it.

        SQLite does not wait for its turn to change this, so of several gateways that start at once some come back.
        """
        waiting = AsyncRetrying(
            retry=retry_if_exception_type(OperationalError),
            stop=stop_after_delay(_BUSY_MS / 1000),
            wait=wait_random(0.005, 0.05),
            reraise=True,
        )
        async for attempt in waiting:
            with attempt:
                async with self.engine.connect() as connection:
                    await connection.execution_options(begins=None)
                    await connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def _made_ours(engine: Engine) -> Engine:
    """Have connections to an SQLite made as they must be for us."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _address(settings: Store) -> tuple[URL, dict[str, Any]]:
    if settings.url is None:
        return URL.create("sqlite+aiosqlite", database=settings.file), {}
    wrong = BadOptions("store.url: expected an address such as 'postgresql://user:password@host:5432/database'")
    try:
        url = make_url(settings.url.reveal())
    except ArgumentError:
        raise wrong from None
    if url.drivername not in ("postgresql", "postgresql+asyncpg") or not url.database:
        raise wrong
    arguments: dict[str, Any] = {"timeout": float(settings.connect)}
    if url.host not in _LOCAL and "host" not in url.query:
        arguments["ssl"] = ssl.create_default_context(cafile=settings.ca)
    return url.set(drivername="postgresql+asyncpg"), arguments


def _brought_up_to_date(connection: Connection) -> None:
    """Take the steps that are missing. Where none is, nothing is loaded for it: it takes a fifth of a second."""
    if inspect(connection).has_table("alembic_version"):
        known = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        if known == [NEWEST]:
            return
    from gateway.store.migrating import upgrade  # noqa: PLC0415 - see above

    upgrade(connection)


def _prepare(connection: Any, _record: object) -> None:
    """Make a new connection to SQLite durable, and leave the beginning of transactions to us."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"wal_autocheckpoint = {_CHECKPOINT}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin as the connection says: with ``None``, whoever has it begins."""
    begins = connection.get_execution_options().get("begins", "BEGIN")
    if begins is not None:
        said(connection, begins)
