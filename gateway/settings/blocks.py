"""Whose word is believed, what this gateway keeps, and what it asks of others."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from connectors.options import Duration, Secret, Size
from gateway.identity.dpop_settings import DpopSettings
from gateway.identity.settings import IssuerSettings, Remembering


class Authentication(Struct, frozen=True, kw_only=True):
    """Whose tokens are believed, and how strong a sign-in must be."""

    issuers: tuple[IssuerSettings, ...]
    required_assurance: int = 2
    """For any health datum (NĐ 69/2024 Đ20: level 2)."""
    longest_sign_in: Duration = Duration(0)
    """How old a citizen's sign-in may be (``auth_time``) to open health data. One that is older, or says nothing of its
    age, is to be done again (RFC 9470 ``max_age``). 0 sets no bound: then the issuer's tokens alone end it."""
    dpop: DpopSettings = DpopSettings()
    remembering: Remembering = Remembering()
    required_scopes: tuple[str, ...] = ()
    """Without all of these a token is not enough to ask for anybody's record. None by default: the national sign-on
    knows no scope but ``openid``."""
    acr_values: tuple[str, ...] = ()
    """What a client is told to ask the issuer for when the sign-in was too weak (RFC 9470)."""

    @property
    def shares_proofs(self) -> bool:
        """Whether the proofs of partners are remembered for several gateways together."""
        return self.dpop.replays.url is not None


class Cache(Struct, frozen=True, kw_only=True):
    """Where answers lie, encrypted, for the seconds that the block of a source grants. None does by default."""

    backend: Literal["memory", "redis"] = "memory"
    max_size: Size = Size(64 * 1024 * 1024)
    """Of all that is kept in memory; what was not used for longest goes first."""
    url: Secret | None = None
    """Of the Redis: ``rediss://user:password@host:6379/0``. One server; a cluster cannot be used."""
    ca: Path | None = None
    """PEM file of the authorities that may vouch for the Redis; the system's by default."""
    timeout: Duration = Duration(0.05)
    """For one word with the Redis, at most 50 ms: what comes later is asked of the source instead."""


class Store(Struct, frozen=True, kw_only=True):
    """Where this gateway keeps what is its own. Several gateways that shall share it need a PostgreSQL."""

    file: str = "citizen-graph.db"
    """An SQLite, where no ``url`` is given: made beside the settings if need be, for its owner's eyes alone."""
    url: Secret | None = None
    """Of a PostgreSQL: ``postgresql://user:password@host:5432/database``. Beyond this machine with TLS, always."""
    ca: Path | None = None
    """PEM file of the authorities that may vouch for the PostgreSQL; the system's by default."""
    connections: int = 5
    """At once."""
    connect: Duration = Duration(2)
    """For a connection to stand."""


class Consents(Struct, frozen=True, kw_only=True):
    """What citizens allow others, and for how long."""

    lapse_days: int = 365
    """After so many days without use a consent ends."""
    longest_days: int = 1826
    """A consent is given for so many days at most."""
    assurance: int = 2
    """Level that a sign-in must have for allowing something."""
    recent: Duration = Duration(600)
    """How old that sign-in may be."""
    emergency: Duration = Duration(4 * 3600)
    """For which a declared emergency opens a record to who declared it."""
    often: int = 10
    """Emergencies that one professional declares in 30 days before somebody is woken up."""


class Push(Struct, frozen=True, kw_only=True):
    """The city's push service, which is told that there is a notice for somebody, and of what kind; never of whom."""

    url: str
    key: Secret
    """Signs what it is told: at least 32 characters."""
    ca: Path | None = None
    """PEM file of the authorities that may vouch for it; the system's by default."""
    tries: int = 12
    """After so many it is given up; the notice stands in the graph all the same."""


class Locating(Struct, frozen=True, kw_only=True):
    """How many sources are asked on the chance that they hold something."""

    probing: int = 8
    """For each class of record, sources to which nothing points. Where there are no more, all are asked at once."""
    insurance: Duration = Duration(1)
    """For the insurer to say where the citizen has been, when there are more; never over half of the time left."""
    coverage: float = 0.99
    """Share of a source's answers of which a pointer must have told, for its pointers to be relied upon."""


class Explorer(Struct, frozen=True, kw_only=True):
    """The web page for trying the graph: development only."""

    client_id: str
    """Public client at the first issuer, with PKCE and ``<address>/sign-in/callback`` as redirect."""
    scopes: tuple[str, ...] = ("openid", "profile")
    address: str = "http://127.0.0.1:4000"
    """Where a browser finds this gateway."""
