"""The GraphQL endpoint: one request from its first byte to its answer.

The order is the safety: who asks is known before a byte of the body is read, the body is bounded before it is parsed,
the document is bounded before it is validated, and only then is anybody asked anything.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from graphql import ExecutionResult
from starlette.types import Receive, Scope

from connectors.clock import Clock, today
from connectors.contract import Deadline, Inquiry
from gateway.answer import Answer
from gateway.answering import Endpoint
from gateway.asgi import METHODS, CallerGone, header_values, read_body
from gateway.errors import RequestError
from gateway.negotiation import accepted, require_json
from gateway.operations.execution import Executor, Operation
from gateway.operations.request import GraphQLRequest, from_body, from_query_string
from gateway.operations.waves import Begun
from gateway.service import service_of
from gateway.settings import Settings
from gateway.telemetry import Event, Log
from gateway.timeouts import FIELD, wanted_seconds
from gateway.watch import Watch
from resolvers.access.caller import Caller
from resolvers.access.permit import Access
from resolvers.certifying import Certifier
from resolvers.context import Context
from resolvers.federation import Federation, Keeping
from resolvers.identifiers import Identifiers
from resolvers.language import Language, negotiate
from resolvers.locating import Directory

T = TypeVar("T")


class TokenVerifier(Protocol):
    """Tells who asks."""

    async def verify(self, authorization: Sequence[bytes]) -> Caller:
        """The caller whom those ``Authorization`` headers prove.

        Raises:
            IdentityError: nobody is proved.
        """


class Lender(Protocol):
    """Has the sources."""

    def lent(self) -> AbstractContextManager[Directory]:
        """The sources, open for as long as the block of one request lasts."""


class GraphQLEndpoint(Endpoint):
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
        certifier: Certifier | None = None,
        log: Log | None = None,
    ) -> None:
        super().__init__(clock=clock, watch=watch, log=log)
        self.settings = settings
        """Those of the requests that begin from now on."""
        self._executor = executor
        self._verifier = verifier
        self._fleet = fleet
        self._certifier = certifier
        self._keeping = keeping
        self._identifiers = Identifiers(settings.identifier_key.reveal().encode())

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        if scope["method"] not in ("GET", "POST"):
            raise RequestError(405, "BAD_REQUEST", "Only GET and POST are taken.", headers=[("Allow", METHODS)])
        answer.language = negotiate(b",".join(header_values(scope, b"accept-language")).decode("latin-1"))
        answer.accepted = accepted(header_values(scope, b"accept"))
        patience = self._patience(scope)
        caller = await self._verifier.verify(header_values(scope, b"authorization"))
        event.add(client=caller.client_id, caller=caller.kind.value)
        request = await self._read(scope, receive)
        operation = self._executor.prepare(request)
        event.add_operation(operation.name, operation.document.hash)
        if scope["method"] == "GET" and not operation.is_query:
            raise RequestError(405, "BAD_REQUEST", "By GET only queries are taken.", headers=[("Allow", "POST")])
        await self._execute(receive, caller, operation, request, answer, event, patience)

    def _patience(self, scope: Scope) -> Deadline | None:
        """Until when the caller wants to wait, from now on; ``None`` where the caller does not say."""
        seconds = wanted_seconds(header_values(scope, FIELD))
        return None if seconds is None else Deadline.after(seconds, self._clock)

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
        own = self.settings.server.deadline
        # A caller can only shorten it.
        deadline = patience.within(own) if patience else Deadline.after(own, self._clock)
        inquiry = Inquiry(request_id=event.request_id, deadline=deadline, clock=self._clock)
        streaming = answer.accepted.streaming
        with self._fleet.lent() as directory:
            federation = Federation(directory, inquiry, self._keeping)
            context = self._context(answer.language, caller, federation)
            try:
                running = self._executor.run(operation, request.variables, context, in_waves=streaming is not None)
                result = await _unless_gone(running, receive)
                if isinstance(result, Begun) and streaming:
                    await _unless_gone(answer.give_in_waves(result, federation, streaming), receive)
            finally:
                await inquiry.close()
                event.add_outcomes(federation.outcomes(), federation.faults)
                event.add_calls(inquiry.calls)
                self._watch.asked(event.request_id, federation)
        if isinstance(result, ExecutionResult):
            await answer.give(result, federation)

    def _context(self, language: Language, caller: Caller, federation: Federation) -> Context:
        authentication = self.settings.authentication
        day = today(self._clock)
        access = Access(
            caller,
            federation=federation,
            identifiers=self._identifiers,
            today=day,
            required_assurance=authentication.required_assurance,
            acr_values=authentication.acr_values,
        )
        return Context(
            access=access,
            federation=federation,
            identifiers=self._identifiers,
            language=language,
            today=day,
            service=service_of(self.settings, schema_hash=self._executor.schema_hash),
            certifier=self._certifier,
        )


async def _unless_gone(running: Awaitable[T], receive: Receive) -> T:
    """Wait for the execution; stop it when the caller hangs up, so that no source works for nobody."""
    execution = asyncio.ensure_future(running)
    gone = asyncio.ensure_future(_hangs_up(receive))
    try:
        await asyncio.wait({execution, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not execution.done():
            raise CallerGone
        return execution.result()
    finally:
        for task in (execution, gone):
            task.cancel()
        await asyncio.gather(execution, gone, return_exceptions=True)


async def _hangs_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
