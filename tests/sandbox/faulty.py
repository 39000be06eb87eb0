"""Plain ASGI middleware that makes a healthy server fail in the way ``Faults`` says."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.sandbox.fault_answers import ANSWERS, Exchange, replaying
from tests.sandbox.faults import Faults

MOST_BODY = 1 << 20


@dataclass(frozen=True)
class Asked:
    """What a source was asked, for finding the citizen it is about. Its text form shows nothing."""

    method: str
    path: str
    query: bytes
    body: bytes

    def parameters(self) -> list[tuple[str, str]]:
        """Pairs of the query string, then of a body read as a form; never fails."""
        return [pair for text in (self.query, self.body) for pair in parse_pairs(text)]

    def __repr__(self) -> str:
        return f"Asked({self.method})"


Who = Callable[[Asked], str | None]
"""Finds the citizen number a request is about; None when it is about nobody known. Must not raise."""


class Faulty:
    """Applies the faults of one source to its requests.

    Args:
        app: the healthy server.
        faults: what is wrong in the city now.
        source: the name under which this server stands in ``faults``.
        who: whom a request is about, for faults bound to one citizen.
    """

    def __init__(self, app: ASGIApp, *, faults: Faults, source: str, who: Who) -> None:
        self.app = app
        self.faults = faults
        self.source = source
        self.who = who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _whole_body(receive)
        if body is None:
            await PlainTextResponse("Content Too Large", 413)(scope, receive, send)
            return
        asked = Asked(scope["method"], scope["path"], scope["query_string"], body)
        fault = self.faults.find(self.source, self.who(asked))
        if fault is None:
            await self.app(scope, replaying(body, receive), send)
            return
        await ANSWERS[fault.name](Exchange(self.app, scope, body, receive, send, fault, self.faults))


def parse_pairs(text: bytes) -> list[tuple[str, str]]:
    """Pairs of a form or query string; an unreadable one has none."""
    try:
        return parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:
        return []


async def _whole_body(receive: Receive) -> bytes | None:
    """The request's body, empty when the caller has gone already; None when it is over the bound."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MOST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)
