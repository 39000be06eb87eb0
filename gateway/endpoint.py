"""The GraphQL endpoint: one request from its first byte to its answer.

The order is the safety: who asks is known before a byte of the body is read, the body is bounded before it is parsed,
the document is bounded before it is validated, and only then is anybody asked anything.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from graphql import ExecutionResult
from msgspec import structs
from starlette.types import Receive, Scope

from connectors.clock import Clock
from connectors.contract import Deadline
from gateway.answer import Answer
from gateway.asgi import METHODS, header_values, read_body
from gateway.asking import AskingEndpoint, Lender, Opened, TokenVerifier, language_of, unless_gone
from gateway.errors import RequestError
from gateway.negotiation import Accepted, Framing, accepted, require_json
from gateway.operations.execution import Executor, Operation
from gateway.operations.request import GraphQLRequest, from_body, from_query_string
from gateway.operations.waves import Begun
from gateway.service import service_of
from gateway.settings import Settings
from gateway.subscriptions import Subscriptions
from gateway.telemetry import Event, Log
from gateway.watch import Watch
from resolvers.access.caller import Caller
from resolvers.certifying import Certifier
from resolvers.context import Context
from resolvers.federation import Keeping
from resolvers.language import Language


class GraphQLEndpoint(AskingEndpoint):
    """``POST`` and ``GET /graphql``, as an ASGI application."""

    name = "graphql"

    def __init__(
        self,
        *,
        settings: Settings,
        executor: Executor,
        verifier: TokenVerifier,
        fleet: Lender,
        keeping: Keeping | None = None,
        clock: Clock,
        watch: Watch,
        subscriptions: Subscriptions,
        certifier: Certifier | None = None,
        log: Log | None = None,
    ) -> None:
        super().__init__(
            settings=settings, verifier=verifier, fleet=fleet, keeping=keeping, clock=clock, watch=watch, log=log
        )
        self._executor = executor
        self._certifier = certifier
        self._subscriptions = subscriptions

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        if scope["method"] not in ("GET", "POST"):
            raise RequestError(405, "BAD_REQUEST", "Only GET and POST are taken.", headers=[("Allow", METHODS)])
        answer.language = language_of(scope)
        answer.accepted = accepted(header_values(scope, b"accept"))
        patience = self._patience(scope)
        caller = await self._caller(scope, event)
        request = await self._read(scope, receive)
        operation = self._executor.prepare(request)
        event.add_operation(operation.name, operation.document.hash)
        if scope["method"] == "GET" and not operation.is_query:
            raise RequestError(405, "BAD_REQUEST", "By GET only queries are taken.", headers=[("Allow", "POST")])
        if operation.is_subscription:
            await self._subscribe(receive, caller, operation, request, answer, event, patience)
        else:
            await self._execute(receive, caller, operation, request, answer, event, patience)

    async def _read(self, scope: Scope, receive: Receive) -> GraphQLRequest:
        if scope["method"] == "GET":
            return from_query_string(scope["query_string"])
        require_json(header_values(scope, b"content-type"))
        server = self.settings.server
        return from_body(await read_body(scope, receive, limit=server.max_body, patience=server.caller_timeout))

    async def _execute(
        self,
        receive: Receive,
        caller: Caller,
        operation: Operation,
        request: GraphQLRequest,
        answer: Answer,
        event: Event,
        patience: Deadline | None,
    ) -> None:
        streaming = answer.accepted.streaming
        async with self._opened(caller, event, patience) as opened:
            context = self._context(answer.language, opened)
            running = self._executor.run(operation, request.variables, context, in_waves=streaming is not None)
            result = await unless_gone(running, receive)
            if isinstance(result, Begun) and streaming:
                await unless_gone(answer.give_in_waves(result, opened.federation, streaming), receive)
        if isinstance(result, ExecutionResult):
            await answer.give(result, opened.federation)

    async def _subscribe(
        self,
        receive: Receive,
        caller: Caller,
        operation: Operation,
        request: GraphQLRequest,
        answer: Answer,
        event: Event,
        patience: Deadline | None,
    ) -> None:
        """Answer a subscription. Its beginning has the deadline of a request, and so has every change."""
        streaming = answer.accepted.streaming
        if streaming is None or streaming.framing is not Framing.EVENTS:
            raise RequestError(406, "BAD_REQUEST", "A subscription is answered with text/event-stream alone.")
        answer.accepted = Accepted(None, streaming)
        answer.counted_as = "subscription"

        @asynccontextmanager
        async def asking() -> AsyncIterator[Context]:
            change = Event(event.request_id, self._log)
            try:
                async with self._opened(caller, change, None) as opened:
                    yield self._context(answer.language, opened)
            finally:
                change.write_change()

        with self._subscriptions.opened(caller, asking) as hear:
            async with self._opened(caller, event, patience) as opened:
                context = structs.replace(self._context(answer.language, opened), hear=hear)
                begun = await unless_gone(self._executor.subscribe(operation, request.variables, context), receive)
            if isinstance(begun, ExecutionResult):
                await answer.give(begun, opened.federation)
                return
            async with aclosing(begun) as results:
                giving = answer.give_events(
                    results, heartbeat=self._subscriptions.heartbeat, ended=self._subscriptions.ended
                )
                await unless_gone(giving, receive)

    def _context(self, language: Language, opened: Opened) -> Context:
        return Context(
            access=opened.access,
            federation=opened.federation,
            identifiers=self._identifiers,
            language=language,
            today=opened.today,
            service=service_of(self.settings, schema_hash=self._executor.schema_hash),
            certifier=self._certifier,
        )
