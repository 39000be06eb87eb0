"""Pointers in the store: taken once, in any order, by nobody's number; relied upon as far as they deserve it."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from connectors.options import Secret
from connectors.records import Allergy, Encounter
from gateway.settings import Store
from gateway.store.database import Database, Unavailable
from gateway.store.pointers import StoredPointers, Told
from resolvers.locating import Pointer, PointersUnavailable
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock

AN, BINH = "a" * 32, "b" * 32
DAY = date(2026, 11, 1)


def told(name: str, *, minutes: int = 0, ref: str | None = AN, **about: object) -> Told:
    """An event of that id, so many minutes later."""
    known = {"about": Allergy, "latest": DAY} | about
    return Told(id=name, ref=ref, at=NOW + timedelta(minutes=minutes), **known)  # type: ignore[arg-type]


def complete(name: str = "all", *, minutes: int = 0, is_complete: bool = True) -> Told:
    """The announcement that all pointers to allergies were sent, or that they were not."""
    return Told(id=name, about=Allergy, at=NOW + timedelta(minutes=minutes), complete=is_complete)


def all_bytes(folder: Path) -> bytes:
    """Of every file in it."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
async def pointers(database: Database, clock: HeldClock) -> AsyncIterator[StoredPointers]:
    opened = StoredPointers(database, clock=clock, bound=0.9)
    await opened.warm()
    yield opened
    await opened.close()


async def test_a_pointer_leads_from_its_citizen_to_its_source(pointers: StoredPointers) -> None:
    """And from nobody else."""
    await pointers.take("h1", [told("1"), told("2", about=Encounter, latest=date(2026, 3, 4))])
    await pointers.take("h2", [told("1", ref=BINH)])

    assert sorted(await pointers.of(AN), key=str) == sorted(
        [
            Pointer(source="h1", about=Allergy, latest=DAY),
            Pointer(source="h1", about=Encounter, latest=date(2026, 3, 4)),
        ],
        key=str,
    )
    assert await pointers.of("c" * 32) == []


async def test_an_event_is_taken_once_per_source(pointers: StoredPointers) -> None:
    """Twice in a batch, or again later; another source's event of the same id is another one."""
    assert await pointers.take("h1", [told("1"), told("1", ref=BINH)]) == [True, False]
    assert await pointers.take("h1", [told("1", gone=True, latest=None), told("2")]) == [False, True]
    assert await pointers.take("h2", [told("1")]) == [True]

    assert len(await pointers.of(AN)) == 2
    assert await pointers.of(BINH) == []


async def test_events_may_come_in_any_order(pointers: StoredPointers) -> None:
    """The last word by the source's own time counts, and the newest date that was told since something is there."""
    story: list[tuple[int, dict[str, object]]] = [
        (0, {"latest": date(2026, 1, 1)}),
        (1, {"gone": True, "latest": None}),
        (2, {"latest": date(2026, 2, 1)}),
        (3, {"latest": date(2026, 2, 2)}),
    ]
    for number, order in enumerate(permutations(story)):
        for together in (True, False):
            ref = f"{number:031x}{together:x}"
            events = [told(f"{ref}-{minutes}", minutes=minutes, ref=ref, **about) for minutes, about in order]
            for batch in [events] if together else [[event] for event in events]:
                await pointers.take("h1", batch)
            assert [found.latest for found in await pointers.of(ref)] == [date(2026, 2, 2)]


async def test_what_is_gone_is_not_brought_back_by_what_comes_late(pointers: StoredPointers) -> None:
    """A word from before."""
    await pointers.take("h1", [told("1", minutes=5, gone=True, latest=None)])
    await pointers.take("h1", [told("2", minutes=4)])

    assert await pointers.of(AN) == []


async def test_pointers_are_relied_upon_once_they_are_announced_as_complete(pointers: StoredPointers) -> None:
    """For that class alone, until the source takes it back; an older word changes nothing."""
    assert pointers.trusted == frozenset()
    await pointers.take("h1", [complete(minutes=1)])
    assert pointers.trusted == {("h1", Allergy)}
    await pointers.take("h1", [complete("late", is_complete=False)])
    assert pointers.trusted == {("h1", Allergy)}
    await pointers.take("h1", [complete("back", minutes=2, is_complete=False)])
    assert pointers.trusted == frozenset()


async def test_pointers_that_miss_too_much_are_no_longer_relied_upon(
    pointers: StoredPointers, database: Database, clock: HeldClock
) -> None:
    """At once, for good measure again when it is good again, and for every gateway and after a restart."""
    await pointers.take("h1", [complete()])
    held = pointers.trusted
    pointers.measure("h1", Allergy, pointed=True)
    assert pointers.trusted is held, "nothing need be put in order anew"
    pointers.measure("h1", Allergy, pointed=False)
    assert pointers.trusted == frozenset()

    await pointers.close()
    other = StoredPointers(database, clock=clock, bound=0.9)
    await other.warm()
    assert other.trusted == frozenset()
    assert [(row.source, row.about, row.answered, row.pointed) for row in other.report()] == [("h1", "Allergy", 2, 1)]

    for _ in range(8):
        other.measure("h1", Allergy, pointed=True)
    assert other.trusted == {("h1", Allergy)}
    await other.close()


async def test_a_new_announcement_begins_the_measure_anew(pointers: StoredPointers) -> None:
    """The source has sent what was missing."""
    await pointers.take("h1", [complete()])
    pointers.measure("h1", Allergy, pointed=False)
    assert pointers.trusted == frozenset()
    await pointers.refresh()
    await pointers.take("h1", [complete("again", minutes=1)])

    assert pointers.trusted == {("h1", Allergy)}


async def test_what_another_gateway_heard_is_known_here_some_seconds_later(
    pointers: StoredPointers, database: Database, clock: HeldClock
) -> None:
    """Read beside a request that comes by."""
    other = StoredPointers(database, clock=clock, bound=0.9)
    await other.take("h1", [complete()])
    clock.pass_seconds(10)
    await pointers.of(AN)
    await pointers.close()  # waits for what is under way

    assert pointers.trusted == {("h1", Allergy)}


async def test_what_was_counted_while_the_store_was_away_is_not_lost(database: Database, clock: HeldClock) -> None:
    """It is written when the store is back."""
    pointers = StoredPointers(database, clock=clock, bound=0.9)
    pointers.measure("h1", Allergy, pointed=True)
    await database.close()
    engine, database.engine = database.engine, Database(Store(file="/none/store.db")).engine
    with pytest.raises(Unavailable):
        await pointers.refresh()
    database.engine = engine
    await pointers.refresh()

    assert [(row.answered, row.pointed) for row in pointers.report()] == [(1, 1)]


async def test_a_store_that_is_down_is_said_to_be_and_left_alone_for_a_while(tmp_path: Path, clock: HeldClock) -> None:
    """The door then probes. When the store comes, its tables are made and it is read again."""
    pointers = StoredPointers(Database(Store(file=str(tmp_path / "later" / "store.db"))), clock=clock, bound=0.9)
    await pointers.warm()
    for _ in range(5):
        with pytest.raises(PointersUnavailable):
            await pointers.of(AN)
    assert pointers.trusted == frozenset()

    (tmp_path / "later").mkdir()
    clock.pass_seconds(10)
    with pytest.raises(PointersUnavailable):
        await pointers.of(AN)  # brings the tables, beside
    await pointers.close()
    clock.pass_seconds(10)
    assert await pointers.of(AN) == []
    await pointers.close()
    await pointers._database.close()


async def test_a_batch_is_written_whole_or_not_at_all(pointers: StoredPointers) -> None:
    """An event that cannot be written takes the others with it, also their ids."""
    broken = Told(id="2", about=Allergy, at=NOW, ref=AN, latest="no date")  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"date|Date"):
        await pointers.take("h1", [told("1"), broken])

    assert await pointers.of(AN) == []
    assert await pointers.take("h1", [told("1")]) == [True]


async def test_a89_the_file_holds_neither_a_number_nor_the_sources_own_ids(tmp_path: Path, clock: HeldClock) -> None:
    """A careless source makes its ids of numbers; they are not written either."""
    file = tmp_path / "store.db"
    database = Database(Store(file=str(file)))
    pointers = StoredPointers(database, clock=clock, bound=0.9)
    await pointers.take("h1", [told("079185998101-allergy")])
    await pointers.close()
    await database.close()

    kept = all_bytes(tmp_path)
    assert b"079185998101" not in kept
    with sqlite3.connect(file) as reader:
        assert [row[0] for row in reader.execute("SELECT ref FROM pointer")] == [AN]
    reader.close()


async def test_ids_of_events_are_forgotten_after_a_month(pointers: StoredPointers, clock: HeldClock) -> None:
    """The store does not grow with every event; an old one that comes again is known by its time."""
    await pointers.take("h1", [told("1", minutes=1)])
    await pointers.take("h1", [told("2", minutes=2, gone=True, latest=None)])
    clock.pass_seconds(31 * 86_400)
    await pointers.take("h1", [told("3", ref=BINH)])
    await pointers.take("h1", [told("1", minutes=1)])

    assert await pointers.of(AN) == []


def test_a_secret_stays_one() -> None:
    """The settings' text does not show the address."""
    assert "secret" not in repr(Store(url=Secret("postgresql://u:secret@h/d")))
