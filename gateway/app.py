"""Puts everything together. The only file that knows everybody."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Self, TypeVar

import structlog
from msgspec import structs
from starlette.routing import BaseRoute, Route, WebSocketRoute

from connectors.clock import Clock, SystemClock
from connectors.contract import Source
from connectors.lag import Lag
from connectors.options import BadOptions
from connectors.records import SourceInfo
from gateway.allowances import Allowances
from gateway.audit.ledger import LedgerState
from gateway.auditing import Auditing
from gateway.certificates.publishing import keys_route
from gateway.certificates.signing import HealthCertifier
from gateway.changes import Changes
from gateway.contents.endpoint import ContentsEndpoint
from gateway.endpoint import GraphQLEndpoint
from gateway.events.endpoint import EventsEndpoint
from gateway.fhir_out.endpoint import FhirEndpoint
from gateway.fleet import Fleet
from gateway.front import Front
from gateway.graph import GraphEndpoint
from gateway.health import admin_app
from gateway.identity.e_id import EId
from gateway.identity.fetching import open_client
from gateway.judging import verifier_of
from gateway.keeping import KeptHere
from gateway.metadata import metadata_route
from gateway.metrics import Metrics
from gateway.operations.execution import Executor
from gateway.operations.trusted import TrustedDocuments
from gateway.portal.routes import portal_routes
from gateway.push.noticing import Noticing
from gateway.push.webhook import Webhook
from gateway.rates import Rates
from gateway.reloading import Reloaded, taken_over
from gateway.settings import Settings, environment_variable, identifiers_of
from gateway.sockets.endpoint import SocketEndpoint
from gateway.sources import open_vault
from gateway.store.consents import StoredConsents
from gateway.store.database import Database
from gateway.store.emergencies import StoredEmergencies
from gateway.store.keying import require_key
from gateway.store.outbox import Outbox
from gateway.store.pointers import Coverage, StoredPointers
from gateway.subscriptions import Subscriptions
from gateway.trust import StoredTrust
from gateway.watch import Watch
from resolvers.access.audiences import VIEWS, audience_of
from resolvers.locating import Directory
from resolvers.schema import build_schema

E = TypeVar("E", bound=GraphEndpoint)


class Gateway:
    """One gateway: its public and its admin application, and what they share while it runs."""

    def __init__(
        self, settings: Settings, *, reread: Callable[[], Settings] | None = None, clock: Clock | None = None
    ) -> None:
        """Put the parts together; nothing is connected before ``start``.

        Args:
            settings: as they are now.
            reread: reads them again, for ``reload``; without it only the sources' file is read again.
            clock: the time of everything; the machine's by default.

        Raises:
            BadOptions: the sources' file cannot be used.
        """
        self.settings = settings
        self._reread = reread or (lambda: settings)
        self.reloaded: Reloaded | None = None
        self.is_ready = False
        self._clock = clock or SystemClock()
        self._vault = open_vault(settings.cache, clock=self._clock)
        self._database = Database(settings.store)
        self._pointers = StoredPointers(self._database, clock=self._clock, bound=settings.locating.coverage)
        self.changes = Changes()
        """What sources tell to have changed, that there are notices, and who looked, for whoever listens."""
        self.auditing = Auditing(settings, self._database, self.changes, clock=self._clock)
        """Where every access is written down before it is answered."""
        self._consents = StoredConsents(
            self._database, clock=self._clock, lapse=timedelta(days=settings.consents.lapse_days)
        )
        self.watch = Watch(self._clock)
        self._lag = Lag(self._clock)
        self._watching: asyncio.Task[None] | None = None
        self._fleet = Fleet(
            settings.sources,
            clock=self._clock,
            environment=environment_variable,
            vault=self._vault,
            arranged=self._arranged,
            lateness=self._lag.worst,
        )
        self.executor = Executor(
            build_schema(),
            settings.limits,
            introspection=settings.server.introspection,
            subgraph=settings.server.subgraph,
            execution=settings.execution,
            differs=self.watch.differed,
            audiences={audience_of(partner.kind) for partner in settings.partners.values()} & VIEWS.keys(),
        )
        self.metrics = Metrics(
            self.watch,
            plans=self.executor.plans.tally,
            activities=lambda: self._fleet.activities,
            coverage=lambda: self.coverage,
            lateness=self._lag.worst,
        )
        self._http = open_client()
        self._verifier = verifier_of(settings, http=self._http, clock=self._clock)
        emergencies = StoredEmergencies(self._database, clock=self._clock, pushed=settings.push is not None)
        self._noticing = self._noticing_of(emergencies)
        self._allowances = Allowances(self._consents, emergencies, self._noticing.tell)
        self._trust = StoredTrust(self._consents, emergencies)
        self._subscriptions = Subscriptions(
            settings.subscriptions, changes=self.changes, clock=self._clock, watch=self.watch
        )
        self._certifier = certifier_of(settings, self._clock)
        self._rates = Rates(settings.rates, watch=self.watch, clock=self._clock)
        self._trusted = TrustedDocuments.by(settings.documents)
        self.executor.trust(self._trusted.all())
        self._endpoint = self._graph()
        self._sockets = self._executing(SocketEndpoint)
        self._fhir = FhirEndpoint(
            settings=settings,
            verifier=self._verifier,
            fleet=self._fleet,
            ledger=self.auditing.ledger,
            trust=self._trust,
            keeping=KeptHere(self._vault, self.changes, clock=self._clock),
            clock=self._clock,
            watch=self.watch,
            rates=self._rates,
        )
        self._contents = ContentsEndpoint(
            settings=settings,
            verifier=self._verifier,
            fleet=self._fleet,
            ledger=self.auditing.ledger,
            keeping=KeptHere(self._vault, self.changes, clock=self._clock),
            clock=self._clock,
            trust=self._trust,
            watch=self.watch,
            rates=self._rates,
        )
        self.public = Front(self._endpoint, self._routes())
        # A redirect for a slash too many would be built from the Host header, which is anybody's to write.
        self.public.router.redirect_slashes = False
        self.admin = admin_app(self)

    async def start(self) -> Self:
        """Fetch the keys of the issuers, open the store; be ready. What does not answer is asked again on demand."""
        self._warn()
        self._watching = asyncio.ensure_future(self._lag.watch())
        await require_key(self._database, identifiers_of(self.settings))
        await asyncio.gather(self._verifier.warm(), self._pointers.warm(), self.auditing.start())
        self._noticing.start()
        self.is_ready = True
        return self

    async def reload(self) -> Reloaded:
        """Read the configuration again, and go by it from the next request on. One that cannot be used changes nothing.

        Requests under way keep the sources that they began with.
        """
        log, at = structlog.get_logger(), self._clock.now()
        before = self.settings
        try:
            self.settings, restart = taken_over(before, await asyncio.to_thread(self._reread))
            trusted = TrustedDocuments.by(self.settings.documents)
            self.executor.trust(trusted.all())
            changes = await self._fleet.reload(self.settings.sources)
        except BadOptions as error:
            self.settings = before
            self.reloaded = Reloaded(at=at, refused=str(error))
            log.error("reload_refused", reason=str(error))  # noqa: TRY400 - told by its sentence: no defect of ours
            return self.reloaded
        self._endpoint.settings = self._sockets.settings = self._fhir.settings = self._contents.settings = self.settings
        self._endpoint.trusted = self._sockets.trusted = self._trusted = trusted
        self.reloaded = Reloaded(at=at, sources=changes, restart=restart)
        log.info("reloaded", restart=restart, **structs.asdict(changes))
        self._warn()
        return self.reloaded

    @property
    def audit(self) -> LedgerState:
        """How the access log is."""
        return self.auditing.ledger.state()

    @property
    def sources(self) -> Sequence[SourceInfo]:
        """Every configured source, as it is now."""
        return [source.info for source in self._fleet.sources]

    @property
    def coverage(self) -> Sequence[Coverage]:
        """How far the pointers of every source go."""
        return self._pointers.report()

    def drain(self) -> None:
        """Be no longer ready, so that no new request is sent here; let go of those who only wait."""
        self.is_ready = False
        self._subscriptions.end()

    async def stop(self) -> None:
        """Let go of every connection."""
        self.drain()
        if self._watching is not None:
            self._watching.cancel()
        await self._noticing.stop()
        await self._trust.close()
        await self._verifier.aclose()
        await self._fleet.close()
        await self._vault.close()
        await self.auditing.close()
        await self._rates.close()
        await self._pointers.close()
        await self._database.close()
        await self._http.aclose()

    def _graph(self) -> GraphQLEndpoint:
        return self._executing(GraphQLEndpoint)

    def _executing(self, endpoint: type[E]) -> E:
        return endpoint(
            settings=self.settings,
            executor=self.executor,
            verifier=self._verifier,
            fleet=self._fleet,
            ledger=self.auditing.ledger,
            trust=self._trust,
            clock=self._clock,
            watch=self.watch,
            accesses=self.auditing.log,
            certifier=self._certifier,
            keeping=KeptHere(self._vault, self.changes, clock=self._clock),
            subscriptions=self._subscriptions,
            allowances=self._allowances,
            rates=self._rates,
            trusted=self._trusted,
        )

    def _events(self) -> EventsEndpoint:
        return EventsEndpoint(
            settings=self.settings,
            verifier=self._verifier,
            fleet=self._fleet,
            pointers=self._pointers,
            vault=self._vault,
            changes=self.changes,
            clock=self._clock,
            watch=self.watch,
        )

    def _noticing_of(self, emergencies: StoredEmergencies) -> Noticing:
        push = self.settings.push
        return Noticing(
            emergencies=emergencies,
            outbox=Outbox(self._database),
            changes=self.changes,
            identifiers=identifiers_of(self.settings),
            clock=self._clock,
            often=self.settings.consents.often,
            webhook=None if push is None else Webhook(push),
            tries=push.tries if push else 0,
        )

    def _arranged(self, sources: Sequence[Source]) -> Directory:
        locating = self.settings.locating
        self._pointers.bound = locating.coverage
        return Directory(sources, pointers=self._pointers, probing=locating.probing, insurance=locating.insurance)

    def _routes(self) -> Sequence[BaseRoute]:
        routes: list[BaseRoute] = [Route("/events", self._events())]
        routes.append(Route("/fhir/{path:path}", self._fhir))
        routes.append(Route("/documents/{id}", self._contents))
        routes.append(WebSocketRoute("/{path:path}", self._sockets))
        routes.append(metadata_route(self.settings))
        if self._certifier is not None:
            routes.append(keys_route(self._certifier))
        if self.settings.explorer is not None:
            routes += portal_routes(
                self.settings.explorer,
                e_id=EId(self.settings.authentication.issuers[0].issuer, http=self._http),
                verifier=self._verifier,
                clock=self._clock,
            )
        return routes

    def _warn(self) -> None:
        for weakness in (*self.settings.weaknesses(), *self._fleet.weaknesses):
            structlog.get_logger().warning("weak_setting", setting=weakness)


def certifier_of(settings: Settings, clock: Clock) -> HealthCertifier | None:
    """Who signs certificates, where the settings name a key.

    Raises:
        BadOptions: the key cannot be used.
    """
    if settings.certificates is None:
        return None
    return HealthCertifier(settings.certificates, secret=settings.identifier_key.reveal().encode(), clock=clock)
