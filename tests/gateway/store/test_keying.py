"""The identifier key can be changed: all is found again under the new one, and nobody needed to know a number."""

from datetime import date
from pathlib import Path

import pytest
from msgspec import json
from sqlalchemy import insert, select

from connectors.contract import Basis, Purpose
from connectors.options import BadOptions
from connectors.records import Allergy
from gateway.audit.notes import Signer
from gateway.audit.seals import Sealer
from gateway.audit.settings import AuditSettings
from gateway.audit.verifying import verify
from gateway.settings import Store
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.keying import REFERENCES, rekeyed, require_key
from gateway.store.pointers import StoredPointers, Told
from resolvers.access.consents import ConsentEffect, Extent, Grantee
from resolvers.consenting.book import Terms, Word, WordKind
from resolvers.identifiers import Identifiers
from tests.gateway.audit.ledgers import KEY, entry, running_ledger
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock

NEW = b"n" * 32
BEFORE, AFTER = Identifiers(KEY), Identifiers(NEW, [KEY])
NUMBER, MOTHER = "079185998101", "079185998102"


async def filled(database: Database, store: Store, spool: Path) -> None:
    """A pointer, an entry of the log and a consent of one citizen, under the first key."""
    ref, mother = BEFORE.reference(NUMBER), BEFORE.reference(MOTHER)
    await require_key(database, BEFORE)
    pointers = StoredPointers(database, clock=HeldClock(), bound=0.9)
    await pointers.take("h", [Told(id="1", about=Allergy, at=NOW, ref=ref, latest=date(2026, 11, 1))])
    await pointers.close()
    async with running_ledger(store, spool) as ledger:
        await ledger.keep([entry(0, about=ref, by=mother, key=BEFORE.fingerprint)])
    terms = Terms(
        effect=ConsentEffect.DENY,
        grantee=Grantee(representative=mother),
        purposes=frozenset({Purpose.REPRESENTATION}),
        extent=Extent(),
    )
    said = Word(consent="c", kind=WordKind.GIVEN, at=NOW, by=ref, basis=Basis.SELF, terms=terms)
    row = {"ref": ref, "number": 0, "consent": "c", "content": json.encode(said).decode()}
    async with database.writing() as connection:
        await connection.execute(insert(tables.consent_word), [row])


async def test_everything_is_brought_under_the_new_key_without_a_number(
    database: Database, settings: Store, tmp_path: Path
) -> None:
    """Pointers, the log and what was said; the log verifies as before, and a second time there is nothing to do."""
    await filled(database, settings, tmp_path)
    assert await rekeyed(database, AFTER) == 3
    assert await rekeyed(database, AFTER) == 0

    ref = AFTER.reference(NUMBER)
    async with database.reading() as connection:
        assert (await connection.execute(select(tables.pointer.c.ref))).scalars().all() == [ref]
        assert (await connection.execute(select(tables.access_entry.c.about))).scalars().all() == [ref]
        (content,) = (await connection.execute(select(tables.consent_word.c.content))).scalars().all()
    said = json.decode(content, type=Word)
    assert (said.by, said.terms.grantee.representative) == (ref, AFTER.reference(MOTHER))
    verdict = await verify(database, Sealer([NEW, KEY]), AFTER, Signer(AuditSettings()))
    assert verdict.first_bad is None


async def test_a_gateway_with_another_key_than_the_stores_does_not_start(
    database: Database, settings: Store, tmp_path: Path
) -> None:
    """It would find nobody, and no word of those who forbade something."""
    await filled(database, settings, tmp_path)
    for wrong in (AFTER, Identifiers(NEW)):
        with pytest.raises(BadOptions, match="written with another key"):
            await require_key(database, wrong)
    with pytest.raises(BadOptions, match="is missing"):
        await rekeyed(database, Identifiers(NEW))
    await rekeyed(database, AFTER)
    await require_key(database, AFTER)


def test_a_reference_of_the_new_key_is_made_of_that_of_the_old_one() -> None:
    """So who has the new key alone, or the old one alone, can reverse nothing; ids of before are still understood."""
    assert AFTER.reference(NUMBER) == AFTER.advanced(BEFORE.reference(NUMBER), BEFORE.fingerprint)
    assert AFTER.references(NUMBER) == [AFTER.reference(NUMBER), BEFORE.reference(NUMBER)]
    assert AFTER.reference(NUMBER) not in (BEFORE.reference(NUMBER), Identifiers(NEW).reference(NUMBER))
    assert AFTER.personal_id(BEFORE.node_id(NUMBER)) == NUMBER
    assert BEFORE.personal_id(AFTER.node_id(NUMBER)) is None


def test_no_column_of_references_is_forgotten() -> None:
    """Whoever adds a table with a reference adds it there too."""
    named = {
        column
        for table in tables.metadata.tables.values()
        for column in table.columns
        if column.name in ("ref", "about")
        and table.name != "coverage"
        and (table.name, column.name) != ("pointer", "about")
    }

    assert named <= set(REFERENCES)
