"""The little HTTP that our own endpoints need, on plain ASGI: bounded bodies, and answers with the right headers."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from os import urandom
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from gateway.errors import RequestError

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


class CallerGone(Exception):
    """The caller hung up: there is nobody to answer."""


FIELDS = "citizen_graph.fields"
"""Where the fields of a header are gathered by name in the scope of a request: a header is walked through once."""


def header_values(scope: Scope, name: bytes) -> Sequence[bytes]:
    """Every value of that header, in the order of the request."""
    fields: dict[bytes, list[bytes]] | None = scope.get(FIELDS)
    if fields is None:
        fields = gathered(scope["headers"])
        if isinstance(scope, dict):
            scope[FIELDS] = fields
    return fields.get(name, ())


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
    sent = header_values(scope, b"x-request-id")
    if len(sent) == 1 and _REQUEST_ID.fullmatch(sent[0]) and not _PERSONAL_NUMBER.search(sent[0]):
        return sent[0].decode()
    return new_id()


def new_id() -> str:
    """A new id of a request: 128 bits by chance."""
    return urandom(16).hex()


async def read_body(scope: Scope, receive: Receive, *, limit: int, patience: float) -> bytes:
    """The whole body.

    Raises:
        RequestError: 413 when it is too large, 415 when it is packed, 408 when it does not come.
        CallerGone: the caller hung up before the end.
    """
    if any(value.strip().lower() != b"identity" for value in header_values(scope, b"content-encoding")):
        raise RequestError(415, "BAD_REQUEST", "Packed bodies are not taken.")
    too_large = RequestError(413, "BAD_REQUEST", f"The body is larger than {limit} bytes.")
    for length in header_values(scope, b"content-length"):
        if length.isdigit() and int(length[:20]) > limit:
            raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise CallerGone
                body += message.get("body", b"")
                if len(body) > limit:
                    raise too_large
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise RequestError(408, "BAD_REQUEST", "The body did not arrive in time.") from None


async def send_json(
    send: Send,
    status: int,
    content: Any,
    *,
    media_type: bytes = b"application/json",
    headers: Iterable[tuple[str, str]] = (),
) -> None:
    """Answer with JSON."""
    await send_body(send, status, orjson.dumps(content), media_type=media_type, headers=headers)


async def send_body(
    send: Send, status: int, body: bytes, *, media_type: bytes, headers: Iterable[tuple[str, str]] = ()
) -> None:
    """Answer with what is written already."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media_type + b"; charset=utf-8"),
                (b"content-length", str(len(body)).encode()),
                *SAFE_HEADERS,
                *((name.lower().encode(), value.encode()) for name, value in headers),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
