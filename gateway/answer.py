"""What a caller is answered with: data and errors, or the refusal of a request."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from typing import Any

import orjson
import structlog
from graphql import ExecutionResult
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Send

from gateway.asgi import SAFE_HEADERS, request_id, whole
from gateway.challenges import step_up
from gateway.errors import RequestError
from gateway.incremental import HEARTBEAT, announced, content_type, delivered, ending, framed
from gateway.negotiation import ANYTHING, AnswerType, Form, Framing, Streaming
from gateway.operations.waves import Begun
from gateway.telemetry import Event
from gateway.telling import Telling
from resolvers.federation import Federation
from resolvers.language import DEFAULT, LANGUAGES
from resolvers.sections import SECTION_OF

CALLER_GONE = 499
"""Stands in the event of a request whose caller hung up; nobody is answered with it."""


class Answer(Telling):
    """The one answer to a request.

    Its bytes leave in three places: ``_whole``, ``_begin`` and ``_write``. Each waits first until what they rest on is
    durable in the access log: no audit, no answer.
    """

    def __init__(self, send: Send, event: Event, *, counted_as: str) -> None:
        super().__init__(event, LANGUAGES[DEFAULT])
        self.counted_as = counted_as
        """In metrics."""
        self._send = send
        self._begun = False
        self.accepted = ANYTHING
        self.status = 0
        self.beside: dict[str, Any] = {}
        """What else stands in ``extensions``."""

    def give(self, result: ExecutionResult, federation: Federation) -> Awaitable[None]:
        """What sends data and errors. An answer without any data, whose errors lie in the request itself, is a refusal.

        It holds the bytes and nothing else of the request: where nobody else does, all that was asked is freed before
        the access log is waited for, and its memory serves the next request.
        """
        errors = result.errors or []
        body: dict[str, Any] = {}
        executed = result.data is not None or any(error.path is not None for error in errors)
        if errors:
            body["errors"] = self.shown(errors)
        if executed:
            body["data"] = result.data
        body["extensions"] = {"requestId": self._event.request_id, "sources": _sources(federation), **self.beside}
        streaming = self.accepted.streaming
        if executed and streaming and self.accepted.whole is None:
            parts = framed(streaming.framing, body, first=True) + ending(streaming.framing)
            return self._in_parts(content_type(streaming, deferred=False), parts)
        wanted = step_up(error.original_error for error in errors) if errors else ()
        return self._json(200 if executed or self.accepted.whole is AnswerType.JSON else 400, body, headers=wanted)

    async def give_in_waves(self, begun: Begun, federation: Federation, streaming: Streaming) -> None:
        """Send what is there, then each payload as it comes. Who writes is held up by a caller who does not read."""
        form, framing = streaming.form, streaming.framing
        body: dict[str, Any] = {"data": begun.data, **announced(begun.pending, form)}
        if begun.errors:
            body["errors"] = self.shown(begun.errors)
        body |= {"hasNext": True, "extensions": {"requestId": self._event.request_id}}
        await self._begin(content_type(streaming, deferred=True))
        await self._write(framed(framing, body, first=True))
        async with aclosing(begun.payloads) as payloads:
            async for payload in payloads:
                await self._write(framed(framing, delivered(payload, form, self.shown), first=False))
        # In a payload of its own: Apollo Client does not look at the extensions beside deferred data.
        last = {
            "hasNext": False,
            "extensions": {"requestId": self._event.request_id, "sources": _sources(federation), **self.beside},
        }
        await self._write(framed(framing, last, first=False) + ending(framing), last=True)

    async def give_events(
        self, results: AsyncGenerator[ExecutionResult, None], *, heartbeat: float, ended: asyncio.Event
    ) -> None:
        """Send each result as it comes, and a sign of life in between (GraphQL over SSE, distinct connections).

        Who writes is held up by a caller who does not read. When ``ended`` is set, the answer ends without the event
        that says that nothing more would come: the client will connect again.
        """
        await self._begin(content_type(Streaming(Framing.EVENTS, Form.PATHS), deferred=False))
        await self._beat()
        stopped = asyncio.ensure_future(ended.wait())
        following = asyncio.ensure_future(_following(results))
        last = b""
        told = 0
        try:
            while True:
                await asyncio.wait({following, stopped}, timeout=heartbeat, return_when=asyncio.FIRST_COMPLETED)
                if stopped.done():
                    break
                if not following.done():
                    await self._beat()
                    continue
                result = following.result()
                if result is None:
                    last = ending(Framing.EVENTS)
                    break
                told += 1
                await self._write(framed(Framing.EVENTS, self.told(result), first=False))
                following = asyncio.ensure_future(_following(results))
        finally:
            self._event.add(told=told)
            for task in (following, stopped):
                task.cancel()
            await asyncio.gather(following, stopped, return_exceptions=True)
        await self._write(last, last=True)

    async def tell(self, content: dict[str, Any]) -> None:
        """Send the answer of an endpoint that executes no document."""
        await self._json(200, {**content, "extensions": {"requestId": self._event.request_id, **self.beside}})

    async def refuse(self, error: RequestError) -> None:
        """Send the refusal of a request that was not executed; an answer that has begun can only be left unfinished."""
        error = await self.refusing(error)
        if self._begun:
            self.status = error.status
            return
        body = {"errors": error.formatted(), "extensions": {"requestId": self._event.request_id}}
        # GraphQL over HTTP, section 6.4.1: for a client that only knows JSON a document error is no HTTP error.
        lenient = (
            self.accepted.whole is AnswerType.JSON
            and error.status == 400
            and error.code.startswith(("GRAPHQL_", "MAX_", "COST_"))
        )
        await self._json(200 if lenient else error.status, body, headers=error.headers)

    def _json(self, status: int, body: dict[str, Any], headers: Sequence[tuple[str, str]] = ()) -> Awaitable[None]:
        written_as = self.accepted.whole or AnswerType.GRAPHQL
        return self._whole(status, orjson.dumps(body), written_as._value_, headers)

    async def _whole(self, status: int, body: bytes, media_type: bytes, headers: Sequence[tuple[str, str]]) -> None:
        await self.settle()
        self.status, self._begun = status, True
        fields = [(b"x-request-id", self._event.request_id.encode())]
        if headers:
            fields += [(name.lower().encode(), value.encode()) for name, value in headers]
        await self._send(whole(status, body, media_type=media_type + b"; charset=utf-8", fields=fields))

    async def _in_parts(self, written_as: bytes, parts: bytes) -> None:
        await self._begin(written_as)
        await self._write(parts, last=True)

    async def _begin(self, written_as: bytes, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
        await self.settle()
        self.status, self._begun = 200, True
        # The last one is for proxies that would otherwise keep the first payload until there is more (nginx).
        own = [(b"x-request-id", self._event.request_id.encode()), (b"x-accel-buffering", b"no")]
        headers = [(b"content-type", written_as), *more, *SAFE_HEADERS, *own]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _beat(self) -> None:
        """A sign of life, which holds nothing: what is being judged meanwhile is not waited for."""
        await self._send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})

    async def _write(self, body: bytes, *, last: bool = False) -> None:
        await self.settle()
        await self._send({"type": "http.response.body", "body": body, "more_body": not last})


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


async def _following(results: AsyncGenerator[ExecutionResult, None]) -> ExecutionResult | None:
    return await anext(results, None)


def _sources(federation: Federation) -> list[dict[str, Any]]:
    """How it went with every source, for ``extensions``: a client sees it without selecting anything."""
    return [
        {
            "source": outcome.source.id,
            "name": outcome.source.name,
            "section": SECTION_OF[outcome.about]._value_,  # Enum's own ``value`` is computed each time
            "state": outcome.state._value_,
            "code": outcome.code,
            "records": outcome.records,
            "elapsedMs": outcome.elapsed_ms,
            "retryable": outcome.retryable,
        }
        for outcome in federation.outcomes()
    ]
