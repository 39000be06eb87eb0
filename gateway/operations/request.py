"""A GraphQL request as it came over HTTP, taken apart strictly (GraphQL over HTTP, section 5)."""

import re
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import orjson
from msgspec import Struct

from gateway.errors import RequestError
from gateway.identity.strict_json import parse_object

_MAX_NAME = 256
_PREFIX = "sha256:"
_HASH = re.compile(r"[0-9a-f]{64}")


class GraphQLRequest(Struct, frozen=True, kw_only=True):
    """What to execute."""

    query: str | None = None
    """Text of a document."""
    document_id: str | None = None
    """``sha256:`` and 64 hexadecimal digits: of a trusted document."""
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    tells_cost: bool = False
    """Whether the answer shall say what it cost."""
    explains: bool = False
    """Whether it shall only be said who would be asked."""


class _Body(Struct, frozen=True):
    query: str | None = None
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - the member's name in the protocol
    extensions: dict[str, Any] | None = None
    documentId: str | None = None  # noqa: N815 - the member's name in the protocol


def from_body(body: bytes) -> GraphQLRequest:
    """The request in a JSON body.

    Raises:
        RequestError: 400, with a sentence that repeats nothing of the body.
    """
    try:
        parsed = strictly_parsed(body)
    except ValueError:
        raise RequestError(400, "BAD_REQUEST", "The body is not JSON, or names a member twice.") from None
    if isinstance(parsed, list):
        raise RequestError(400, "BAD_REQUEST", "Batches of requests are not taken.")
    return from_members(parsed)


def from_query_string(query_string: bytes) -> GraphQLRequest:
    """The request in the query string of a GET.

    Raises:
        RequestError: 400.
    """
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, max_num_fields=16, errors="strict")
        members: dict[str, Any] = {name: value for name, value in pairs if name in _Body.__struct_fields__}
        if len(members) < sum(name in members for name, _ in pairs):
            raise RequestError(400, "BAD_REQUEST", "A parameter stands twice in the query string.")
        for name in ("variables", "extensions"):
            if name in members:
                members[name] = strictly_parsed(members[name].encode())
    except ValueError:
        raise RequestError(400, "BAD_REQUEST", "The query string cannot be read.") from None
    return from_members(members)


def strictly_parsed(raw: bytes) -> object:
    """JSON as two readers agree on it.

    The first knows UTF-8, lone surrogates and depth; the second refuses a member that stands twice, with which one
    thing could be shown to a filter before us and another to us. Where the first would write again what it read, letter
    for letter, there is none: nearly every client writes as it does.

    Raises:
        ValueError: it is not.
    """
    parsed: object = orjson.loads(raw)
    return parse_object(raw) if isinstance(parsed, dict) and not _is_written(raw, parsed) else parsed


def _is_written(raw: bytes, parsed: object) -> bool:
    try:
        return orjson.dumps(parsed) == raw
    except orjson.JSONEncodeError:  # deeper than it writes
        return False


def from_members(parsed: object) -> GraphQLRequest:
    """The request in an object that was parsed already.

    Raises:
        RequestError: 400.
    """
    try:
        body = msgspec.convert(parsed, _Body)
    except msgspec.ValidationError:
        raise RequestError(
            400,
            "BAD_REQUEST",
            "Expected an object with 'query' as text, 'variables' as object, 'operationName' as text.",
        ) from None
    extensions = body.extensions or {}
    document_id = None if body.documentId is None and not extensions else _document_id(body, extensions)
    if not body.query and document_id is None:
        raise RequestError(400, "BAD_REQUEST", "'query' is missing.")
    if body.operationName is not None and not _is_name(body.operationName):
        raise RequestError(400, "BAD_REQUEST", "'operationName' is no name.")
    return GraphQLRequest(
        query=body.query or None,
        document_id=document_id,
        variables=body.variables,
        operation_name=body.operationName,
        tells_cost=extensions.get("cost") is True,
        explains=extensions.get("explain") is True,
    )


def _document_id(body: _Body, extensions: dict[str, Any]) -> str | None:
    """The id of a trusted document, as the appendix of GraphQL over HTTP or Apollo's clients write it."""
    ids: list[Any] = [] if body.documentId is None else [body.documentId.removeprefix(_PREFIX)]
    if "persistedQuery" in extensions:
        persisted = extensions["persistedQuery"]
        if not isinstance(persisted, dict) or persisted.get("version") != 1:
            raise RequestError(400, "PERSISTED_QUERY_NOT_SUPPORTED", "Expected 'persistedQuery' of version 1.")
        ids.append(persisted.get("sha256Hash"))
    if not ids:
        return None
    if not all(isinstance(known, str) and _HASH.fullmatch(known) and known == ids[0] for known in ids):
        raise RequestError(400, "PERSISTED_QUERY_ID_INVALID", "A document's id is a SHA-256, in hexadecimal digits.")
    return f"{_PREFIX}{ids[0]}"


def _is_name(text: str) -> bool:
    """Whether the text is a GraphQL name, and so safe to stand in a log."""
    return len(text) <= _MAX_NAME and text.isascii() and text.isidentifier()
