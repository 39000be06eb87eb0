"""The thread that writes into an SQLite: a transaction is whole or was never, and who waits for it is told."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from gateway.settings import Store
from gateway.store import tables
from gateway.store.compiled import Compiled
from gateway.store.database import Database
from tests.resolvers.world import NOW

ADD = Compiled(insert(tables.event), "source", "digest", "received")
READ = Compiled(select(tables.event.c.digest).order_by(tables.event.c.digest))
ROW = {"source": "h", "received": NOW}
Work = Callable[[Connection], None]


@pytest.fixture
def settings(tmp_path: Path) -> Store:
    """A file: what is said here is about SQLite alone."""
    return Store(file=str(tmp_path / "store.db"))


def adding(digest: str) -> Work:
    """A work that adds that row in the driver's words."""
    return lambda connection: ADD.write(connection, [("h", digest, 1)])


class Held:
    """A work that waits in the thread until it may go on."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, connection: Connection) -> None:
        """Add a row, and wait."""
        ADD.write(connection, [("h", "held", 1)])
        self.begun.set()
        assert self.may_end.wait(10)


async def test_what_is_said_through_sqlalchemy_is_in_the_same_transaction(database: Database) -> None:
    """Both ways of speaking, in one work: all is kept, or none of it."""

    def both(connection: Connection) -> None:
        ADD.write(connection, [("h", "plain", 1)])
        connection.execute(insert(tables.event), [{**ROW, "digest": "told"}])

    def failing(connection: Connection) -> None:
        ADD.write(connection, [("h", "lost", 1)])
        connection.execute(insert(tables.event), [{**ROW, "digest": "lost too"}])
        raise KeyError("mistake")

    await database.transact(both)
    with pytest.raises(KeyError, match="mistake"):
        await database.transact(failing)
    await database.transact(adding("next"))
    assert await database.transact(READ.read) == [("next",), ("plain",), ("told",)]


async def test_who_stops_waiting_does_not_stop_what_was_begun(database: Database) -> None:
    """And what was not begun is not done at all; whoever comes next finds the thread well."""
    held = Held()
    begun = asyncio.ensure_future(database.transact(held))
    assert await asyncio.to_thread(held.begun.wait, 10)
    behind = asyncio.ensure_future(database.transact(adding("behind")))
    await asyncio.sleep(0)  # lets it stand behind the other
    begun.cancel()
    behind.cancel()
    await asyncio.gather(begun, behind, return_exceptions=True)
    held.may_end.set()

    assert await database.transact(READ.read) == [("held",)]


async def test_the_end_waits_for_what_was_asked(settings: Store) -> None:
    """The thread is gone then, and what it was asked for stands in the file."""
    database, held = Database(settings), Held()
    await database.migrate()
    writing = asyncio.ensure_future(database.transact(held))
    assert await asyncio.to_thread(held.begun.wait, 10)
    closing = asyncio.ensure_future(database.close())
    held.may_end.set()
    await asyncio.gather(writing, closing)
    assert not [thread for thread in threading.enumerate() if thread.name == f"store {settings.file}"]

    again = Database(settings)
    assert await again.transact(READ.read) == [("held",)]
    await again.close()


def test_a_loop_that_ended_is_nobodys_loss(settings: Store) -> None:
    """A work outlives the loop of whoever asked for it: the thread goes on, and writes for the next loop."""
    database, held = Database(settings), Held()

    async def ask() -> None:
        await database.migrate()
        asking = asyncio.ensure_future(database.transact(held))
        assert await asyncio.to_thread(held.begun.wait, 10)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    async def see() -> list[tuple[object, ...]]:
        found = await database.transact(READ.read)
        await database.close()
        return found

    asyncio.run(ask())
    held.may_end.set()
    assert asyncio.run(see()) == [("held",)]
