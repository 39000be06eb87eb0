"""Every setting of the service, in one frozen record. Nobody else reads the environment.

The file is TOML. Every scalar can also be set by the environment as ``GATEWAY_<BLOCK>__<KEY>``, which wins over the
file. What is not in the file has a default that is safe; every weaker choice is listed by ``weaknesses``.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, structs

from connectors.options import BadOptions, Duration, Secret, Size, read
from connectors.weaknesses import is_readable_by_others, readable, readable_by_others
from gateway.audit.settings import AuditSettings
from gateway.certificates.settings import CertificateSettings
from gateway.identity.dpop_settings import DpopSettings
from gateway.identity.partners import Partner, Partners
from gateway.identity.settings import IssuerSettings, Remembering
from resolvers.identifiers import Identifiers

PREFIX = "GATEWAY_"
_ELSEWHERE = frozenset({"GATEWAY_CONFIG"})
_PUBLIC = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_MOST_PROXIES = 65_536
_ADDRESS = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


class Tls(Struct, frozen=True, kw_only=True):
    """TLS on the public listener. Without it, a proxy in front has to speak it."""

    identity: Path
    """PEM file with our certificate, those that vouch for it, and the key."""
    client_authorities: Path | None = None
    """PEM file of the authorities that may vouch for clients. With it a client may show a certificate: one whose tokens
    are bound to it must; one that shows another is not let in."""


class Proxy(Struct, frozen=True, kw_only=True):
    """A reverse proxy that speaks TLS with callers and tells their certificates; it drops the header from outside."""

    addresses: tuple[str, ...]
    """From where it connects: ``10.0.0.5`` or ``10.0.0.0/29``. Whoever comes from there is believed."""
    certificate_header: str = "Client-Cert"
    """In which it tells the certificate: as RFC 9440 says, or as a percent-encoded PEM."""

    def __post_init__(self) -> None:
        """Refuse what is no address."""
        if not self.addresses:
            raise ValueError("addresses must name at least one")
        for address in self.addresses:
            if ip_network(address).num_addresses > _MOST_PROXIES:
                raise ValueError(f"addresses: {address} is more than a proxy")
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", self.certificate_header):
            raise ValueError("certificate_header is the name of a header")


class Server(Struct, frozen=True, kw_only=True):
    """The two listeners, and the bounds of a request."""

    listen: str = "127.0.0.1:4000"
    admin: str = "127.0.0.1:8088"
    """Health, for the operator alone: never on the public side."""
    shared: bool = False
    """Whether other gateways on this machine listen at the same public address: one for each processor, say. The
    system deals out the connections. Each has an ``admin`` of its own."""
    deadline: Duration = Duration(5)
    """For a whole request. What a source has not said by then is missing from the answer, and the answer says so."""
    content: Duration = Duration(120)
    """For passing on the content of a document, once it has begun to come."""
    max_body: Size = Size(256 * 1024)
    caller_timeout: Duration = Duration(10)
    """For a caller to send the header, again for the body, and to take some of the answer."""
    public_address: str | None = None
    """Under which callers reach the public listener: ``https://graph.example``. Proofs of partners name it, whatever
    stands in between; by default the address of ``listen``."""
    tls: Tls | None = None
    proxy: Proxy | None = None
    introspection: bool = False
    """Whether a signed-in caller may ask for the schema; it is published as a file anyway."""
    subgraph: bool = False
    """Whether this graph is part of another one, whose router asks it for entities with the token of its caller."""

    def __post_init__(self) -> None:
        """Refuse an address that clients could not name."""
        if self.public_address is not None and not _PUBLIC.fullmatch(self.public_address):
            raise ValueError("public_address is 'https://host' or 'https://host:port', without a path")

    @property
    def address(self) -> str:
        """Scheme and host of the public listener, as callers write them."""
        return self.public_address or f"{'https' if self.tls else 'http'}://{self.listen}"


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of a GraphQL document, checked before it is validated."""

    max_tokens: int = 5000
    max_depth: int = 15
    max_aliases: int = 100
    max_root_fields: int = 20
    max_directives: int = 100
    max_operations: int = 20
    max_deferred: int = 20
    """Uses of @defer and @stream, each counted as often as its fragment is spread."""
    max_waves: int = 3
    """Uses of @defer and @stream within each other."""
    max_cost: int = 100_000
    """Price of an operation, told beforehand (``gateway.operations.cost``)."""
    documents: int = 1000
    """Checked documents that are remembered."""


class Execution(Struct, frozen=True, kw_only=True):
    """How operations are executed."""

    plans: Literal["on", "off", "verify"] = "on"
    """Whether what is read from records is compiled, from the second use of a document. With ``verify`` the library
    completes every value as well; its value is answered, and a difference is an alert."""
    compiled_fields: int = 100_000
    """Compiled ones that are remembered, of all documents together."""


class RateSettings(Struct, frozen=True, kw_only=True):
    """How many requests are taken from one of them in a minute; more are answered with 429. 0 sets no bound."""

    per_citizen: int = 300
    """Of one signed-in citizen, however many devices."""
    per_client: int = 6000
    """Of one client of a partner."""
    per_address: int = 6000
    """From one address, before anything is read. Many phones share one (carriers' NAT)."""
    refusals: int = 60
    """Refused citizens in an hour, for one caller: who reaches it guesses numbers."""
    proxies: tuple[str, ...] = ()
    """Networks of our own proxies, whose ``X-Forwarded-For`` is believed: ``["10.1.0.0/16"]``. Behind one that is not
    named here, everybody comes from its address: name it, or set ``per_address = 0``."""
    url: Secret | None = None
    """Of a Redis in which several gateways count together; this process alone by default."""


class DocumentSettings(Struct, frozen=True, kw_only=True):
    """Trusted documents: the operations that clients were built with."""

    manifest: Path | None = None
    """Made by ``citizen-graph documents build``. Without it every document is free text."""
    mode: Literal["log", "enforce"] = "log"
    """What becomes of free text that is not in the manifest: executed and counted, or refused."""
    free_text: tuple[str, ...] = ()
    """Clients that may send free text all the same."""


class SubscriptionSettings(Struct, frozen=True, kw_only=True):
    """Bounds of what callers wait for."""

    most: int = 1000
    """Open at once, in one process; 0 lets nobody subscribe."""
    most_per_caller: int = 10
    heartbeat: Duration = Duration(15)
    """Between two signs of life, for proxies that cut what is silent; an ended sign-in is seen that late at most."""


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


class Settings(Struct, frozen=True, kw_only=True):
    """The whole file."""

    version: int
    """Of the form of this file: 1."""
    identifier_key: Secret
    """At least 32 characters: makes the references and ids that stand for citizens' numbers. Keep it, and keep it."""
    earlier_identifier_keys: tuple[Secret, ...] = ()
    """Those that it was before, the oldest first; none is ever left out: see the README of ``gateway/audit``."""
    sources: Path
    """The file with the blocks of the sources."""
    authentication: Authentication
    partners: dict[str, Partner] = {}
    """Organisations whose people and systems may ask, by a short name of yours."""
    server: Server = Server()
    limits: Limits = Limits()
    execution: Execution = Execution()
    rates: RateSettings = RateSettings()
    documents: DocumentSettings = DocumentSettings()
    subscriptions: SubscriptionSettings = SubscriptionSettings()
    cache: Cache = Cache()
    store: Store = Store()
    audit: AuditSettings = AuditSettings()
    locating: Locating = Locating()
    consents: Consents = Consents()
    push: Push | None = None
    """Without it, notices stand in the graph alone."""
    development: bool = False
    explorer: Explorer | None = None
    certificates: CertificateSettings | None = None
    """Without it, no certificates are issued."""

    def weaknesses(self) -> list[str]:
        """One sentence per setting that is fit for development only."""
        found = []
        if self.development:
            found.append("development is on: issuers may use plain http, the explorer is served")
        if self.server.introspection:
            found.append("server.introspection is on: every signed-in caller can read the schema from the endpoint")
        found += [
            f"partners.{key}.bound is 'none': whoever steals one of its tokens can use it"
            for key, partner in self.partners.items()
            if partner.bound == "none"
        ]
        if self.server.tls is not None and is_readable_by_others(self.server.tls.identity):
            found.append(readable("server.tls.identity"))
        if not self.server.admin.startswith(("127.", "localhost", "[::1]")):
            found.append("server.admin listens beyond this machine")
        if self.server.shared:
            found += self._alone()
        if self.rates.url is not None and self.rates.url.reveal().startswith("redis://"):
            found.append("rates.url is without TLS: whoever is on the way can reset what is counted")
        if self.documents.manifest is not None and self.documents.mode == "log":
            found.append("documents.mode is log: what is not in the manifest is executed all the same")
        if self.cache.url is not None and self.cache.url.reveal().startswith("redis://"):
            found.append(
                "cache.url is without TLS: whoever is on the way sees when which entry is used, never what it holds"
            )
        return found + readable_by_others(self)

    def _alone(self) -> list[str]:
        """What gateways do each for itself that seem to be one from outside."""
        found = ["server.shared is on: a subscription hears only what its own gateway is told"]
        if self.rates.url is None:
            found.append("server.shared is on without rates.url: each gateway lets in as much as is meant for all")
        if any(partner.bound == "dpop" for partner in self.partners.values()) and not self.authentication.shares_proofs:
            found.append("server.shared is on without authentication.dpop.replays.url: a proof is good once at each")
        if self.store.url is None:
            found.append("server.shared is on without store.url: the gateways wait for each other at one file")
        return found


def partners_of(settings: Settings) -> Partners:
    """The registry of partners.

    Raises:
        ValueError: two of them cannot be told apart, or one has an issuer that is not trusted.
    """
    return Partners(settings.partners, issuers=(issuer.issuer for issuer in settings.authentication.issuers))


def load(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the file and the environment.

    Raises:
        BadOptions: with the block, the key and what would be right.
    """
    known = os.environ if environment is None else environment
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadOptions(f"no such file: {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadOptions(f"{path.name}: {error}") from None
    settings = read(
        Settings, _overridden(table, known), where=path.name, folder=path.parent, environment=known.get, lax=True
    )
    _check(settings, path.name)
    store = structs.replace(settings.store, file=str(path.parent / settings.store.file))
    audit = structs.replace(settings.audit, spool=str(path.parent / settings.audit.spool))
    return structs.replace(settings, store=store, audit=audit)


def sealing_keys(settings: Settings) -> list[bytes]:
    """The identifier keys, the newest first."""
    return [key.reveal().encode() for key in (settings.identifier_key, *reversed(settings.earlier_identifier_keys))]


def identifiers_of(settings: Settings) -> Identifiers:
    """What stands for citizens' numbers, by the keys of the settings."""
    newest, *earlier = sealing_keys(settings)
    return Identifiers(newest, earlier[::-1])


def environment_variable(name: str) -> str | None:
    """One variable, for references such as ``env:NAME`` in the blocks of sources."""
    return os.environ.get(name)


def _overridden(table: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    whole = dict(table)
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name in _ELSEWHERE:
            continue
        *blocks, key = name.removeprefix(PREFIX).lower().split("__")
        place = whole
        for block in blocks:
            inner = place.get(block, {})
            if not isinstance(inner, dict):
                raise BadOptions(f"{name}: '{block}' is no block")
            place[block] = place = dict(inner)
        place[key] = value
    return whole


def _check(settings: Settings, name: str) -> None:
    if settings.version != 1:
        raise BadOptions(f"{name}.version: this gateway reads version 1")
    if any(len(key) < 32 for key in sealing_keys(settings)):
        raise BadOptions(f"{name}.identifier_key: expected at least 32 characters")
    _check_bounds(settings, name)
    if settings.execution.compiled_fields < 1:
        raise BadOptions(f"{name}.execution.compiled_fields: expected 1 or more")
    _check_locating(settings, name)
    _check_audit(settings.audit, f"{name}.audit")
    _check_rates(settings.rates, f"{name}.rates")
    _check_cache(settings.cache, f"{name}.cache")
    _check_issuers(settings, name)
    try:
        partners_of(settings)
    except ValueError as error:
        raise BadOptions(f"{name}.{error}") from None
    if settings.certificates is not None and not settings.certificates.keys:
        raise BadOptions(f"{name}.certificates.keys: expected at least one")
    if settings.explorer is not None and not settings.development:
        raise BadOptions(f"{name}.explorer: the explorer is served in development only; set development = true")


def _check_issuers(settings: Settings, name: str) -> None:
    if not settings.authentication.issuers:
        raise BadOptions(f"{name}.authentication.issuers: expected at least one")
    for number, issuer in enumerate(settings.authentication.issuers):
        if issuer.allow_http and not settings.development:
            raise BadOptions(f"{name}.authentication.issuers[{number}].allow_http: for development only")
    asked = [issuer.introspection for issuer in settings.authentication.issuers if issuer.introspection is not None]
    if sum(one.takes_opaque for one in asked) > 1:
        raise BadOptions(f"{name}.authentication.issuers: opaque tokens can be asked about at one issuer alone")


def _check_bounds(settings: Settings, name: str) -> None:
    for key in ("listen", "admin"):
        if not _ADDRESS.fullmatch(getattr(settings.server, key)):
            raise BadOptions(f"{name}.server.{key}: expected 'host:port', such as '127.0.0.1:4000' or '[::1]:4000'")
    for key in ("deadline", "content", "caller_timeout", "max_body"):
        if getattr(settings.server, key) <= 0:
            raise BadOptions(f"{name}.server.{key}: expected more than nothing")
    for key in ("most", "most_per_caller"):
        if getattr(settings.subscriptions, key) < 0:
            raise BadOptions(f"{name}.subscriptions.{key}: expected 0 or more")
    if settings.subscriptions.heartbeat <= 0:
        raise BadOptions(f"{name}.subscriptions.heartbeat: expected more than nothing")
    for key in Limits.__struct_fields__:
        if getattr(settings.limits, key) < 1:
            raise BadOptions(f"{name}.limits.{key}: expected 1 or more")


def _check_rates(rates: RateSettings, where: str) -> None:
    for key in ("per_citizen", "per_client", "per_address", "refusals"):
        if getattr(rates, key) < 0:
            raise BadOptions(f"{where}.{key}: expected 0 or more")
    if not all(_is_network(network) for network in rates.proxies):
        raise BadOptions(f"{where}.proxies: expected networks such as '10.1.0.0/16'")


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _check_locating(settings: Settings, name: str) -> None:
    if settings.locating.probing < 0:
        raise BadOptions(f"{name}.locating.probing: expected 0 or more")
    if settings.locating.insurance <= 0:
        raise BadOptions(f"{name}.locating.insurance: expected more than nothing")
    if not 0 < settings.locating.coverage <= 1:
        raise BadOptions(f"{name}.locating.coverage: expected more than 0, and 1 at most")
    for key in ("lapse_days", "longest_days", "recent", "emergency", "often"):
        if getattr(settings.consents, key) <= 0:
            raise BadOptions(f"{name}.consents.{key}: expected more than nothing")
    if settings.push is not None:
        _check_push(settings.push, development=settings.development, where=f"{name}.push")
    if settings.store.connections < 1:
        raise BadOptions(f"{name}.store.connections: expected 1 or more")


def _check_audit(audit: AuditSettings, where: str) -> None:
    for key in ("checkpoint", "patience", "retry", "spool_entries", "spool_size", "spool_time", "retention_years"):
        if getattr(audit, key) <= 0:
            raise BadOptions(f"{where}.{key}: expected more than nothing")


def _check_push(push: Push, *, development: bool, where: str) -> None:
    if not push.url.startswith("https://") and not (development and push.url.startswith("http://127.0.0.1:")):
        raise BadOptions(f"{where}.url: expected an https address")
    if len(push.key.reveal()) < 32:
        raise BadOptions(f"{where}.key: expected at least 32 characters")
    if push.tries < 1:
        raise BadOptions(f"{where}.tries: expected 1 or more")


def _check_cache(cache: Cache, where: str) -> None:
    if (cache.backend == "redis") != (cache.url is not None):
        raise BadOptions(f"{where}.url: expected with backend = 'redis', and only then")
    if not 0 < cache.timeout <= 0.05:
        raise BadOptions(f"{where}.timeout: expected 50ms or less")
    if cache.max_size <= 0:
        raise BadOptions(f"{where}.max_size: expected more than nothing")
