"""A GraphQL request as it came over HTTP, taken apart strictly (GraphQL over HTTP, section 5)."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
import orjson
from msgspec import Struct

from gateway.errors import RequestError
from gateway.identity.strict_json import parse_object

_MAX_NAME = 256


class GraphQLRequest(Struct, frozen=True, kw_only=True):
    """What to execute."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


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
    thing could be shown to a filter before us and another to us.

    Raises:
        ValueError: it is not.
    """
    parsed: object = orjson.loads(raw)
    return parse_object(raw) if isinstance(parsed, dict) else parsed


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
    if body.documentId is not None or "persistedQuery" in (body.extensions or {}):
        raise RequestError(400, "PERSISTED_QUERY_NOT_SUPPORTED", "Persisted queries are not taken.")
    if not body.query:
        raise RequestError(400, "BAD_REQUEST", "'query' is missing.")
    if body.operationName is not None and not _is_name(body.operationName):
        raise RequestError(400, "BAD_REQUEST", "'operationName' is no name.")
    return GraphQLRequest(query=body.query, variables=body.variables, operation_name=body.operationName)


def _is_name(text: str) -> bool:
    """Whether the text is a GraphQL name, and so safe to stand in a log."""
    return len(text) <= _MAX_NAME and text.isascii() and text.isidentifier()
