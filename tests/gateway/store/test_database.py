"""The store's database: its tables come by themselves, what is written stays, and nobody else reads it."""

import asyncio
import stat
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select, text

from connectors.options import BadOptions, Secret
from gateway.settings import Store
from gateway.store import tables
from gateway.store.compiled import Compiled
from gateway.store.database import Database, Unavailable
from gateway.store.migrating import prepared
from tests.gateway.store.workers import no_worker_left
from tests.resolvers.world import NOW


def modes_of(folder: Path) -> dict[str, int]:
    """The permissions of every file in it."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


ROW = {"source": "h", "digest": "d", "received": NOW}


async def break_off(database: Database) -> None:
    """Begin to write, and fail."""
    async with database.writing() as connection:
        await connection.execute(insert(tables.event), [{**ROW, "digest": "other"}])
        raise KeyError


async def test_the_steps_lead_to_the_tables_that_the_code_knows(database: Database) -> None:
    """A column that is only in one of the two would be found by the first citizen."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_step_is_the_one_that_the_code_names() -> None:
    """By its name a gateway knows that there is nothing to do; with an old one it would never take a new step."""
    assert ScriptDirectory.from_config(prepared()).get_heads() == [tables.NEWEST]


async def test_tables_that_are_there_are_found_without_what_makes_them(settings: Store) -> None:
    """A gateway that starts again need not load what only the first one needs."""
    first = Database(settings)
    await first.migrate()
    await first.close()
    program = (
        "import asyncio, sys\n"
        "from connectors.options import Secret\n"
        "from gateway.settings import Store\n"
        "from gateway.store.database import Database\n"
        f"url = {settings.url.reveal() if settings.url else None!r}\n"
        f"database = Database(Store(file={settings.file!r}, url=Secret(url) if url else None))\n"
        "asyncio.run(database.migrate())\n"
        "print('alembic' in sys.modules)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said.decode().strip() == "False"


async def test_several_gateways_may_start_at_once(settings: Store) -> None:
    """One makes the tables; the others find them."""
    gateways = [Database(settings) for _ in range(3)]
    try:
        await asyncio.gather(*(gateway.migrate() for gateway in gateways))
        assert all(await asyncio.gather(*(gateway.is_up() for gateway in gateways)))
    finally:
        await asyncio.gather(*(gateway.close() for gateway in gateways))


async def test_what_was_written_is_there_after_a_restart_and_what_was_begun_is_not(settings: Store) -> None:
    """A transaction ends with its block, or was never."""
    first = Database(settings)
    await first.migrate()
    async with first.writing() as connection:
        await connection.execute(insert(tables.event), [ROW])
    with pytest.raises(KeyError):
        await break_off(first)
    await first.close()

    second = Database(settings)
    await second.migrate()
    async with second.reading() as connection:
        rows = (await connection.execute(select(tables.event))).all()
    await second.close()
    assert [(row.digest, row.received) for row in rows] == [("d", NOW)]


async def test_writers_wait_for_each_other(database: Database) -> None:
    """Twenty at once, each of which reads before it writes."""

    async def write(number: int) -> None:
        async with database.writing() as connection:
            await connection.execute(select(tables.event))
            await connection.execute(insert(tables.event), [{**ROW, "digest": str(number)}])

    await asyncio.gather(*(write(number) for number in range(20)))
    async with database.reading() as connection:
        assert len((await connection.execute(select(tables.event))).all()) == 20


async def test_a_reader_who_is_given_up_leaves_nothing_behind(database: Database) -> None:
    """A caller hangs up in the middle, wherever that is; the next one finds every connection free."""

    async def read() -> None:
        async with database.reading() as connection:
            await connection.execute(select(tables.event))

    for steps in range(20):
        reading = asyncio.ensure_future(read())
        for _ in range(steps):
            await asyncio.sleep(0)  # lets it come a little further
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    async with asyncio.timeout(5):
        assert all(await asyncio.gather(*(database.is_up() for _ in range(10))))


async def test_the_file_is_its_owners_alone_and_so_is_all_beside_it(tmp_path: Path) -> None:
    """Also the log that SQLite writes ahead."""
    database = Database(Store(file=str(tmp_path / "store.db")))
    await database.migrate()
    modes = modes_of(tmp_path)
    await database.close()

    assert set(modes.values()) == {0o600} and "store.db-wal" in modes


async def test_a_database_that_cannot_be_had_is_told_as_one_kind_of_failure(tmp_path: Path) -> None:
    """A folder that does not exist; a server that nobody runs."""
    nowhere = Store(file=str(tmp_path / "none" / "store.db"))
    nobody = Store(url=Secret(f"postgresql://u:secret@/none?host={tmp_path}"))
    async with no_worker_left():
        for settings in (nowhere, nobody):
            database = Database(settings)
            assert not await database.is_up()
            with pytest.raises(Unavailable) as told:
                await database.migrate()
            await database.close()
            assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "postgresql://u:secret@h", "secret", "postgresql+psycopg://h/d"]
)
def test_a90_an_address_of_something_else_is_refused_and_not_repeated(url: str) -> None:
    """There is a password in it."""
    with pytest.raises(BadOptions, match=r"store\.url: expected an address such as") as refused:
        Database(Store(url=Secret(url)))

    assert "secret@" not in str(refused.value).replace("password@", "")


async def test_f22_what_the_driver_refuses_is_said_as_any_other_failure(database: Database) -> None:
    """Statements go to the driver past SQLAlchemy: whoever waits for a store that ails must know it all the same.

    And though somebody keeps the failure, the next one gets the turn.
    """
    await database.migrate_once()
    add = Compiled(insert(tables.event), "source", "digest", "received")
    row = ("h", "d", 1)

    with pytest.raises(Unavailable) as kept:
        await database.transact(lambda connection: add.write(connection, [("h", "other", 1), row, row]))
    await database.transact(lambda connection: add.write(connection, [row]))
    assert kept.value.__traceback__ is not None

    read = Compiled(select(tables.event.c.digest))
    assert await database.transact(read.read) == [("d",)]


async def test_columns_in_another_order_than_the_statements_are_refused(database: Database) -> None:
    """The driver gets bare values: in the wrong order each would stand in another's column."""
    wrong = Compiled(insert(tables.event), "digest", "source", "received")
    with pytest.raises(TypeError):
        await database.transact(lambda connection: wrong.write(connection, [("d", "h", 1)]))


async def test_f22_a_connection_that_broke_is_not_used_again(settings: Store) -> None:
    """A PostgreSQL that ends what was open costs at most those who use it at that moment."""
    if settings.url is None:
        pytest.skip("an SQLite has no connections to lose")
    database, other = Database(settings), Database(settings)
    await database.migrate()
    read = Compiled(select(tables.event.c.digest))
    assert await database.transact(read.read) == []
    async with other.writing() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    with pytest.raises(Unavailable):
        await database.transact(read.read)
    assert await database.transact(read.read) == []
    await database.close()
    await other.close()
