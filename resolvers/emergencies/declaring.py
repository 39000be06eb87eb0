"""What a professional states to declare an emergency, and whether it will do. Everything in it is hostile."""

import re
import unicodedata
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import strawberry

from connectors.contract import Purpose
from resolvers.access.caller import Caller, CallerKind
from resolvers.emergencies.book import ConsentObstacle, Declared, EmergencyGround
from resolvers.refusals import BadRequest, Forbidden
from resolvers.scalars import CitizenId
from resolvers.shown import enumeration

TREATING = frozenset({CallerKind.CLINICIAN, CallerKind.HEALTH_STATION})
"""Who can declare one: people who treat others, by name."""

_SHORTEST, _LETTERS, _LONGEST = 15, 10, 500
_LONG_NUMBER = re.compile(r"\d[\d .-]{7,}\d")

enumeration(EmergencyGround)
enumeration(ConsentObstacle)


@strawberry.input(description="An emergency, as a professional declares it in their own name.")
class EmergencyAccessInput:
    """The argument of ``openEmergencyAccess``."""

    citizen: CitizenId = strawberry.field(description="Whose record has to be opened.")
    ground: EmergencyGround = strawberry.field(description="First ground: what the law lets you look for.")
    obstacle: ConsentObstacle = strawberry.field(description="Second ground, as you state it: why nobody can be asked.")
    reason: str = strawberry.field(
        description=f"What happened, in {_SHORTEST} to {_LONGEST} characters of your own. The citizen reads it, and it "
        "is kept: no names, no numbers of people, no results."
    )
    idempotency_key: strawberry.ID = strawberry.field(
        description="A UUID made by the application for this one act: however often it is sent, it has one effect."
    )


def declared_by(caller: Caller, ref: str, given: EmergencyAccessInput, now: datetime, life: timedelta) -> Declared:
    """The emergency that the input declares.

    Raises:
        Forbidden: the caller cannot declare any.
        BadRequest: the reason will not do.
    """
    professional, organisation = caller.professional, caller.organisation
    if caller.kind not in TREATING or caller.purpose is not Purpose.EMERGENCY:
        raise Forbidden
    if professional is None or organisation is None:
        raise Forbidden
    return Declared(
        id=_digest(ref, key_of(caller, given)),
        ref=ref,
        organisation=organisation,
        professional=professional.id,
        professional_name=professional.name,
        client=caller.client_id,
        ground=given.ground,
        obstacle=given.obstacle,
        words=_words(given.reason),
        opened_at=now,
        until=now + life,
    )


def key_of(caller: Caller, given: EmergencyAccessInput) -> str:
    """The professional's own key, so that nobody else's can be the same.

    Raises:
        BadRequest: it is none.
    """
    try:
        key = str(UUID(given.idempotency_key))
    except ValueError:
        raise BadRequest("'idempotencyKey' is a UUID.") from None
    return _digest(caller.organisation or "", caller.professional.id if caller.professional else "", key)


def _words(given: str) -> str:
    words = " ".join(unicodedata.normalize("NFC", given).split())
    if not _SHORTEST <= len(words) <= _LONGEST or not words.isprintable():
        raise BadRequest(f"'reason' says in {_SHORTEST} to {_LONGEST} characters what happened.")
    if sum(character.isalpha() for character in words) < _LETTERS or len(words.split()) < 3:
        raise BadRequest("'reason' says what happened, in words.")
    if _LONG_NUMBER.search(words):
        raise BadRequest("'reason' names no numbers of people, cards or telephones.")
    return words


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
