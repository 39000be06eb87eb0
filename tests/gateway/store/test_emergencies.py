"""Emergencies in the store: kept with their notice or not at all, once per key, never twice for one reason."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateway.settings import Store
from gateway.store.database import Database
from gateway.store.emergencies import Frequency, NotOpen, StoredEmergencies, notice_id
from gateway.store.outbox import Outbox
from resolvers.consenting.book import KeyTaken
from resolvers.emergencies.book import ConsentObstacle, Declared, EmergencyGround, Finding, ReasonRepeated, Review
from resolvers.emergencies.notices import NoticeKind
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock

AN, BINH = "a" * 32, "b" * 32
LIFE = timedelta(hours=4)


def declared(name: str = "1", **other: Any) -> Declared:
    """Somebody lies in the emergency room."""
    known: dict[str, Any] = {
        "id": name * 32,
        "ref": AN,
        "organisation": "79001",
        "professional": "000123/MAU-CCHN",
        "professional_name": "BS. Lê Thị Mẫu Hoa",
        "client": "clinic",
        "ground": EmergencyGround.LIFE_IN_DANGER,
        "obstacle": ConsentObstacle.UNCONSCIOUS,
        "words": f"Brought in unconscious from the street, case {name}",
        "opened_at": NOW,
        "until": NOW + LIFE,
    }
    return Declared(**{**known, **other})


def review(finding: Finding = Finding.JUSTIFIED, **other: Any) -> Review:
    """Somebody looked."""
    return Review(**{"at": NOW, "by": "Mẫu", "finding": finding, "note": "The file of the ward says so.", **other})


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(NOW)


@pytest.fixture
def emergencies(database: Database, clock: HeldClock) -> StoredEmergencies:
    return StoredEmergencies(database, clock=clock, pushed=True)


async def test_a85_what_was_declared_is_open_for_its_time_and_told_for_ever(
    emergencies: StoredEmergencies, clock: HeldClock
) -> None:
    """All that was stated comes back; the policy sees it until it ends, the citizen always."""
    kept = declared()
    assert await emergencies.declare(kept, "k") == kept
    clock.pass_seconds(LIFE.total_seconds() - 1)
    assert await emergencies.emergencies(AN) == [kept.as_fact()]
    clock.pass_seconds(1)
    assert await emergencies.emergencies(AN) == []
    assert await emergencies.declared(AN) == [kept]
    (notice,) = await emergencies.notices(AN)
    assert (notice.kind, notice.at, notice.emergency) == (NoticeKind.EMERGENCY_DECLARED, NOW, kept.id)
    assert not await emergencies.declared(BINH)
    assert not await emergencies.notices(BINH)


async def test_a62_sent_again_it_is_the_same_one_and_with_other_words_the_key_is_taken(
    emergencies: StoredEmergencies, clock: HeldClock
) -> None:
    """Eight at once; later again; and what was kept first is what counts."""
    told = await asyncio.gather(*(emergencies.declare(declared(), "k") for _ in range(8)))
    clock.pass_seconds(60)
    late = declared(opened_at=clock.now(), until=clock.now() + LIFE)
    assert {one.until for one in (*told, await emergencies.declare(late, "k"))} == {NOW + LIFE}
    assert len(await emergencies.notices(AN)) == 1
    with pytest.raises(KeyTaken):
        await emergencies.declare(declared(words="Something else happened altogether"), "k")


async def test_a85_to_go_on_a_new_reason_is_wanted(emergencies: StoredEmergencies) -> None:
    """The same words in other letters are the same; another professional or citizen has reasons of their own."""
    await emergencies.declare(declared(), "k1")
    again = {"words": "BROUGHT in  unconscious from the street,   case 1"}
    with pytest.raises(ReasonRepeated):
        await emergencies.declare(declared("2", **again), "k2")
    assert len(await emergencies.notices(AN)) == 1, "nothing is left of what was refused"
    await emergencies.declare(declared("3", **again, professional="other"), "k3")
    await emergencies.declare(declared("4", **again, ref=BINH), "k4")
    await emergencies.declare(declared("5"), "k5")
    assert len(await emergencies.emergencies(AN)) == 3


async def test_every_emergency_waits_for_a_review_which_ends_once_and_is_told(
    emergencies: StoredEmergencies, clock: HeldClock
) -> None:
    """Two reviewers at once: one of them ends it."""
    for name in "12":
        await emergencies.declare(declared(name), name)
    assert [one.id for one in await emergencies.waiting()] == ["1" * 32, "2" * 32]
    clock.pass_seconds(60)
    ended = review(Finding.NOT_JUSTIFIED, at=clock.now())
    results = await asyncio.gather(
        *(emergencies.close_review("1" * 32, ended) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Declared", "NotOpen"]
    with pytest.raises(NotOpen):
        await emergencies.close_review("9" * 32, review())
    assert [one.id for one in await emergencies.waiting()] == ["2" * 32]
    assert (await emergencies.declared(AN))[0].review == ended
    kinds = [(notice.kind, notice.emergency) for notice in await emergencies.notices(AN)]
    assert kinds[-1] == (NoticeKind.EMERGENCY_REVIEWED, "1" * 32) and len(kinds) == 3


async def test_how_often_somebody_declares_is_counted_by_person(emergencies: StoredEmergencies) -> None:
    """And how often that was found unjustified; not what lies back longer."""
    for number, name in enumerate("123"):
        at = NOW - timedelta(days=20 * number)
        await emergencies.declare(declared(name, opened_at=at), name)
    await emergencies.declare(declared("4", professional="other"), "4")
    await emergencies.close_review("2" * 32, review(Finding.NOT_JUSTIFIED))
    count = emergencies.frequency
    assert await count("79001", "000123/MAU-CCHN", since=NOW - timedelta(days=30)) == Frequency(2, 1)
    assert await count("79001", "other", since=NOW - timedelta(days=30)) == Frequency(1, 0)
    assert await count("79002", "other", since=NOW - timedelta(days=30)) == Frequency(0, 0)


async def test_two_gateways_share_the_queue_and_a_dead_one_leaves_its_part(
    settings: Store, database: Database, emergencies: StoredEmergencies
) -> None:
    """Each notice is claimed by one; when its time is over, by the next."""
    for name in "123":
        await emergencies.declare(declared(name), name)
    other_database = Database(settings)
    one, other = Outbox(database), Outbox(other_database)
    until = NOW + timedelta(minutes=2)
    claims = await asyncio.gather(one.claim(NOW, until), other.claim(NOW, until))
    claimed = [due.id for due in (*claims[0], *claims[1])]
    assert sorted(claimed) == sorted(notice_id(name * 32, NoticeKind.EMERGENCY_DECLARED) for name in "123")
    assert await other.claim(NOW + timedelta(minutes=1), until) == []
    later = NOW + timedelta(minutes=3)
    again = await other.claim(later, later + timedelta(minutes=2))
    assert sorted(due.id for due in again) == sorted(claimed)
    assert {due.attempts for due in again} == {2}
    await other.put(again[0].id, None)
    assert len(await other.claim(later + timedelta(hours=1), later + timedelta(hours=2))) == 2
    await other_database.close()


async def test_without_a_push_service_nothing_is_put_in_its_queue(database: Database, clock: HeldClock) -> None:
    """The notice stands in the graph alone."""
    emergencies = StoredEmergencies(database, clock=clock, pushed=False)
    await emergencies.declare(declared(), "k")
    assert len(await emergencies.notices(AN)) == 1
    assert await Outbox(database).claim(NOW + timedelta(days=1), NOW + timedelta(days=2)) == []
