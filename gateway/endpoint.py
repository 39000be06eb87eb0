"""The GraphQL endpoint: one request from its first byte to its answer.

The order is the safety: who asks is known before a byte of the body is read, the body is bounded before it is parsed,
the document is bounded before it is validated, and only then is anybody asked anything.
"""

from collections.abc import Awaitable

from graphql import ExecutionResult
from msgspec import structs
from starlette.types import Receive, Scope

from connectors.contract import Deadline, Inquiry
from gateway.answer import Answer
from gateway.asgi import METHODS, body_here, fields_of, read_body
from gateway.asking import language_of
from gateway.errors import RequestError
from gateway.graph import GraphEndpoint
from gateway.hanging_up import UnlessGone
from gateway.negotiation import Accepted, Framing, accepted, require_json
from gateway.operations.execution import Operation
from gateway.operations.request import GraphQLRequest, from_body, from_query_string
from gateway.operations.waves import Begun
from gateway.telemetry import Event
from resolvers.access.caller import Caller
from resolvers.explaining import Explaining


class GraphQLEndpoint(GraphEndpoint):
    """``POST`` and ``GET /graphql``, as an ASGI application."""

    name = "graphql"

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        method, fields = scope["method"], fields_of(scope)
        if method not in ("GET", "POST"):
            raise RequestError(405, "BAD_REQUEST", "Only GET and POST are taken.", headers=[("Allow", METHODS)])
        answer.language = language_of(scope)
        answer.accepted = accepted(fields.get(b"accept", ()))
        patience = self._patience(scope)
        caller = await self._caller(scope, event)
        if method == "GET":
            request = from_query_string(scope["query_string"])
        else:
            require_json(fields.get(b"content-type", ()))
            server = self.settings.server
            body = body_here(scope, limit=server.max_body)
            if body is None:
                body = await read_body(scope, receive, limit=server.max_body, patience=server.caller_timeout)
            request = from_body(body)
        operation = self._prepared(caller, request, event)
        if request.tells_cost:
            answer.beside["cost"] = {"price": operation.price, "limit": self._executor.max_cost}
        if method == "GET" and not operation.is_query:
            raise RequestError(405, "BAD_REQUEST", "By GET only queries are taken.", headers=[("Allow", "POST")])
        unless_gone = UnlessGone(scope, receive)
        if request.explains:
            await self._explain(unless_gone, caller, operation, request, answer, event, patience)
        elif operation.is_subscription:
            await self._subscribe(unless_gone, caller, operation, request, answer, event, patience)
        else:
            sending = await self._execute(unless_gone, caller, operation, request, answer, event, patience)
            if sending is not None:
                await sending

    async def _explain(
        self,
        unless_gone: UnlessGone,
        caller: Caller,
        operation: Operation,
        request: GraphQLRequest,
        answer: Answer,
        event: Event,
        patience: Deadline | None,
    ) -> None:
        """Answer which sources would be asked. Whether the caller may ask is found out as ever."""
        if not operation.is_query:
            raise RequestError(400, "BAD_REQUEST", "Only queries are explained.")
        async with self._opened(caller, answer, event, patience) as opened:
            inquiry = Inquiry(request_id=event.request_id, deadline=opened.deadline, clock=self._clock)
            door = Explaining(opened.federation, inquiry)
            context = structs.replace(self._context(answer.language, opened, operation), federation=door)
            try:
                with unless_gone:
                    result = await self._executor.run(operation, request.variables, context)
            finally:
                await inquiry.close()
        answer.beside["explain"] = [
            {"source": planned.source.id, "name": planned.source.name, "section": planned.section.value}
            for planned in door.planned
        ]
        if isinstance(result, ExecutionResult) and result.errors:
            await answer.give(ExecutionResult(None, result.errors), opened.federation)
        else:
            await answer.tell({"data": None})

    async def _execute(
        self,
        unless_gone: UnlessGone,
        caller: Caller,
        operation: Operation,
        request: GraphQLRequest,
        answer: Answer,
        event: Event,
        patience: Deadline | None,
    ) -> Awaitable[None] | None:
        """Ask, and give what sends the answer, where it is not sent yet: what was asked for ends with this."""
        streaming = answer.accepted.streaming
        async with self._opened(caller, answer, event, patience) as opened:
            opened.federation.wanted = operation.document.wanted[operation.name]
            context = self._context(answer.language, opened, operation)
            in_waves = streaming is not None
            running = self._executor.run(operation, request.variables, context, in_waves=in_waves, as_json=True)
            with unless_gone:
                result = await running
                if isinstance(result, Begun) and streaming:
                    await answer.give_in_waves(result, opened.federation, streaming)
        if isinstance(result, ExecutionResult):
            return answer.give(result, opened.federation)
        return None

    async def _subscribe(
        self,
        unless_gone: UnlessGone,
        caller: Caller,
        operation: Operation,
        request: GraphQLRequest,
        answer: Answer,
        event: Event,
        patience: Deadline | None,
    ) -> None:
        streaming = answer.accepted.streaming
        if streaming is None or streaming.framing is not Framing.EVENTS:
            raise RequestError(406, "BAD_REQUEST", "A subscription is answered with text/event-stream alone.")
        answer.accepted = Accepted(None, streaming)
        answer.counted_as = "subscription"

        with unless_gone:
            async with self._subscribed(caller, operation, request.variables, answer, event, patience) as subscription:
                results = subscription.results
                if isinstance(results, ExecutionResult):
                    await answer.give(results, subscription.federation)
                    return
                of_all = self._subscriptions
                await answer.give_events(results, heartbeat=of_all.heartbeat, ended=of_all.ended)
