"""The whole file as one frozen record, what of it is weak, and what is made of it."""

from pathlib import Path

from msgspec import Struct

from connectors.options import Secret
from connectors.weaknesses import is_readable_by_others, readable, readable_by_others
from gateway.audit.settings import AuditSettings
from gateway.certificates.settings import CertificateSettings
from gateway.identity.partners import Partner, Partners
from gateway.settings.asked import DocumentSettings, Execution, Limits, RateSettings, SubscriptionSettings
from gateway.settings.blocks import Authentication, Cache, Consents, Explorer, Locating, Push, Store
from gateway.settings.server import Server
from resolvers.identifiers import Identifiers


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


def sealing_keys(settings: Settings) -> list[bytes]:
    """The identifier keys, the newest first."""
    return [key.reveal().encode() for key in (settings.identifier_key, *reversed(settings.earlier_identifier_keys))]


def identifiers_of(settings: Settings) -> Identifiers:
    """What stands for citizens' numbers, by the keys of the settings."""
    newest, *earlier = sealing_keys(settings)
    return Identifiers(newest, earlier[::-1])
