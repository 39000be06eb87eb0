"""Reading parameters strictly, and the few answers all endpoints share."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse

MOST_BYTES = 32 * 1024
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class ProtocolError(Exception):
    """An OAuth error: its code (RFC 6749 sections 4.1.2.1 and 5.2), a sentence, and an HTTP status."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status


def query_of(request: Request) -> dict[str, str]:
    """Give the parameters of the address.

    Raises:
        ProtocolError: a parameter stands there twice (RFC 6749 section 3.1).
    """
    return _single(request.url.query)


async def form_of(request: Request) -> dict[str, str]:
    """Give the parameters of a form body of at most 32 KiB.

    Raises:
        ProtocolError: another content type, too long, not text, or a parameter twice.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise ProtocolError("invalid_request", "The body must be a form.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ProtocolError("invalid_request", "The body is too long.", 413)
    try:
        return _single(body.decode())
    except UnicodeDecodeError:
        raise ProtocolError("invalid_request", "The body is not UTF-8.") from None


def _single(text: str) -> dict[str, str]:
    pairs = parse_qsl(text, keep_blank_values=True)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProtocolError("invalid_request", "A parameter is repeated.")
    return found


def json_error(error: ProtocolError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Give the error as RFC 6749 section 5.2 writes it."""
    body = {"error": error.code, "error_description": error.description}
    return JSONResponse(body, error.status, headers={**NO_STORE, **(headers or {})})
