"""Who asks, as proved by the token. Made by ``gateway.identity`` alone; nothing else reads raw claims."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from connectors.contract import Purpose


class CallerKind(StrEnum):
    """What sort of party holds the token."""

    CITIZEN = "citizen"
    """A person, for themselves or for whom they represent."""
    CLINICIAN = "clinician"
    """A named professional of a partner hospital."""
    HEALTH_STATION = "health_station"
    """A named professional of a ward's health station."""
    INSURER = "insurer"
    """An insurer's system, or a named clerk of it."""
    OPERATOR = "operator"
    """Whoever runs this gateway; no health data is theirs to see."""
    ORGANISATION = "organisation"
    """A system that acts for no person: it may tell events, and ask for nobody's record."""


class Professional(Struct, frozen=True, kw_only=True):
    """A named person who acts for an organisation."""

    id: str
    """Stable at the organisation: a licence number (chứng chỉ hành nghề) or an employee's id."""
    name: str | None = None

    def __repr__(self) -> str:
        return "Professional()"


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
    organisation: str | None = None
    """Key of the organisation for which the caller acts: a facility code, or a key of the settings."""
    professional: Professional | None = None
    """Who acts, by name, for an organisation."""
    purpose: Purpose | None = None
    """Why the token says that it asks (purpose of use); ``None`` where it says nothing, as a citizen's does."""
    personal_id: str | None = None
    """Twelve digits, for a citizen whose token carries the number."""
    ref: str | None = None
    """Reference of that number: by it everything that outlives the request knows the person."""
    name: str | None = None
    birth_date: date | None = None
    authenticated_at: datetime | None = None
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Caller({self.kind.value}, client_id={self.client_id!r}, assurance={self.assurance})"
