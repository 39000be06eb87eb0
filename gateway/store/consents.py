"""Consents in the store: every word a row that stays, read anew by every request that needs them.

Nothing is remembered from one request to the next: so what a citizen withdraws through one gateway is gone at every
other in its next request. A store that does not answer is told as such, and others' records stay shut meanwhile.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from msgspec import json
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.clock import Clock
from gateway.store import tables
from gateway.store.database import Database, Unavailable
from gateway.store.patience import READING, WRITING, Patience
from resolvers.access.consents import Consent
from resolvers.consenting.book import (
    Decide,
    Key,
    KeyTaken,
    Standing,
    TooManyWords,
    Word,
    WordKind,
    standings,
)

_log = structlog.get_logger()

_TRIES = 20
"""Words about one citizen that meet take each other's number; each meeting lets one of them through."""
_MOST_WORDS = 1000
_MOST_NOTED = 10_000
_USED = timedelta(days=1)
"""How exactly it is known when a consent was last used."""
_LONG_OVER = timedelta(days=30)


class StoredConsents:
    """The book of consents in the database (see ``resolvers.consenting.book.ConsentBook``)."""

    def __init__(self, database: Database, *, clock: Clock, lapse: timedelta) -> None:
        """Know where they stand; nothing is read yet.

        Args:
            database: where they stand.
            clock: for what is over.
            lapse: after which a consent ends that nobody used.
        """
        self._database = database
        self._clock = clock
        self._lapse = lapse
        self._patiently = Patience(clock)
        self._noted: dict[str, datetime] = {}
        """When the use of a consent was last written here: only so that it is not written again on the same day."""

    async def consents(self, ref: str) -> Sequence[Consent]:
        """Every consent of that citizen that is not long over, as a fact for the policy.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        now = self._clock.now()
        facts = [standing.as_fact(self._lapse) for standing in await self.standings(ref)]
        return [fact for fact in facts if fact is not None and not _is_long_over(fact, now - _LONG_OVER)]

    async def standings(self, ref: str) -> Sequence[Standing]:
        """Every consent of that citizen, in the order in which they were given.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        async with self._patiently(READING), self._database.reading() as connection:
            return await _read(connection, ref)

    async def say(self, ref: str, key: Key | None, decide: Decide) -> Standing:
        """Add the word that follows from how everything stands, with nothing said in between.

        Raises:
            TrustUnavailable: it is not known to be said; the same key finds out.
            KeyTaken: the key was used for something else.
            TooManyWords: there is no room.
            Refusal: from ``decide``.
        """
        async with self._patiently(WRITING):
            await self._database.migrate_once()
            for _ in range(_TRIES):
                try:
                    return await self._say(ref, key, decide)
                except IntegrityError:
                    continue  # somebody else's word took the number, or the key: read again what stands now
            raise TimeoutError

    async def use(self, ref: str, consents: Iterable[str]) -> None:
        """Note that these consents allowed something now. That this fails costs nobody an answer.

        It is written once a day at most, so that a consent that is used a thousand times a day costs one row.
        """
        now = self._clock.now()
        due = [one for one in consents if self._noted.get(one) is None or self._noted[one] <= now - _USED]
        if not due:
            return
        insert = self._database.insert(tables.consent_use)
        upsert = insert.on_conflict_do_update(
            index_elements=["ref", "consent"],
            set_={"used": insert.excluded.used},
            where=insert.excluded.used > tables.consent_use.c.used,
        )
        try:
            async with asyncio.timeout(WRITING), self._database.writing() as connection:
                await connection.execute(upsert, [{"ref": ref, "consent": one, "used": now} for one in due])
        except Unavailable as error:
            _log.warning("store_unavailable", error=type(error).__name__)
        else:
            self._noted.update(dict.fromkeys(due, now))
            while len(self._noted) > _MOST_NOTED:
                del self._noted[next(iter(self._noted))]

    async def _say(self, ref: str, key: Key | None, decide: Decide) -> Standing:
        async with self._database.writing() as connection:
            said = None if key is None else (await connection.execute(_BY_KEY, {"ref": ref, "name": key.name})).first()
            if key is not None and said is not None:
                if said.key_content != key.content:
                    raise KeyTaken
                return next(known for known in await _read(connection, ref) if known.id == said.consent)
            known = await _read(connection, ref)
            word = decide(known)
            if isinstance(word, Standing):
                return word
            # Not asked of the database anew: a word that came since takes this number, and we begin again.
            number = sum(len(standing.words) for standing in known)
            if number >= _MOST_WORDS and word.kind is not WordKind.REVOKED:
                raise TooManyWords
            await connection.execute(
                tables.consent_word.insert(),
                [
                    {
                        "ref": ref,
                        "number": number,
                        "consent": word.consent,
                        "content": json.encode(word).decode(),
                        "key_name": None if key is None else key.name,
                        "key_content": None if key is None else key.content,
                    }
                ],
            )
        before = next((standing for standing in known if standing.id == word.consent), None)
        if before is None:
            return Standing(words=(word,))
        return Standing(words=(*before.words, word), used_at=before.used_at)


async def _read(connection: AsyncConnection, ref: str) -> list[Standing]:
    words = (await connection.execute(_WORDS, {"ref": ref})).scalars()
    used = {row.consent: row.used for row in await connection.execute(_USES, {"ref": ref})}
    return standings([json.decode(content, type=Word) for content in words], used)


def _is_long_over(consent: Consent, before: datetime) -> bool:
    ends = [end for end in (consent.revoked_at, consent.valid_until) if end is not None]
    return any(end < before for end in ends)


_word, _use = tables.consent_word.c, tables.consent_use.c
_WORDS = select(_word.content).where(_word.ref == bindparam("ref")).order_by(_word.number)
_USES = select(_use.consent, _use.used).where(_use.ref == bindparam("ref"))
_BY_KEY = select(_word.consent, _word.key_content).where(
    _word.ref == bindparam("ref"), _word.key_name == bindparam("name")
)
