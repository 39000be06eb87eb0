"""What a field may use. Made once per request by the gateway; everything a resolver knows of the world is here."""

from collections.abc import AsyncGenerator, Callable
from datetime import date

import strawberry
from msgspec import Struct

from resolvers.access.log import AccessLog
from resolvers.access.permit import Access
from resolvers.certifying import Certifier
from resolvers.changes import Heard
from resolvers.consenting.trusting import Trusting
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers
from resolvers.language import Language
from resolvers.serving import ServiceOf

Hear = Callable[[str], AsyncGenerator[tuple[Heard, "Context"], None]]
"""Changes about the citizen of that reference, from the call on; each with the context of its own moment."""


def _hear_nothing(_ref: str) -> AsyncGenerator[tuple[Heard, "Context"], None]:
    raise LookupError("only a subscription hears of changes")


class Context(Struct, frozen=True, kw_only=True):
    """One request: who asks, the one door, and the language of the answer."""

    access: Access
    federation: Federation
    identifiers: Identifiers
    language: Language
    today: date
    """The calendar date in Ho Chi Minh City."""
    service: ServiceOf
    """What serves."""
    trusting: Trusting
    """What citizens allow and forbid."""
    log: AccessLog
    """Who looked."""
    certifier: Certifier | None = None
    """Signs certificates, where this gateway has a key for that."""
    hear: Hear = _hear_nothing
    """For a subscription."""


Info = strawberry.Info[Context, None]
