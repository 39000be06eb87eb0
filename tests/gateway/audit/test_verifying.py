"""A86: whatever is done to the log by somebody who can write to the store, the first bad record is named."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.options import BadOptions, Secret
from gateway.audit.checkpoints import Checkpoints
from gateway.audit.log import Leaf, StoredLog
from gateway.audit.notes import NoteUnreadable, Signer, read_note
from gateway.audit.pruning import prune
from gateway.audit.seals import Sealer
from gateway.audit.settings import AuditSettings
from gateway.audit.tree import Edge, leaf_hash
from gateway.audit.verifying import Verdict, verify
from gateway.settings import Store
from gateway.store import tables
from gateway.store.database import Database
from resolvers.identifiers import Identifiers
from tests.gateway.audit.ledgers import AN, KEY, SEALER, entry, running_ledger
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock

IDENTIFIERS = Identifiers(KEY)
ENTRY, HEAD = tables.access_entry, tables.access_head
Tampering = Callable[[AsyncConnection], Awaitable[object]]


def pem(key: Ed25519PrivateKey) -> str:
    """As an operator has it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


SIGNING = Ed25519PrivateKey.generate()
SIGNER = Signer(AuditSettings(keys=(Secret(pem(SIGNING)),)))


async def filled(store: Store, spool: Path, count: int = 600) -> None:
    """A log of that many entries."""
    async with running_ledger(store, spool) as ledger:
        await ledger.keep([entry(number, key=IDENTIFIERS.fingerprint) for number in range(count)])


async def judged(database: Database, *kept: str) -> Verdict:
    """What verifying says of it."""
    return await verify(database, SEALER, IDENTIFIERS, SIGNER, kept=kept)


async def tamper(database: Database, how: Tampering) -> None:
    """Do something to the log, as who has the store's password can."""
    async with database.writing() as connection:
        await how(connection)


def at(place: int) -> object:
    """The record at that place."""
    return ENTRY.c.place == place


async def edited(connection: AsyncConnection) -> None:
    """The content of one, with a hash that fits, and an edge that fits all."""
    row = (await connection.execute(select(ENTRY).where(ENTRY.c.place == 300))).one()
    content = row.content.replace(b"app", b"apq")
    await connection.execute(update(ENTRY).where(ENTRY.c.place == 300).values(content=content, leaf=leaf_hash(content)))
    edge = Edge()
    for leaf in (await connection.execute(select(ENTRY.c.leaf).order_by(ENTRY.c.place))).scalars():
        edge.add(leaf)
    await connection.execute(update(HEAD).values(peaks=edge.peaks))


async def edited_content(connection: AsyncConnection) -> None:
    """The content alone."""
    await connection.execute(update(ENTRY).where(ENTRY.c.place == 300).values(content=b"{}"))


async def edited_column(connection: AsyncConnection) -> None:
    """Whom it is about, as it is looked up."""
    await connection.execute(update(ENTRY).where(ENTRY.c.place == 300).values(about="c" * 32))


async def deleted(connection: AsyncConnection) -> None:
    """One in the middle."""
    await connection.execute(delete(ENTRY).where(ENTRY.c.place == 300))


async def emptied(connection: AsyncConnection) -> None:
    """As if it had been pruned."""
    gone = {"content": None, "about": None, "at": None, "id": None}
    await connection.execute(update(ENTRY).where(ENTRY.c.place == 300).values(gone))


async def closed_up(connection: AsyncConnection) -> None:
    """One deleted, and all behind it moved up, with an end that fits."""
    await deleted(connection)
    for place in range(301, 600):
        await connection.execute(update(ENTRY).where(ENTRY.c.place == place).values(place=place - 1))
    edge = Edge()
    for leaf in (await connection.execute(select(ENTRY.c.leaf).order_by(ENTRY.c.place))).scalars():
        edge.add(leaf)
    await connection.execute(update(HEAD).values(size=599, peaks=edge.peaks))


async def reordered(connection: AsyncConnection) -> None:
    """Two change places, with everything that belongs to them."""
    for old, new in ((300, 9999), (301, 300), (9999, 301)):
        await connection.execute(update(ENTRY).where(ENTRY.c.place == old).values(place=new))


async def truncated(connection: AsyncConnection) -> None:
    """All from one on."""
    await connection.execute(delete(ENTRY).where(ENTRY.c.place >= 300))


async def truncated_with_its_end(connection: AsyncConnection) -> None:
    """All from one on, with an end that fits what remains."""
    await truncated(connection)
    edge = Edge()
    for leaf in (await connection.execute(select(ENTRY.c.leaf).order_by(ENTRY.c.place))).scalars():
        edge.add(leaf)
    await connection.execute(update(HEAD).values(size=300, peaks=edge.peaks))


async def appended(connection: AsyncConnection) -> None:
    """One more, by somebody who has no key."""
    content = b"{}"
    forged = hmac.digest(b"guessed", content, hashlib.sha256)[:16]
    row = {"place": 600, "id": "f" * 32, "about": AN, "at": NOW, "content": content, "leaf": leaf_hash(content)}
    await connection.execute(insert(ENTRY), [{**row, "seal": forged}])


async def hash_changed(connection: AsyncConnection) -> None:
    """Of the tree, with which proofs are made."""
    await connection.execute(update(tables.access_node).where(tables.access_node.c.place == 1).values(hash=b"\1" * 32))


TAMPERINGS: list[tuple[Tampering, int, str]] = [
    (edited, 300, "seal does not fit"),
    (edited_content, 300, "edited"),
    (edited_column, 300, "edited"),
    (deleted, 300, "missing"),
    (emptied, 300, "emptied"),
    (closed_up, 300, "seal does not fit"),
    (reordered, 300, "seal does not fit"),
    (truncated, 300, "600 records"),
    (truncated_with_its_end, 300, "somebody else"),
    (appended, 600, "behind the end"),
    (hash_changed, 256, "hash over it"),
]


async def test_a_log_that_nobody_touched_is_as_it_was_written(
    database: Database, settings: Store, tmp_path: Path
) -> None:
    """All of it, and its root is that of the entries."""
    await filled(settings, tmp_path)
    verdict = await judged(database)

    edge = Edge()
    for number in range(600):
        edge.add(leaf_hash(Leaf.of(entry(number, key=IDENTIFIERS.fingerprint)).content))
    assert (verdict.first_bad, verdict.size, verdict.root) == (None, 600, edge.root().hex())


@pytest.mark.parametrize(("how", "place", "reason"), TAMPERINGS, ids=lambda one: getattr(one, "__name__", None))
async def test_a86_the_first_bad_record_is_named(
    database: Database, settings: Store, tmp_path: Path, how: Tampering, place: int, reason: str
) -> None:
    """Edited, deleted, reordered, truncated: by whom who has the store, but not the key."""
    await filled(settings, tmp_path)
    await tamper(database, how)
    verdict = await judged(database)

    assert verdict.first_bad == place
    assert reason in (verdict.reason or "")


async def test_a86_an_older_copy_of_the_store_is_found_out_by_a_checkpoint_that_was_kept(
    settings: Store, tmp_path: Path, database: Database
) -> None:
    """Everything in it fits; what was kept elsewhere knows more."""
    async with running_ledger(settings, tmp_path) as ledger:
        await ledger.keep([entry(number, key=IDENTIFIERS.fingerprint) for number in range(300)])
        async with database.reading() as connection:
            older = (await connection.execute(select(HEAD))).one()._asdict()
        await ledger.keep([entry(number, key=IDENTIFIERS.fingerprint) for number in range(300, 600)])
    kept = await Checkpoints(database, SIGNER, every=60, clock=HeldClock()).write()
    assert kept is not None
    assert (await judged(database, kept)).checkpoints == 1

    async def put_back(connection: AsyncConnection) -> None:
        await truncated(connection)
        await connection.execute(delete(tables.access_node).where(tables.access_node.c.place == 1))
        await connection.execute(delete(tables.access_checkpoint))
        await connection.execute(update(HEAD).values(older))

    await tamper(database, put_back)
    assert (await judged(database)).first_bad is None, "inside of the store nothing tells"
    verdict = await judged(database, kept)
    assert (verdict.first_bad, verdict.reason) == (
        300,
        "it is missing, and so is all behind it: a signed checkpoint knows 600 records",
    )


async def test_a86_nothing_is_appended_behind_an_end_that_somebody_else_wrote(
    settings: Store, tmp_path: Path, database: Database
) -> None:
    """It waits in the spool, and the operator is told."""
    await filled(settings, tmp_path, 10)
    await tamper(database, lambda connection: connection.execute(update(HEAD).values(size=9, peaks=b"\0" * 64)))
    async with running_ledger(settings, tmp_path) as ledger:
        await ledger.keep([entry(10)])
        assert (ledger.state().state, ledger.state().spooled) == ("spooling", 1)


async def test_a_checkpoint_is_a_signed_note_that_others_can_read(
    settings: Store, tmp_path: Path, database: Database
) -> None:
    """Text, key id and signature as c2sp.org has them; another name, key or number is none of ours."""
    await filled(settings, tmp_path, 3)
    note = await Checkpoints(database, SIGNER, every=60, clock=HeldClock()).write()
    assert note is not None
    text, _, signature = note.partition("\n\n")
    origin, size, root = text.split("\n")
    name, key_id, public = SIGNER.published[0].split("+", 2)
    raw = base64.b64decode(signature.removeprefix("— citizen-graph "))
    SIGNING.public_key().verify(raw[4:], f"{text}\n".encode())

    assert (origin, size, name) == ("citizen-graph", "3", "citizen-graph")
    assert base64.b64decode(root).hex() == (await judged(database)).root
    assert (
        raw[:4].hex() == key_id == hashlib.sha256(b"citizen-graph\n\x01" + base64.b64decode(public)[1:]).hexdigest()[:8]
    )
    for other in (note.replace("\n3\n", "\n4\n"), note.replace("citizen-graph", "other"), note[:-20], ""):
        with pytest.raises(NoteUnreadable):
            SIGNER.read(other)


def test_while_a_key_is_replaced_both_sign() -> None:
    """Who knows only the old one, and who knows only the new one, believes the same note; a stranger's none."""
    new, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    both = Signer(AuditSettings(keys=(Secret(pem(SIGNING)), Secret(pem(new)))))
    note = both.note(7, b"\7" * 32)

    for key in (SIGNING, new):
        assert read_note(note, "citizen-graph", [key.public_key()]).size == 7
    with pytest.raises(NoteUnreadable):
        read_note(note, "citizen-graph", [stranger.public_key()])


@pytest.mark.parametrize("wrong", ["", "no key", pem(SIGNING).replace("PRIVATE", "PUBLIC")])
def test_a90_a_key_that_cannot_sign_is_refused(wrong: str) -> None:
    """At the start, by the name of the setting."""
    with pytest.raises(BadOptions, match=r"audit\.keys\[0\]"):
        Signer(AuditSettings(keys=(Secret(wrong),)))
    with pytest.raises(BadOptions, match=r"audit\.origin"):
        Signer(AuditSettings(origin="two words"))


async def test_what_is_pruned_leaves_its_hashes_and_says_so(
    settings: Store, tmp_path: Path, database: Database
) -> None:
    """The log is as it was written, all proofs stay good, and who is missing is gone for good."""
    async with running_ledger(settings, tmp_path) as ledger:
        await ledger.keep([entry(n, at=NOW - timedelta(days=3000), key=IDENTIFIERS.fingerprint) for n in range(300)])
        await ledger.keep([entry(n, key=IDENTIFIERS.fingerprint) for n in range(300, 600)])
    before = await Checkpoints(database, SIGNER, every=60, clock=HeldClock()).write()
    assert before is not None
    log = StoredLog(database, SEALER)

    assert await prune(log, until=NOW - timedelta(days=1827), now=NOW) == 300
    assert await prune(log, until=NOW - timedelta(days=1827), now=NOW) == 0
    verdict = await judged(database, before)
    assert (verdict.first_bad, verdict.pruned, verdict.size, verdict.checkpoints) == (None, 300, 601, 1)
    await tamper(database, emptied)
    assert (await judged(database)).first_bad == 300


async def test_seals_of_an_earlier_key_stay_good(settings: Store, tmp_path: Path, database: Database) -> None:
    """The identifier key was changed: what stands there is as it was written, and what comes is sealed anew."""
    await filled(settings, tmp_path, 5)
    later = Sealer([b"n" * 32, KEY])
    await StoredLog(database, later).append([])
    identifiers = Identifiers(b"n" * 32, [KEY])

    assert (await verify(database, later, identifiers, SIGNER)).first_bad is None
    assert (await verify(database, Sealer([b"n" * 32]), identifiers, SIGNER)).first_bad == 0
