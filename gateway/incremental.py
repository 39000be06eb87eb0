"""How an answer in several payloads is written: its payloads in the form that the client knows, and their framing.

Each payload leaves with the bytes that end it, so that a client need not wait for the next one to read it.
"""

from collections.abc import Callable
from typing import Any

import orjson
from graphql import GraphQLError

from gateway.negotiation import Form, Framing, Streaming
from gateway.operations.waves import Fields, Items, Payload, Pending

Errors = list[dict[str, Any]]
Shown = Callable[[list[GraphQLError]], Errors]
"""Errors as a caller may see them."""

HEARTBEAT = b":\n\n"
"""A comment among events: says nothing, and keeps the connection alive."""

_BOUNDARY = b"-"


def content_type(streaming: Streaming, *, deferred: bool) -> bytes:
    """The media type; of parts also their form, where there is more than one."""
    if streaming.framing is Framing.EVENTS:
        return b"text/event-stream; charset=utf-8"
    written = b'multipart/mixed; boundary="' + _BOUNDARY + b'"'
    return written + b"; " + streaming.form.value.encode() if deferred else written


def framed(framing: Framing, content: dict[str, Any], *, first: bool) -> bytes:
    """One payload."""
    body = orjson.dumps(content)
    if framing is Framing.EVENTS:
        return b"event: next\ndata: " + body + b"\n\n"
    opening = b"\r\n--" + _BOUNDARY if first else b""
    return opening + b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" + body + b"\r\n--" + _BOUNDARY


def ending(framing: Framing) -> bytes:
    """What follows the last payload."""
    return b"event: complete\ndata:\n\n" if framing is Framing.EVENTS else b"--\r\n"


def announced(pending: list[Pending], form: Form) -> dict[str, Any]:
    """What is to come, for clients that are told."""
    if form is Form.PATHS or not pending:
        return {}
    return {"pending": [{"id": one.id, "path": one.path, **_label(one)} for one in pending]}


def delivered(payload: Payload, form: Form, shown: Shown) -> dict[str, Any]:
    """A payload after the first one."""
    if form is Form.PATHS:
        parts = [_by_path(part, shown) for part in payload.parts]
        # Here a fragment that cannot be given is one without data.
        parts += [
            {"data": None, "path": ended.of.path, **_label(ended.of), "errors": shown([ended.error])}
            for ended in payload.completed
            if ended.error
        ]
        return {**({"incremental": parts} if parts else {}), "hasNext": True}
    body: dict[str, Any] = announced(payload.pending, form)
    if payload.parts:
        body["incremental"] = [_by_id(part, shown) for part in payload.parts]
    body["completed"] = [
        {"id": ended.of.id, **({"errors": shown([ended.error])} if ended.error else {})} for ended in payload.completed
    ]
    return {**body, "hasNext": True}


def _by_path(part: Fields | Items, shown: Shown) -> dict[str, Any]:
    body: dict[str, Any]
    if isinstance(part, Items):
        body = {"items": part.items, "path": [*part.of.path, part.start]}
    else:
        body = {"data": part.data, "path": part.path}
    return {**body, **_label(part.of), **_errors(part, shown)}


def _by_id(part: Fields | Items, shown: Shown) -> dict[str, Any]:
    body: dict[str, Any]
    if isinstance(part, Items):
        body = {"items": part.items}
    else:
        body = {"data": part.data}
        if inside := part.path[len(part.of.path) :]:
            body["subPath"] = inside
    return {"id": part.of.id, **body, **_errors(part, shown)}


def _label(of: Pending) -> dict[str, str]:
    return {} if of.label is None else {"label": of.label}


def _errors(part: Fields | Items, shown: Shown) -> dict[str, Errors]:
    return {"errors": shown(part.errors)} if part.errors else {}
