"""Who asks, as proved by the token. Made by ``gateway.identity`` alone; nothing else reads raw claims."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class CallerKind(StrEnum):
    """What sort of party holds the token."""

    CITIZEN = "citizen"
    ORGANISATION = "organisation"


class Caller(Struct, frozen=True, kw_only=True):
    """The verified holder of an access token.

    Its text form shows neither the number, the name nor the birth date, so that a log line or a traceback
    that happens to print it tells nothing about the person.
    """

    kind: CallerKind
    issuer: str
    subject: str
    """``sub`` of the token: stable at its issuer, of no meaning elsewhere."""
    client_id: str
    assurance: int
    """Level of assurance as a number of the settings' own scale; an unknown level is the lowest, 0."""
    scopes: frozenset[str] = frozenset()
    personal_id: str | None = None
    """Twelve digits, for a citizen whose token carries the number."""
    name: str | None = None
    birth_date: date | None = None
    authenticated_at: datetime | None = None
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Caller({self.kind.value}, client_id={self.client_id!r}, assurance={self.assurance})"
