"""One entry of the access log: who did what about whom, why they might, and how it ended. Never what a record says.

Entries are kept for years and stand in a tree that proves them: a field may be added here with a default, and no field
and no value of an enumeration is ever taken away or given another meaning.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from connectors.contract import Basis, Purpose
from connectors.records import Described
from resolvers.access.caller import CallerKind
from resolvers.sections import Section


class AccessAction(Described):
    """What was done with a record."""

    OPEN = "OPEN", "The record was opened; of its sections only those that are named were looked at."
    READ = "READ", "Sections of the record were asked for."
    WRITE = "WRITE", "Something was given to a source to be recorded."
    REFRESH = "REFRESH", "What was kept for some seconds was dropped, and asked for again."
    LISTEN = "LISTEN", "Somebody began to be told when the record changes."
    TELL = "TELL", "Somebody was told that the record changed; not what."
    READ_LOG = "READ_LOG", "The access log itself was read."
    REPORT = "REPORT", "An irregularity in the access log was reported."
    CONSENT = "CONSENT", "A consent was given, narrowed or taken back, or looked at."
    EMERGENCY = "EMERGENCY", "An emergency was declared, to see what could not be seen otherwise."


class AccessOutcome(Described):
    """How an access ended."""

    GIVEN = "GIVEN", "It was answered, as far as the sources answered."
    REFUSED = "REFUSED", "It was refused: nothing of the record was shown."
    BROKEN_OFF = "BROKEN_OFF", "Sources were asked, and nothing of it reached whoever asked."


class AccessEntry(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="access"):
    """One access of one request to the record of one citizen."""

    id: str
    request: str
    """Id of the request, as in the log of the service."""
    at: datetime
    about: str
    """Reference of the citizen."""
    key: str
    """Which identifier key made the references: its fingerprint."""
    caller: CallerKind
    client: str
    """The registered application."""
    by: str | None = None
    """Reference of the person who asked, where that is a citizen."""
    organisation: str | None = None
    professional: str | None = None
    professional_name: str | None = None
    purpose: Purpose | None = None
    basis: Basis | None = None
    actions: tuple[AccessAction, ...]
    sections: tuple[Section, ...] = ()
    sources: tuple[str, ...] = ()
    """Ids of the sources that were told the citizen's number."""
    outcome: AccessOutcome
    refused: str | None = None
    """Stable code of the refusal."""
    reason: str | None = None
    """Of an emergency, as the professional gave it."""
    sentence: Mapping[str, str] | None = None
    """By language: what the operation does in plain words, where whoever published it said so."""

    def __repr__(self) -> str:
        return f"AccessEntry({self.id})"
