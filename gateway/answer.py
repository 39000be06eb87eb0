"""What a caller is answered with: data and errors, or the refusal of a request."""

from collections.abc import Sequence
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Send
from strawberry.types.execution import ExecutionResult

from gateway.asgi import SAFE_HEADERS, request_id, send_json
from gateway.errors import RequestError, formatted
from gateway.negotiation import AnswerType
from gateway.telemetry import Event
from resolvers.federation import Federation
from resolvers.sections import SECTION_OF

CALLER_GONE = 499
"""Stands in the event of a request whose caller hung up; nobody is answered with it."""


class Answer:
    """The one answer to a request."""

    def __init__(self, send: Send, event: Event) -> None:
        self._send = send
        self._event = event
        self.type = AnswerType.GRAPHQL
        self.status = 0

    async def give(self, result: ExecutionResult, federation: Federation) -> None:
        """Send data and errors. An answer without any data, whose errors lie in the request itself, is a refusal."""
        errors = result.errors or []
        body: dict[str, Any] = {}
        executed = result.data is not None or any(error.path is not None for error in errors)
        if errors:
            body["errors"] = [formatted(error, self._event.request_id) for error in errors]
            self._event.add(errors=sorted({entry["extensions"]["code"] for entry in body["errors"]}))
        if executed:
            body["data"] = result.data
        body["extensions"] = {"requestId": self._event.request_id, "sources": _sources(federation)}
        await self._json(200 if executed or self.type is AnswerType.JSON else 400, body)

    async def refuse(self, error: RequestError) -> None:
        """Send the refusal of a request that was not executed."""
        self._event.add(errors=[error.code])
        body = {"errors": error.formatted(), "extensions": {"requestId": self._event.request_id}}
        # GraphQL over HTTP, section 6.4.1: for a client that only knows JSON a document error is no HTTP error.
        lenient = self.type is AnswerType.JSON and error.status == 400 and error.code.startswith(("GRAPHQL_", "MAX_"))
        await self._json(200 if lenient else error.status, body, headers=error.headers)

    async def _json(self, status: int, body: dict[str, Any], headers: Sequence[tuple[str, str]] = ()) -> None:
        self.status = status
        known = [("X-Request-Id", self._event.request_id), *headers]
        await send_json(self._send, status, body, media_type=self.type.value, headers=known)


async def refuse_path(request: Request, error: Exception) -> Response:
    """The answer, and the event, for a path where nothing is served (a handler of Starlette's ``HTTPException``)."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    event = Event(request_id(request.scope), structlog.get_logger())
    event.write(status, 0)
    known = {name.decode(): value.decode() for name, value in SAFE_HEADERS}
    return JSONResponse(
        {
            "errors": RequestError(status, "BAD_REQUEST", "Nothing is served here.").formatted(),
            "extensions": {"requestId": event.request_id},
        },
        status_code=status,
        headers={**known, "X-Request-Id": event.request_id},
    )


def _sources(federation: Federation) -> list[dict[str, Any]]:
    """How it went with every source, for ``extensions``: a client sees it without selecting anything."""
    return [
        {
            "source": outcome.source.id,
            "name": outcome.source.name,
            "section": SECTION_OF[outcome.about].value,
            "state": outcome.state.value,
            "code": outcome.code,
            "records": outcome.records,
            "elapsedMs": outcome.elapsed_ms,
            "retryable": outcome.retryable,
        }
        for outcome in federation.outcomes()
    ]
