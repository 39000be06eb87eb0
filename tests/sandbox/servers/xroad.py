"""An X-Road security server as an information system sees it (PR-REST 1.0.4), with the provider's side in one.

It knows the services that it carries and who may call each, sets and filters headers as the protocol says, and reports
what goes wrong on its own side with ``X-Road-Error``. Between two real servers the message is signed and stamped with
the time; that no information system sees, so it is not here.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.sandbox.fault_answers import replaying

Headers = Iterable[tuple[bytes, bytes]]

_REWRITTEN = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host "
    b"user-agent server".split()
)
"""Filtered headers (PR-REST 4.3)."""


@dataclass(frozen=True)
class Service:
    """What stands behind one service code, and who may call it."""

    app: ASGIApp
    clients: frozenset[str]


@dataclass(frozen=True)
class Carried:
    """One request that reached the security server."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)


class _Refused(Exception):  # not an error of the server: its answer
    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind


class SecurityServer:
    """Carries calls to services.

    Args:
        services: by identifier ``INSTANCE/CLASS/MEMBER/SUBSYSTEM/service``.
        new_id: names a request (``X-Road-Request-Id``).
    """

    def __init__(self, services: Mapping[str, Service], *, new_id: Callable[[], str]) -> None:
        self.services = services
        self.carried: list[Carried] = []
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.carried.append(Carried(scope["method"], scope["raw_path"].decode(), headers))
        try:
            service, name, inner = self._called(scope, headers)
        except _Refused as refused:
            await self._report(refused)(scope, receive, send)
            return
        answer = _Answer(send, self._headers(headers, name, _hash(inner["headers"], body)))
        try:
            await service.app(inner, replaying(body, receive), answer)
        except Exception:
            if answer.begun:
                raise
            await self._report(_Refused(500, "Server.ServerProxy.ServiceFailed"))(scope, receive, send)

    def _called(self, scope: Scope, headers: Mapping[str, str]) -> tuple[Service, str, Scope]:
        """The service, its identifier as it was written, and the request as the provider gets it."""
        _, version, *parts = scope["raw_path"].split(b"/")
        if version != b"r1" or len(parts) < 5 or not headers.get("x-road-client"):
            raise _Refused(400, "Client.BadRequest")
        service = self.services.get(_decoded(parts[:5]))
        if service is None:
            raise _Refused(500, "Server.ServerProxy.UnknownService")
        if _decoded([part.encode() for part in headers["x-road-client"].split("/")]) not in service.clients:
            raise _Refused(500, "Server.ServerProxy.AccessDenied")
        raw = b"/" + b"/".join(parts[5:])
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in _REWRITTEN]
        path = unquote_to_bytes(raw).decode()
        return service, b"/".join(parts[:5]).decode(), {**scope, "raw_path": raw, "path": path, "headers": kept}

    def _headers(self, asked: Mapping[str, str], service: str, hashed: str) -> Headers:
        told = {
            "x-road-client": asked["x-road-client"],
            "x-road-service": service,
            "x-road-id": asked.get("x-road-id") or self._new_id(),
            "x-road-request-id": self._new_id(),
            "x-road-request-hash": hashed,
        }
        return [(name.encode(), value.encode()) for name, value in told.items()]

    def _report(self, refused: _Refused) -> Response:
        body = {"type": refused.kind, "message": "told by the security server", "detail": self._new_id()}
        headers = {"X-Road-Error": refused.kind}
        return Response(orjson.dumps(body), refused.status, headers, media_type="application/json")


class _Answer:
    """Passes the provider's answer on with the headers of X-Road in place of its own."""

    def __init__(self, send: Send, headers: Headers) -> None:
        self.begun = False
        self._send = send
        self._headers = headers

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            own = [pair for pair in message["headers"] if not _is_ours(pair[0].lower())]
            message = {**message, "headers": [*own, *self._headers]}
        await self._send(message)


def _is_ours(name: bytes) -> bool:
    return name in _REWRITTEN or name.startswith(b"x-road-")


def _decoded(parts: Iterable[bytes]) -> str:
    return "/".join(unquote_to_bytes(part).decode("utf-8", "replace") for part in parts)


def _hash(headers: Headers, body: bytes) -> str:
    """``X-Road-Request-Hash``; in which form headers are hashed is the servers' own affair."""
    digest = hashlib.sha512(b"".join(name + b":" + value + b"\r\n" for name, value in headers)).digest()
    if body:
        digest = hashlib.sha512(digest + hashlib.sha512(body).digest()).digest()
    return base64.b64encode(digest).decode()


async def _body(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)
