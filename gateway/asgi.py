"""The little HTTP that our own endpoints need, on plain ASGI: bounded bodies, and answers with the right headers."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from starlette.types import Message, Receive, Scope, Send

from gateway.errors import RequestError
from gateway.ids import new_id

SAFE_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""On every answer: personal data is not for caches, and never something else than it says."""

METHODS = "GET, POST"
"""All that the graph is asked with; other methods hear of it in ``Allow``."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_PERSONAL_NUMBER = re.compile(rb"(?<![A-Za-z0-9])[0-9]{9,15}(?![A-Za-z0-9])")


EXCHANGE = "citizen_graph.exchange"
"""Where our own ``Connection`` puts into the scope of a request what it can do beyond ASGI."""
WHOLE = "citizen_graph.whole"
"""Type of the message with a whole answer."""


class Exchanged(Protocol):
    """What our own server can do for a request, beyond ASGI."""

    task: asyncio.Task[None] | None
    """In which the request is answered."""

    def arrived(self) -> bytes | None:
        """The body, where all of it is here and nobody has taken it."""

    def when_gone(self, act: Callable[[], None] | None) -> None:
        """Have that done, and nothing else any more, when the caller hangs up."""


class CallerGone(Exception):
    """The caller hung up: there is nobody to answer."""


FIELDS = "citizen_graph.fields"
"""Where the fields of a header are gathered by name in the scope of a request: a header is walked through once."""


def header_values(scope: Scope, name: bytes) -> Sequence[bytes]:
    """Every value of that header, in the order of the request."""
    return (scope.get(FIELDS) or fields_of(scope)).get(name, ())


def fields_of(scope: Scope) -> Mapping[bytes, Sequence[bytes]]:
    """The values of every header, by its name."""
    try:
        fields: dict[bytes, list[bytes]] = scope[FIELDS]
    except KeyError:
        fields = scope[FIELDS] = gathered(scope["headers"])
    return fields


def gathered(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, list[bytes]]:
    """The values of every field, by its name."""
    fields: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if name in fields:
            fields[name].append(value)
        else:
            fields[name] = [value]
    return fields


def request_id(scope: Scope) -> str:
    """The caller's own request id when it is one; otherwise a new one.

    It stands in our log and in other systems': text that could be somebody's number there is no id.
    """
    sent = fields_of(scope).get(b"x-request-id")
    if sent is not None and len(sent) == 1 and _REQUEST_ID.fullmatch(sent[0]) and not _PERSONAL_NUMBER.search(sent[0]):
        return sent[0].decode()
    return new_id()


async def read_body(scope: Scope, receive: Receive, *, limit: int, patience: float) -> bytes:
    """The whole body.

    Raises:
        RequestError: 413 when it is too large, 415 when it is packed, 408 when it does not come.
        CallerGone: the caller hung up before the end.
    """
    arrived = body_here(scope, limit=limit)
    return await _gathered_body(receive, limit, patience) if arrived is None else arrived


def body_here(scope: Scope, *, limit: int) -> bytes | None:
    """The whole body, if all of it is here already.

    Raises:
        RequestError: 413 when it is too large, 415 when it is packed; whether it is here or not.
    """
    fields = fields_of(scope)
    for value in fields.get(b"content-encoding", ()):
        if value.strip().lower() != b"identity":
            raise RequestError(415, "BAD_REQUEST", "Packed bodies are not taken.")
    exchange: Exchanged | None = scope.get(EXCHANGE)
    arrived = None if exchange is None else exchange.arrived()
    if arrived is not None:
        if len(arrived) > limit:
            raise _too_large(limit)
        return arrived
    for length in fields.get(b"content-length", ()):
        if length.isdigit() and int(length[:20]) > limit:
            raise _too_large(limit)
    return None


async def _gathered_body(receive: Receive, limit: int, patience: float) -> bytes:
    """The body as it comes."""
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise CallerGone
                body += message.get("body", b"")
                if len(body) > limit:
                    raise _too_large(limit)
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise RequestError(408, "BAD_REQUEST", "The body did not arrive in time.") from None


def _too_large(limit: int) -> RequestError:
    return RequestError(413, "BAD_REQUEST", f"The body is larger than {limit} bytes.")


def whole(status: int, body: bytes, *, media_type: bytes, fields: Sequence[tuple[bytes, bytes]] = ()) -> Message:
    """An answer that is all there, as one message: for servers that know it, and for ``in_two``.

    Args:
        status: of the answer.
        body: as it is written.
        media_type: of the body.
        fields: beside those that stand on every answer.
    """
    return {"type": WHOLE, "status": status, "body": body, "media_type": media_type, "fields": fields}


def understood(send: Send, scope: Scope) -> Send:
    """How to send to that server: what it does not know is sent as the two messages of ASGI."""
    if EXCHANGE in scope:
        return send

    async def in_two(message: Message) -> None:
        if message["type"] != WHOLE:
            await send(message)
            return
        body: bytes = message["body"]
        headers = [
            (b"content-type", message["media_type"]),
            (b"content-length", b"%d" % len(body)),
            *SAFE_HEADERS,
            *message["fields"],
        ]
        await send({"type": "http.response.start", "status": message["status"], "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return in_two
