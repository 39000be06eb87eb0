"""Emergencies, their reviews and the notices of them, in the store. What is declared is known everywhere at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.clock import Clock
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.patience import READING, WRITING, Patience
from resolvers.access.consents import Emergency
from resolvers.consenting.book import KeyTaken
from resolvers.emergencies.book import (
    ConsentObstacle,
    Declared,
    EmergencyGround,
    Finding,
    ReasonRepeated,
    Review,
)
from resolvers.emergencies.notices import Notice, NoticeKind


class Frequency(Struct, frozen=True):
    """How often one professional declared an emergency, and how often that was found unjustified."""

    declared: int
    not_justified: int


class NotOpen(Exception):
    """There is no such emergency, or its review has ended."""


class StoredEmergencies:
    """The books of emergencies and notices (see ``resolvers.emergencies``), and the queue of reviews."""

    def __init__(self, database: Database, *, clock: Clock, pushed: bool) -> None:
        """Know where they stand.

        Args:
            database: where they stand.
            clock: for which are open.
            pushed: whether a push service is told of notices.
        """
        self._database = database
        self._clock = clock
        self._pushed = pushed
        self._patiently = Patience(clock)

    async def emergencies(self, ref: str) -> Sequence[Emergency]:
        """Emergencies that are open about that citizen, for the policy.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        now = self._clock.now()
        async with self._patiently(READING), self._database.reading() as connection:
            rows = await connection.execute(_DECLARED.where(_e.ref == ref, _e.until > now))
            return [_declared(row).as_fact() for row in rows]

    async def declared(self, ref: str) -> Sequence[Declared]:
        """Every emergency that was ever declared about that citizen, in their order.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        async with self._patiently(READING), self._database.reading() as connection:
            return [_declared(row) for row in await connection.execute(_DECLARED.where(_e.ref == ref))]

    async def notices(self, ref: str) -> Sequence[Notice]:
        """Every notice for that citizen, in their order.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        async with self._patiently(READING), self._database.reading() as connection:
            return [_notice(row) for row in await connection.execute(_NOTICES, {"ref": ref})]

    async def declare(self, declared: Declared, key: str) -> Declared:
        """Keep it, with the notice for the citizen, all or nothing.

        Raises:
            ReasonRepeated: the professional gave this very reason before, about this citizen.
            KeyTaken: the key was used for another reason.
            TrustUnavailable: it is not known to be kept; the same key finds out.
        """
        async with self._patiently(WRITING):
            await self._database.migrate_once()
            try:
                async with self._database.writing() as connection:
                    await connection.execute(tables.emergency.insert(), [_row(declared, key)])
                    await self._tell(connection, declared, NoticeKind.EMERGENCY_DECLARED, declared.opened_at)
            except IntegrityError:
                kept = await self._with_key(declared.ref, key)
                if kept is None:
                    raise ReasonRepeated from None
                if (kept.ground, kept.obstacle, kept.words) != (declared.ground, declared.obstacle, declared.words):
                    raise KeyTaken from None
                return kept
        return declared

    async def waiting(self) -> Sequence[Declared]:
        """Emergencies whose review has not ended, the oldest first.

        Raises:
            SQLAlchemyError, OSError: the store cannot be read.
        """
        async with self._database.reading() as connection:
            return [_declared(row) for row in await connection.execute(_DECLARED.where(_r.at.is_(None)))]

    async def close_review(self, emergency: str, review: Review) -> Declared:
        """Write down how the review ended, and tell the citizen, all or nothing.

        Raises:
            NotOpen: there is no such emergency, or its review has ended.
            SQLAlchemyError, OSError: the store cannot be written to.
        """
        async with self._database.writing() as connection:
            row = (await connection.execute(_DECLARED.where(_e.id == emergency, _r.at.is_(None)))).first()
            if row is None:
                raise NotOpen
            declared = _declared(row)
            ended = {"emergency": emergency, "at": review.at, "by": review.by, "note": review.note}
            taken = self._database.insert(tables.emergency_review).values(**ended, finding=review.finding.value)
            done = await connection.execute(taken.on_conflict_do_nothing().returning(tables.emergency_review.c.at))
            if done.first() is None:
                raise NotOpen
            await self._tell(connection, declared, NoticeKind.EMERGENCY_REVIEWED, review.at)
        return declared

    async def frequency(self, organisation: str, professional: str, *, since: datetime) -> Frequency:
        """How often that professional declared an emergency since then.

        Raises:
            SQLAlchemyError, OSError: the store cannot be read.
        """
        unjustified = func.count().filter(_r.finding == Finding.NOT_JUSTIFIED.value)
        counting = select(func.count(), unjustified).select_from(_JOINED)
        counting = counting.where(_e.organisation == organisation, _e.professional == professional, _e.opened >= since)
        async with self._database.reading() as connection:
            declared, not_justified = (await connection.execute(counting)).one()
        return Frequency(declared, not_justified)

    async def _with_key(self, ref: str, key: str) -> Declared | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(_DECLARED.where(_e.ref == ref, _e.key_name == key))).first()
        return None if row is None else _declared(row)

    async def _tell(self, connection: AsyncConnection, declared: Declared, kind: NoticeKind, at: datetime) -> None:
        row = {
            "id": notice_id(declared.id, kind),
            "ref": declared.ref,
            "kind": kind.value,
            "at": at,
            "emergency": declared.id,
            "due": at if self._pushed else None,
            "attempts": 0,
        }
        await connection.execute(tables.notice.insert(), [row])


def notice_id(emergency: str, kind: NoticeKind) -> str:
    """Of the one notice of that kind about that emergency."""
    return blake2b(f"{emergency}\n{kind.value}".encode(), digest_size=16).hexdigest()


def reason_digest(declared: Declared) -> str:
    """The same for the same reason, however it is spaced and capitalised."""
    words = " ".join(declared.words.casefold().split())
    return blake2b(words.encode(), digest_size=16).hexdigest()


_e, _r = tables.emergency.c, tables.emergency_review.c
_JOINED = tables.emergency.outerjoin(tables.emergency_review, _r.emergency == _e.id)
_DECLARED: Select[Any] = (
    select(tables.emergency, _r.at.label("reviewed"), _r.by, _r.finding, _r.note)
    .select_from(_JOINED)
    .order_by(_e.opened, _e.id)
)
_NOTICES = select(tables.notice).where(tables.notice.c.ref == bindparam("ref")).order_by(tables.notice.c.at)
RECENTLY = timedelta(days=30)
"""For how long it is counted how often a professional declares emergencies."""


def _row(declared: Declared, key: str) -> dict[str, Any]:
    return {
        "id": declared.id,
        "ref": declared.ref,
        "organisation": declared.organisation,
        "professional": declared.professional,
        "professional_name": declared.professional_name,
        "client": declared.client,
        "ground": declared.ground.value,
        "obstacle": declared.obstacle.value,
        "words": declared.words,
        "reason": reason_digest(declared),
        "key_name": key,
        "opened": declared.opened_at,
        "until": declared.until,
    }


def _declared(row: Any) -> Declared:
    review = None
    if row.reviewed is not None:
        review = Review(at=row.reviewed, by=row.by, finding=Finding[row.finding], note=row.note)
    return Declared(
        id=row.id,
        ref=row.ref,
        organisation=row.organisation,
        professional=row.professional,
        professional_name=row.professional_name,
        client=row.client,
        ground=EmergencyGround[row.ground],
        obstacle=ConsentObstacle[row.obstacle],
        words=row.words,
        opened_at=row.opened,
        until=row.until,
        review=review,
    )


def _notice(row: Any) -> Notice:
    return Notice(id=row.id, ref=row.ref, kind=NoticeKind[row.kind], at=row.at, emergency=row.emergency)
