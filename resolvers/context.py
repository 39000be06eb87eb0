"""What a field may use. Made once per request by the gateway; everything a resolver knows of the world is here."""

from datetime import date

import strawberry
from msgspec import Struct

from resolvers.access.permit import Access
from resolvers.certifying import Certifier
from resolvers.federation import Federation
from resolvers.identifiers import Identifiers
from resolvers.language import Language
from resolvers.serving import ServiceOf


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
    certifier: Certifier | None = None
    """Signs certificates, where this gateway has a key for that."""


Info = strawberry.Info[Context, None]
