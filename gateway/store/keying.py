"""Under which identifier key the store is: a gateway with another one would find nobody, and no word of theirs.

Whoever changes the key puts the old one behind the earlier ones in the settings, stops every gateway, and has the store
brought under the new key. References are made of references, so nobody needs to know a number for that.
"""

from typing import Any

from msgspec import json, structs
from sqlalchemy import Column, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.options import BadOptions
from gateway.audit.pruning import MARKER
from gateway.store import tables
from gateway.store.database import Database, Unavailable
from resolvers.consenting.book import Word
from resolvers.identifiers import Identifiers

_KEY = select(tables.store_key.c.fingerprint)
REFERENCES: tuple[Column[Any], ...] = (
    tables.pointer.c.ref,
    tables.access_entry.c.about,
    tables.irregularity.c.about,
    tables.irregularity.c.by,
    tables.consent_word.c.ref,
    tables.consent_use.c.ref,
    tables.emergency.c.ref,
    tables.notice.c.ref,
)
"""Every column that holds references of citizens. What a consent says holds some as well."""


async def require_key(database: Database, identifiers: Identifiers) -> None:
    """See that the store is under the key of the settings; an empty one is from now on.

    A store that cannot be had is let pass: it has nothing to be found in either.

    Raises:
        BadOptions: it is under another key.
    """
    try:
        await database.migrate()
        async with database.writing() as connection:
            making = database.insert(tables.store_key).values(id=1, fingerprint=identifiers.fingerprint)
            await connection.execute(making.on_conflict_do_nothing())
            known = (await connection.execute(_KEY)).scalar_one()
    except Unavailable:
        return
    if known != identifiers.fingerprint:
        raise BadOptions(
            "identifier_key: the store was written with another key. Where that is among earlier_identifier_keys, stop "
            "every gateway and run 'citizen-graph store rekey'"
        )


async def rekeyed(database: Database, identifiers: Identifiers) -> int:
    """Bring every reference under the newest key, all or none; gives how many there were.

    Raises:
        BadOptions: the store is under a key that is not among ours.
        SQLAlchemyError, OSError: the store cannot be had, and nothing was changed.
    """
    await database.migrate()
    async with database.writing() as connection:
        known = (await connection.execute(_KEY)).scalar()
        if known is None or known == identifiers.fingerprint:
            return 0
        try:
            identifiers.advanced("", known)
        except ValueError:
            raise BadOptions("earlier_identifier_keys: the key with which the store was written is missing") from None
        count = 0
        for column in REFERENCES:
            count += await _advanced(connection, column, identifiers, known)
        await _advance_words(connection, identifiers, known)
        await connection.execute(update(tables.store_key).values(fingerprint=identifiers.fingerprint))
    return count


async def _advanced(connection: AsyncConnection, column: Column[Any], identifiers: Identifiers, known: str) -> int:
    held = select(column).where(column.is_not(None), column != MARKER).distinct()
    old = (await connection.execute(held)).scalars().all()
    if old:
        changing = update(column.table).where(column == bindparam("old")).values({column.name: bindparam("new")})
        rows = [{"old": one, "new": identifiers.advanced(one, known)} for one in old]
        await connection.execute(changing, rows)
    return len(old)


async def _advance_words(connection: AsyncConnection, identifiers: Identifiers, known: str) -> None:
    """Who gave a consent, and which representative it names."""
    word = tables.consent_word.c
    changing = (
        update(tables.consent_word)
        .where(word.ref == bindparam("whose"), word.number == bindparam("which"))
        .values(content=bindparam("said"))
    )
    rows = (await connection.execute(select(word.ref, word.number, word.content))).all()
    changed = [
        {"whose": row.ref, "which": row.number, "said": _advance_word(row.content, identifiers, known)} for row in rows
    ]
    if changed:
        await connection.execute(changing, changed)


def _advance_word(content: str, identifiers: Identifiers, known: str) -> str:
    said = json.decode(content, type=Word)
    grantee = said.terms.grantee
    if grantee.representative is not None:
        grantee = structs.replace(grantee, representative=identifiers.advanced(grantee.representative, known))
    terms = structs.replace(said.terms, grantee=grantee)
    return json.encode(structs.replace(said, by=identifiers.advanced(said.by, known), terms=terms)).decode()
