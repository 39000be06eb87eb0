"""What is kept is durable, once, in one order, however many write."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gateway.audit.tree import Edge, leaf_hash
from gateway.settings import Store
from gateway.store import tables
from gateway.store.database import Database
from resolvers.access.entry import AccessEntry
from tests.gateway.audit.ledgers import entry, running_ledger


async def rows_of(store: Store) -> list[Any]:
    """Every entry, in the order of the log."""
    database = Database(store)
    async with database.reading() as connection:
        rows = list((await connection.execute(select(tables.access_entry).order_by(tables.access_entry.c.place))).all())
    await database.close()
    return rows


async def test_what_is_kept_is_there_when_keeping_returns(settings: Store, tmp_path: Path) -> None:
    """One entry alone, then many at once: all durable, each once, in a line without a gap."""
    async with running_ledger(settings, tmp_path) as ledger:
        await ledger.keep([entry(0)])
        assert [row.place for row in await rows_of(settings)] == [0]
        await asyncio.gather(*(ledger.keep([entry(2 * n), entry(2 * n + 1)]) for n in range(1, 700)))
        assert ledger.state().state == "writing"

    rows = await rows_of(settings)
    assert [row.place for row in rows] == list(range(1399))
    assert len({row.id for row in rows}) == 1399
    assert all(row.leaf == leaf_hash(row.content) for row in rows)


class Transactions:
    """Counts them by what is heard: all entries of one are told in one go."""

    def __init__(self) -> None:
        self.count = 0
        self._is_same = False

    def __call__(self, _entry: AccessEntry) -> None:
        """One is durable."""
        if not self._is_same:
            self.count += 1
            self._is_same = True
            asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        self._is_same = False


async def test_those_who_were_answered_together_are_written_together_again(settings: Store, tmp_path: Path) -> None:
    """Though one comes after the other: the first waits a moment for the others, and nobody for who does not come."""
    heard = Transactions()
    async with running_ledger(settings, tmp_path, heard=heard) as ledger:

        async def call(caller: int) -> None:
            for number in range(20):
                for _ in range(caller):
                    await asyncio.sleep(0)  # lets those before go ahead
                await ledger.keep([entry(100 * caller + number)])

        await asyncio.gather(*map(call, range(8)))
        assert heard.count < 30, "twenty, but for rounds in which the machine was slow"
        before = heard.count
        for number in range(5):
            await ledger.keep([entry(1000 + number)])
        assert heard.count == before + 5


async def test_the_edge_of_the_tree_is_that_of_all_entries(settings: Store, tmp_path: Path) -> None:
    """Whoever continues needs a hash for each bit of the size, and nothing of what stands before."""
    async with running_ledger(settings, tmp_path) as ledger:
        for number in range(5):
            await ledger.keep([entry(600 * number + one) for one in range(600)])

    edge = Edge()
    nodes = [made for row in await rows_of(settings) for made in edge.add(row.leaf)]
    database = Database(settings)
    async with database.reading() as connection:
        head = (await connection.execute(select(tables.access_head))).one()
        stored = (await connection.execute(select(tables.access_node))).all()
    await database.close()
    assert (head.size, head.peaks) == (3000, edge.peaks)
    assert {(row.level, row.place, row.hash) for row in stored} == {(*node, hash_) for node, hash_ in nodes}
    assert len(stored) == 11


async def test_several_gateways_write_into_one_log(settings: Store, tmp_path: Path) -> None:
    """Their entries stand in one line, and the tree is that of all."""
    async with (
        running_ledger(settings, tmp_path / "one") as one,
        running_ledger(settings, tmp_path / "two") as two,
        running_ledger(settings, tmp_path / "three") as three,
    ):
        keeping = [
            ledger.keep([entry(number * 3 + place)])
            for number in range(60)
            for place, ledger in enumerate((one, two, three))
        ]
        await asyncio.gather(*keeping)

    rows = await rows_of(settings)
    edge = Edge()
    for row in rows:
        edge.add(row.leaf)
    database = Database(settings)
    async with database.reading() as connection:
        head = (await connection.execute(select(tables.access_head))).one()
    await database.close()
    assert [row.place for row in rows] == list(range(180))
    assert len({row.id for row in rows}) == 180
    assert head.peaks == edge.peaks


async def test_who_gives_up_waiting_takes_nothing_away(settings: Store, tmp_path: Path) -> None:
    """A caller hangs up while the entry is on its way: it is written all the same."""
    async with running_ledger(settings, tmp_path) as ledger:
        waiting = asyncio.ensure_future(ledger.keep([entry(0)]))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert len(await rows_of(settings)) == 1
