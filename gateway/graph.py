"""What the two ways to the graph share, one answer by HTTP and many by WebSocket: its executor, and a subscription."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from graphql import ExecutionResult
from msgspec import Struct, structs

from connectors.clock import Clock
from connectors.contract import Deadline
from gateway.allowances import Allowances
from gateway.asking import AskingEndpoint, Lender, Opened, TokenVerifier
from gateway.audit.ledger import Ledger
from gateway.operations.execution import Executor, Operation
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import TrustedDocuments
from gateway.rates import Rates
from gateway.service import Served
from gateway.settings import Settings
from gateway.subscriptions import Subscriptions
from gateway.telemetry import Event, Log
from gateway.telling import Telling
from gateway.trust import StoredTrust
from gateway.watch import Watch
from resolvers.access.audiences import audience_of
from resolvers.access.caller import Caller
from resolvers.access.log import AccessLog
from resolvers.certifying import Certifier
from resolvers.context import Context
from resolvers.federation import Federation
from resolvers.giving import Keeping
from resolvers.language import Language


class Begun(Struct, frozen=True):
    """What became of the beginning of a subscription."""

    results: ExecutionResult | AsyncGenerator[ExecutionResult, None]
    """A refusal, or everything that is to come."""
    federation: Federation
    """Who was asked for that."""


class GraphEndpoint(AskingEndpoint):
    """An endpoint that executes documents."""

    def __init__(
        self,
        *,
        settings: Settings,
        executor: Executor,
        verifier: TokenVerifier,
        fleet: Lender,
        ledger: Ledger,
        trust: StoredTrust,
        keeping: Keeping | None = None,
        clock: Clock,
        watch: Watch,
        subscriptions: Subscriptions,
        allowances: Allowances,
        rates: Rates,
        trusted: TrustedDocuments,
        accesses: AccessLog,
        certifier: Certifier | None = None,
        log: Log | None = None,
    ) -> None:
        super().__init__(
            settings=settings,
            verifier=verifier,
            fleet=fleet,
            ledger=ledger,
            trust=trust,
            keeping=keeping,
            clock=clock,
            watch=watch,
            rates=rates,
            log=log,
        )
        self.trusted = trusted
        """From the next request on."""
        self._executor = executor
        self._log_of_accesses = accesses
        self._certifier = certifier
        self._subscriptions = subscriptions
        self._allowances = allowances
        self._served: Served | None = None

    def _prepared(self, caller: Caller, request: GraphQLRequest, event: Event) -> Operation:
        """The operation that a request means.

        Raises:
            RequestError: it is none, or none for this caller.
        """
        chosen = self.trusted.chosen(request, caller)
        operation = self._executor.prepare(request, chosen, audience_of(caller.kind))
        event.add_operation(operation.name, operation.document.hash)
        if self.trusted.counts and chosen.trusted is None:
            event.add(free_text=True)
            self._watch.told_in_free_text()
        return operation

    @asynccontextmanager
    async def _subscribed(
        self,
        caller: Caller,
        operation: Operation,
        variables: dict[str, Any] | None,
        telling: Telling,
        event: Event,
        patience: Deadline | None,
    ) -> AsyncIterator[Begun]:
        """A subscription, as long as the block lasts. Its beginning has the deadline of a request; so has each change.

        Raises:
            RequestError: there is no place for it.
        """

        @asynccontextmanager
        async def asking() -> AsyncIterator[Context]:
            change = Event(event.request_id, self._log)
            try:
                async with self._opened(caller, telling, change, None) as opened:
                    yield self._context(telling.language, opened, operation)
            finally:
                change.write_change()

        with self._subscriptions.opened(caller, asking) as hear:
            async with self._opened(caller, telling, event, patience) as opened:
                context = structs.replace(self._context(telling.language, opened, operation), hear=hear)
                results = await self._executor.subscribe(operation, variables, context)
            begun = Begun(results, opened.federation)
            if isinstance(results, ExecutionResult):
                yield begun
                return
            async with aclosing(results):
                yield begun

    def _context(self, language: Language, opened: Opened, operation: Operation) -> Context:
        if operation.trusted is not None:
            # Whoever published the operation said what it does, and what for.
            opened.federation.account.sentence = operation.trusted.sentence
            opened.access.purposes = frozenset(operation.trusted.purposes)
        served = self._served
        if served is None or served.settings is not self.settings:
            hashes = self._executor.schema_hashes
            served = self._served = Served.by(self.settings, sdl=self._executor.sdl, schema_hashes=hashes)
        return Context(
            access=opened.access,
            federation=opened.federation,
            identifiers=self._identifiers,
            language=language,
            today=opened.today,
            service=served.services[audience_of(opened.caller.kind)],
            trusting=self._allowances.of(opened.caller, served),
            log=self._log_of_accesses,
            certifier=self._certifier,
        )
