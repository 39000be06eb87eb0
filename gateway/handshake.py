"""The request with which a WebSocket begins: whether it is the right beginning of one (RFC 6455, section 4.2.1)."""

import base64
import binascii
from collections.abc import Sequence

from gateway.asgi import gathered
from gateway.errors import RequestError

MAX_SOCKET_LINE = 8 * 1024 - 64
"""Bytes of one line of the header before a WebSocket: what the library reads that speaks it."""


def unfit(method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> RequestError | None:
    """Why no WebSocket can begin with that request; nothing where one can."""
    fields = gathered(headers)
    if [value.strip() for value in fields.get(b"sec-websocket-version", ())] != [b"13"]:
        message = "Of the WebSocket protocol only version 13 is spoken here."
        return RequestError(426, "BAD_REQUEST", message, headers=[("Sec-WebSocket-Version", "13")])
    keys = fields.get(b"sec-websocket-key", ())
    if method != b"GET" or len(keys) != 1 or not _is_nonce(keys[0]):
        return RequestError(400, "BAD_REQUEST", "A WebSocket begins with a GET that has one Sec-WebSocket-Key.")
    if b"content-length" in fields or b"transfer-encoding" in fields:
        return RequestError(400, "BAD_REQUEST", "What begins a WebSocket has no body.")
    if len(fields.get(b"origin", ())) > 1:
        return RequestError(400, "BAD_REQUEST", "A WebSocket has one origin (RFC 6454, section 7.3).")
    if len(target) > MAX_SOCKET_LINE or any(len(name) + len(value) > MAX_SOCKET_LINE for name, value in headers):
        return RequestError(431, "BAD_REQUEST", f"For a WebSocket no field is longer than {MAX_SOCKET_LINE} bytes.")
    return None


def written(method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The header of a request with those fields."""
    first = b"%b %b HTTP/1.1\r\n" % (method, target)
    return first + b"".join(b"%b: %b\r\n" % field for field in headers) + b"\r\n"


def _is_nonce(key: bytes) -> bool:
    try:
        return len(base64.b64decode(key.strip(), validate=True)) == 16
    except binascii.Error:
        return False
