"""F22, F23, A87: while the store is away entries wait on this disk, within bounds; then nothing is answered."""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from connectors.options import Duration, Size
from gateway.audit.ledger import AuditUnavailable
from gateway.audit.log import Leaf
from gateway.audit.seals import Sealer
from gateway.audit.spool import Spool
from gateway.settings import Store
from gateway.store import tables
from gateway.store.database import Database
from tests.gateway.audit.ledgers import SEALER, entry, running_ledger
from tests.gateway.audit.test_ledger import rows_of
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock


class Later:
    """A store that is not there yet, and comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "later"
        self.settings = Store(file=str(self._folder / "store.db"))

    def comes(self) -> None:
        self._folder.mkdir()


@pytest.fixture
def later(tmp_path: Path) -> Later:
    return Later(tmp_path)


async def until(true: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - the writer of another task has no bell
            await asyncio.sleep(0.005)


async def test_f22_entries_wait_while_the_store_is_down_and_come_in_their_order(later: Later, tmp_path: Path) -> None:
    """Whoever asks is answered; when the store is back everything stands there once, the oldest first."""
    clock = HeldClock()
    async with running_ledger(later.settings, tmp_path / "spool", clock=clock) as ledger:
        for number in range(5):
            await ledger.keep([entry(number)])
        assert (ledger.state().state, ledger.state().spooled) == ("spooling", 5)
        later.comes()
        clock.pass_seconds(1)
        await ledger.keep([entry(5)])
        await until(lambda: ledger.state().state == "writing")
        await ledger.keep([entry(6)])

    assert [row.id for row in await rows_of(later.settings)] == [entry(number).id for number in range(7)]
    assert all(path.stat().st_size == 0 for path in (tmp_path / "spool").iterdir())


async def test_f22_what_waits_survives_the_end_of_the_gateway(later: Later, tmp_path: Path) -> None:
    """The next one brings it to the store; nobody else reads the file."""
    async with running_ledger(later.settings, tmp_path / "spool") as ledger:
        await ledger.keep([entry(0)])
        (file,) = (tmp_path / "spool").iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
    later.comes()
    async with running_ledger(later.settings, tmp_path / "spool") as ledger:
        await until(lambda: ledger.state().state == "writing")

    assert [row.id for row in await rows_of(later.settings)] == [entry(0).id]


async def test_f22_the_next_gateway_takes_over_what_others_left(later: Later, tmp_path: Path) -> None:
    """Two have ended and one comes back; one that lives keeps its own."""
    folder = tmp_path / "spool"
    living = Spool(folder, SEALER)
    living.open()
    living.put([Leaf.of(entry(2))])
    async with running_ledger(later.settings, folder) as one, running_ledger(later.settings, folder) as two:
        await one.keep([entry(0)])
        await two.keep([entry(1)])
    later.comes()
    async with running_ledger(later.settings, folder) as ledger:
        await until(lambda: ledger.state().state == "writing")
    living.close()

    assert {row.id for row in await rows_of(later.settings)} == {entry(0).id, entry(1).id}


@pytest.mark.parametrize(
    "bounds",
    [{"spool_entries": 3}, {"spool_size": Size(1000)}, {"spool_time": Duration(60)}],
    ids=lambda one: next(iter(one)),
)
async def test_f22_over_its_bounds_the_ledger_is_closed_until_the_store_is_back(
    later: Later, tmp_path: Path, bounds: dict[str, Any]
) -> None:
    """By entries, by bytes, by time: before any source would be asked."""
    clock = HeldClock(NOW)
    async with running_ledger(later.settings, tmp_path / "spool", clock=clock, **bounds) as ledger:
        for number in range(3):
            ledger.require()
            await ledger.keep([entry(number)])
        clock.pass_seconds(61)
        assert ledger.state().state == "closed"
        with pytest.raises(AuditUnavailable) as refused:
            ledger.require()
        assert (refused.value.status, refused.value.code) == (503, "AUDIT_UNAVAILABLE")
        later.comes()
        await until(lambda: ledger.state().state == "writing")
        ledger.require()


async def test_f23_when_the_disk_takes_nothing_either_the_ledger_is_closed(later: Later, tmp_path: Path) -> None:
    """Nothing is durable, so whoever waits is refused; it opens again by itself when either is back."""
    (tmp_path / "spool").write_text("no folder")
    clock = HeldClock()
    async with running_ledger(later.settings, tmp_path / "spool", clock=clock) as ledger:
        with pytest.raises(AuditUnavailable):
            await ledger.keep([entry(0)])
        assert ledger.state().state == "closed"
        (tmp_path / "spool").unlink()
        clock.pass_seconds(1)
        await until(lambda: ledger.state().state == "spooling")
        await ledger.keep([entry(1)])
        later.comes()
        clock.pass_seconds(1)
        await until(lambda: ledger.state().state == "writing")

    assert [row.id for row in await rows_of(later.settings)] == [entry(1).id]


def test_f23_a_disk_that_fills_leaves_no_half_of_a_line(tmp_path: Path) -> None:
    """What could not be written whole is not there; what was there before stays."""
    spool = Spool(tmp_path, SEALER)
    spool.open()
    spool.put([Leaf.of(entry(0))])
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (spool.size + 10, was[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            spool.put([Leaf.of(entry(1))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    spool.put([Leaf.of(entry(2))])
    spool.close()
    again = Spool(tmp_path, SEALER)
    again.open()

    assert [leaf.id for leaf in again.first(9)] == [entry(0).id, entry(2).id]
    again.close()


def test_a95_a_line_that_was_cut_off_is_left_out_and_so_is_one_that_somebody_wrote(tmp_path: Path) -> None:
    """Its end was never answered for; a line without our seal is nobody's access."""
    spool = Spool(tmp_path, SEALER)
    spool.open()
    spool.put([Leaf.of(entry(0)), Leaf.of(entry(1))])
    spool.close()
    forger = Spool(tmp_path / "other", Sealer([b"x" * 32]))
    forger.open()
    forger.put([Leaf.of(entry(2))])
    forger.close()
    file = tmp_path / "0.spool"
    forged = (tmp_path / "other" / "0.spool").read_bytes()
    file.write_bytes(forged + file.read_bytes()[:-20])
    again = Spool(tmp_path, SEALER)
    again.open()

    assert [leaf.id for leaf in again.first(9)] == [entry(0).id]
    again.close()


async def test_a87_an_attempt_whose_end_nobody_knows_leaves_one_entry(settings: Store, tmp_path: Path) -> None:
    """The store took it and could not say so: it waits in the spool as well, and stands in the log once."""
    spool = Spool(tmp_path, SEALER)
    spool.open()
    async with running_ledger(settings, tmp_path / "first") as ledger:
        await ledger.keep([entry(0), entry(1)])
    spool.put([Leaf.of(entry(0)), Leaf.of(entry(1)), Leaf.of(entry(2))])
    spool.close()
    async with running_ledger(settings, tmp_path) as ledger:
        await until(lambda: ledger.state().state == "writing")

    assert [row.id for row in await rows_of(settings)] == [entry(number).id for number in range(3)]


async def test_a87_a_store_that_hangs_is_waited_for_once(settings: Store, tmp_path: Path) -> None:
    """Somebody holds it: the first batch waits its patience, those behind it go to the disk at once."""
    async with (
        held(settings),
        running_ledger(settings, tmp_path, patience=Duration(0.2), retry=Duration(3600), clock=HeldClock()) as ledger,
    ):
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await ledger.keep([entry(0)])
        waited = loop.time() - begun
        begun = loop.time()
        for number in range(1, 20):
            await ledger.keep([entry(number)])
        assert loop.time() - begun < 1
        assert 0.15 < waited < 5
        assert ledger.state().spooled == 20


@asynccontextmanager
async def held(settings: Store) -> AsyncIterator[None]:
    """Somebody else writes, and does not come to an end."""
    database = Database(settings)
    await database.migrate()
    async with database.writing() as connection:
        await connection.execute(update(tables.access_head).values(id=1))
        yield
    await database.close()


def test_the_spools_of_two_gateways_are_two_files(tmp_path: Path) -> None:
    """Each is locked by its own."""
    one, two = Spool(tmp_path, SEALER), Spool(tmp_path, SEALER)
    one.open()
    two.open()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.spool", "1.spool"]
    one.close()
    two.close()
