"""Changes reach whoever listens about that citizen, and nobody else; a slow listener costs no memory."""

import asyncio
from datetime import timedelta

from connectors.records import Allergy, Encounter, Record
from gateway.changes import Changes, Listening
from resolvers.changes import Change, Heard
from tests.resolvers.world import NOW

AN, BINH = "a" * 32, "b" * 32


def change(source: str = "h", about: type[Record] = Allergy, minutes: int = 0) -> Change:
    return Change(source=source, about=about, at=NOW + timedelta(minutes=minutes))


async def heard(listening: Listening, count: int) -> list[Heard]:
    """The next so many."""
    async with asyncio.timeout(5):
        return [await listening.take() for _ in range(count)]


async def test_a_change_reaches_everybody_who_listens_about_that_citizen() -> None:
    """Two listeners, each with its own copy of the word; nobody hears of another citizen."""
    changes = Changes()
    with changes.listen(AN) as first, changes.listen(AN) as second:
        changes.publish(BINH, change("other"))
        changes.publish(AN, change())
        assert await heard(first, 1) == await heard(second, 1) == [change()]


async def test_who_waits_is_woken_by_what_comes_later() -> None:
    """And by the one after that."""
    changes = Changes()
    with changes.listen(AN) as listening:
        for source in ("h1", "h2"):
            waiting = asyncio.ensure_future(heard(listening, 1))
            await asyncio.sleep(0)  # lets the waiting begin
            changes.publish(AN, change(source))
            assert await waiting == [change(source)]


async def test_a_slow_listener_is_told_once_per_source_and_class() -> None:
    """The newest word of each, however often it was said; nothing that was missed is lost."""
    changes = Changes()
    with changes.listen(AN) as listening:
        for minutes in range(1000):
            changes.publish(AN, change(minutes=minutes))
        changes.publish(AN, change(minutes=3))
        changes.publish(AN, change(about=Encounter))
        assert await heard(listening, 2) == [change(minutes=999), change(about=Encounter)]


async def test_nothing_remains_of_a_listener_who_left() -> None:
    """Not even an empty place with the citizen's reference."""
    changes = Changes()
    with changes.listen(AN), changes.listen(AN):
        pass
    changes.publish(AN, change())

    assert changes._listening == {}
