"""Puts everything together. The only file that knows everybody."""

import asyncio
from collections.abc import Sequence
from typing import Self

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route

from connectors.clock import Clock, SystemClock
from connectors.records import SourceInfo
from gateway.answer import refuse_path
from gateway.endpoint import GraphQLEndpoint
from gateway.health import admin_app
from gateway.identity.e_id import EId
from gateway.identity.fetching import open_client
from gateway.identity.tokens import Verifier
from gateway.operations.execution import Executor, KnownDocument
from gateway.portal.routes import portal_routes
from gateway.settings import Settings, environment_variable
from gateway.sources import close_sources, open_sources, open_vault
from gateway.store.database import Database
from gateway.store.pointers import StoredPointers
from resolvers.locating import Directory
from resolvers.schema import build_schema


class Gateway:
    """One gateway: its public and its admin application, and what they share while it runs."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        """Put the parts together; nothing is connected before ``start``.

        Raises:
            BadOptions: the sources' file cannot be used.
        """
        self.settings = settings
        self._clock = clock or SystemClock()
        self._ready = False
        self._vault = open_vault(settings.cache, clock=self._clock)
        self._sources = open_sources(
            settings.sources, clock=self._clock, environment=environment_variable, vault=self._vault
        )
        self._database = Database(settings.store)
        self._pointers = StoredPointers(self._database, clock=self._clock, bound=settings.locating.coverage)
        self._http = open_client()
        self._verifier = Verifier(settings.authentication.issuers, http=self._http, clock=self._clock)
        self.public = Starlette(routes=self._routes(), exception_handlers={HTTPException: refuse_path})
        # A redirect for a slash too many would be built from the Host header, which is anybody's to write.
        self.public.router.redirect_slashes = False
        self.admin = admin_app(is_ready=lambda: self._ready, sources=self._infos)

    async def start(self) -> Self:
        """Fetch the keys of the issuers, open the store; be ready. What does not answer is asked again on demand."""
        log = structlog.get_logger()
        for weakness in self.settings.weaknesses():
            log.warning("weak_setting", setting=weakness)
        await asyncio.gather(self._verifier.warm(), self._pointers.warm())
        self._ready = True
        return self

    def drain(self) -> None:
        """Be no longer ready, so that no new request is sent here."""
        self._ready = False

    async def stop(self) -> None:
        """Let go of every connection."""
        self.drain()
        await self._verifier.aclose()
        await close_sources(self._sources)
        await self._vault.close()
        await self._pointers.close()
        await self._database.close()
        await self._http.aclose()

    def _routes(self) -> Sequence[BaseRoute]:
        executor = Executor(
            build_schema(KnownDocument), self.settings.limits, introspection=self.settings.server.introspection
        )
        endpoint = GraphQLEndpoint(
            settings=self.settings,
            executor=executor,
            verifier=self._verifier,
            directory=Directory(
                self._sources,
                pointers=self._pointers,
                probing=self.settings.locating.probing,
                insurance=self.settings.locating.insurance,
            ),
            clock=self._clock,
        )
        routes: list[BaseRoute] = [Route("/graphql", endpoint)]
        if self.settings.explorer is not None:
            routes += portal_routes(
                self.settings.explorer,
                e_id=EId(self.settings.authentication.issuers[0].issuer, http=self._http),
                verifier=self._verifier,
                clock=self._clock,
            )
        return routes

    def _infos(self) -> list[SourceInfo]:
        return [source.info for source in self._sources]
