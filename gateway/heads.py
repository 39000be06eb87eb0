"""The head of a request, as far as it is bytes: its path and its host; and the answer to one that is none."""

import re
from urllib.parse import unquote

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.asgi import SAFE_HEADERS
from gateway.errors import RequestError
from gateway.front import GRAPH

_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_GRAPH = GRAPH.encode()
_PLAIN = re.compile(rb"(?:/[A-Za-z0-9._-]+)+")
"""A path of which nothing has to be taken apart or read otherwise than it is written."""


def is_host(value: bytes) -> bool:
    """Whether a value of the header ``Host`` is one host."""
    return _HOST.fullmatch(value.strip()) is not None


def parts(url: bytes) -> tuple[str, bytes, bytes]:
    """Path, path as it was written, and query."""
    if url == _GRAPH:
        return GRAPH, url, b""
    if _PLAIN.fullmatch(url):
        return url.decode("ascii"), url, b""
    parsed = httptools.parse_url(url)
    return unquote(parsed.path.decode("ascii")), parsed.path, parsed.query or b""


def refusal(error: RequestError, request_id: str) -> bytes:
    """The whole answer to what never became a request."""
    body = orjson.dumps({"errors": error.formatted(), "extensions": {"requestId": request_id}})
    fields = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"x-request-id", request_id.encode()),
        *SAFE_HEADERS,
        *((name.lower().encode(), value.encode()) for name, value in error.headers),
    ]
    return STATUS_LINE[error.status] + b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n" + body
