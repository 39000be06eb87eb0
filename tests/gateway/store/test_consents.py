"""Consents in the store: every word stays, counts at once everywhere, and is said once; silence shuts others out."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from connectors.contract import Basis, Purpose
from connectors.options import Secret
from gateway.settings import Store
from gateway.store import tables
from gateway.store.consents import StoredConsents
from gateway.store.database import Database
from resolvers.access.consents import ConsentEffect, Extent, Grantee, Sensitivity, TrustUnavailable
from resolvers.consenting.book import (
    Agreed,
    ConsentStatus,
    Key,
    KeyTaken,
    Standing,
    Terms,
    TooManyWords,
    Word,
    WordKind,
)
from resolvers.refusals import Forbidden
from resolvers.sections import Section
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock

AN, BINH, MOTHER = "a" * 32, "b" * 32, "c" * 32
LAPSE = timedelta(days=365)
TERMS = Terms(
    effect=ConsentEffect.PERMIT,
    grantee=Grantee(organisation="hospital-x", professional="079-1"),
    purposes=frozenset({Purpose.TREATMENT}),
    extent=Extent(sections=frozenset({Section.ALLERGIES}), sensitivities=frozenset({Sensitivity.GENETICS})),
    valid_until=NOW + timedelta(days=900),
)


def word(consent: str, kind: WordKind = WordKind.GIVEN, **other: Any) -> Word:
    """What somebody said about that consent."""
    known: dict[str, Any] = {"at": NOW, "by": AN, "basis": Basis.SELF, "terms": TERMS}
    return Word(consent=consent, kind=kind, **{**known, **other})


def saying(said: Word) -> Any:
    """Says that, whatever stands."""
    return lambda _: said


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(NOW)


@pytest.fixture
def consents(database: Database, clock: HeldClock) -> StoredConsents:
    return StoredConsents(database, clock=clock, lapse=LAPSE)


async def test_what_was_said_is_a_fact_with_all_its_terms_and_about_nobody_else(consents: StoredConsents) -> None:
    """Every part of it comes back as it was said."""
    agreed = (Agreed(purpose=Purpose.TREATMENT, text="d" * 64),)
    await consents.say(AN, None, saying(word("1", agreed=agreed)))

    (fact,) = await consents.consents(AN)
    assert (fact.id, fact.effect, fact.grantee, fact.purposes, fact.extent, fact.granted_by) == (
        "1", TERMS.effect, TERMS.grantee, TERMS.purposes, TERMS.extent, AN,
    )  # fmt: skip
    assert (fact.valid_from, fact.revoked_at, fact.used_at) == (NOW, None, None)
    assert (await consents.standings(AN))[0].words[0].agreed == agreed
    assert await consents.consents(BINH) == []


async def test_a82_what_is_withdrawn_at_one_gateway_is_gone_at_the_other_in_its_next_question(
    settings: Store, consents: StoredConsents, clock: HeldClock
) -> None:
    """Two gateways with one store, and nothing that either remembers."""
    other_database = Database(settings)
    other = StoredConsents(other_database, clock=clock, lapse=LAPSE)
    await consents.say(AN, None, saying(word("1")))
    assert [fact.revoked_at for fact in await other.consents(AN)] == [None]
    await consents.say(AN, None, saying(word("1", WordKind.REVOKED, at=NOW + timedelta(minutes=1))))
    assert [fact.revoked_at for fact in await other.consents(AN)] == [NOW + timedelta(minutes=1)]
    await other_database.close()


async def test_every_word_stays_with_who_said_it_and_when(consents: StoredConsents) -> None:
    """Given by a parent, agreed to by the child, narrowed, withdrawn: four rows."""
    less = Terms(**{name: getattr(TERMS, name) for name in TERMS.__struct_fields__} | {"extent": Extent(record="r")})
    story = [
        word("1", by=MOTHER, basis=Basis.PARENT, awaiting=True),
        word("1", WordKind.AGREED, at=NOW + timedelta(hours=1)),
        word("1", WordKind.NARROWED, at=NOW + timedelta(hours=2), terms=less),
        word("1", WordKind.REVOKED, at=NOW + timedelta(hours=3), by=MOTHER, basis=Basis.PARENT, terms=less),
    ]
    seen = []
    for said in story:
        await consents.say(AN, None, saying(said))
        seen.append([(fact.extent, fact.revoked_at) for fact in await consents.consents(AN)])

    (standing,) = await consents.standings(AN)
    assert standing.words == tuple(story)
    assert seen == [
        [],
        [(TERMS.extent, None)],
        [(less.extent, None)],
        [(less.extent, NOW + timedelta(hours=3))],
    ]


async def test_a62_the_same_key_says_it_once_however_many_bring_it_at_once(consents: StoredConsents) -> None:
    """All of them hear of the same consent; for something else the key is taken; of another citizen it is free."""
    key = Key("k" * 32, "content")
    told = await asyncio.gather(*(consents.say(AN, key, saying(word(str(number)))) for number in range(8)))

    assert len({standing.id for standing in told}) == 1
    assert len(await consents.consents(AN)) == 1
    with pytest.raises(KeyTaken):
        await consents.say(AN, Key(key.name, "other"), saying(word("9")))
    await consents.say(BINH, key, saying(word("10", by=BINH)))
    assert [fact.id for fact in await consents.consents(BINH)] == ["10"]


async def test_who_decides_sees_every_word_before_their_own(consents: StoredConsents) -> None:
    """Twelve at once, each of which says how many stood: no two saw the same."""

    def decide(known: Sequence[Standing]) -> Word:
        return word(f"{len(known)}")

    told = await asyncio.gather(*(consents.say(AN, None, decide) for _ in range(12)))
    assert sorted(int(standing.id) for standing in told) == list(range(12))


async def test_what_is_refused_leaves_no_word(consents: StoredConsents) -> None:
    """And the next one finds the store as it was."""

    def refuse(_known: Sequence[Standing]) -> Word:
        raise Forbidden

    with pytest.raises(Forbidden):
        await consents.say(AN, Key("k", "c"), refuse)
    await consents.say(AN, Key("k", "c"), saying(word("1")))
    assert len(await consents.standings(AN)) == 1


async def test_an_unused_consent_lapses_and_a_used_one_does_not(
    consents: StoredConsents, database: Database, clock: HeldClock
) -> None:
    """A year without use ends it; a use is written once a day, and by several gateways the newest."""
    for consent in ("used", "unused"):
        await consents.say(AN, None, saying(word(consent)))
    clock.pass_seconds(timedelta(days=300).total_seconds())
    await consents.use(AN, ["used"])
    clock.pass_seconds(60)
    await consents.use(AN, ["used"])
    assert (await consents.standings(AN))[0].used_at == NOW + timedelta(days=300)
    other = StoredConsents(database, clock=HeldClock(NOW), lapse=LAPSE)
    await other.use(AN, ["used"])
    assert (await consents.standings(AN))[0].used_at == NOW + timedelta(days=300), "its clock is late"

    clock.pass_seconds(timedelta(days=70).total_seconds())
    ends = {fact.id: fact.valid_until for fact in await consents.consents(AN)}
    assert ends == {"used": NOW + timedelta(days=665), "unused": NOW + LAPSE}
    statuses = [standing.status(clock.now(), LAPSE) for standing in await consents.standings(AN)]
    assert statuses == [ConsentStatus.ACTIVE, ConsentStatus.LAPSED]
    await consents.use(AN, ["used"])
    assert (await consents.standings(AN))[0].used_at == clock.now()


async def test_what_is_long_over_is_no_fact_and_stays_on_record(consents: StoredConsents, clock: HeldClock) -> None:
    """The policy need not read the history of a life."""
    await consents.say(AN, None, saying(word("1")))
    await consents.say(AN, None, saying(word("1", WordKind.REVOKED)))
    assert len(await consents.consents(AN)) == 1
    clock.pass_seconds(timedelta(days=31).total_seconds())
    assert await consents.consents(AN) == []
    assert len((await consents.standings(AN))[0].words) == 2


async def test_nobody_fills_the_store_and_withdrawing_always_goes(consents: StoredConsents, database: Database) -> None:
    """A thousand words about one citizen are enough; but never too many to say no."""
    content = json.encode(word("1")).decode()
    rows = [{"ref": AN, "number": number, "consent": "1", "content": content} for number in range(1000)]
    async with database.writing() as connection:
        await connection.execute(tables.consent_word.insert(), rows)
    with pytest.raises(TooManyWords):
        await consents.say(AN, None, saying(word("2")))
    withdrawn = await consents.say(AN, None, saying(word("1", WordKind.REVOKED)))
    assert withdrawn.revoked_at == NOW


async def test_f25_a_store_that_fails_or_hangs_is_told_as_such_and_soon(tmp_path: Path, clock: HeldClock) -> None:
    """Nowhere to be found, or locked by somebody: never an empty list, which would look like 'nothing is blocked'."""
    nowhere = Database(Store(url=Secret(f"postgresql://u:p@/none?host={tmp_path}")))
    consents = StoredConsents(nowhere, clock=clock, lapse=LAPSE)
    for _ in range(6):  # the sixth time it is not even asked
        with pytest.raises(TrustUnavailable):
            await consents.consents(AN)
    await nowhere.close()

    database = Database(Store(file=str(tmp_path / "store.db")))
    await database.migrate()
    locked = StoredConsents(database, clock=clock, lapse=LAPSE)
    with sqlite3.connect(tmp_path / "store.db", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TrustUnavailable):
            await locked.say(AN, None, saying(word("1")))
        holder.execute("ROLLBACK")
    holder.close()
    assert await locked.consents(AN) == []
    await database.close()
