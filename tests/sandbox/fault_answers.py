"""How each fault looks on the wire: one function per name of ``faults.FaultName``."""

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.sandbox.faults import WRONG_PERSON, Fault, FaultName, Faults

SLOW_SECONDS = 1.0
BUSY_SECONDS = 1.0
DRIP_SECONDS = 0.2
HUGE_CHUNK = b" " * 65_536
HUGE_CHUNKS = 176
DEEP = b"[" * 1_000_000
PACKED = gzip.compress(b" " * 16_000_000)
LONG_HEADER = b"a" * 1_048_576
LOG_IN_PAGE = """<!doctype html><html lang="vi"><head><title>Đăng nhập</title></head><body>
<form method="post" action="/login"><label>Tài khoản <input name="username"></label>
<label>Mật khẩu <input name="password" type="password"></label><button>Đăng nhập</button></form></body></html>"""
SAYS_WHAT_IT_IS = {"resourceType", "maKetQua", "MaKetQua"}
"""Members that ``types`` leaves alone, so that a reader goes on to the members behind them."""
_NAMED_TEXT = re.compile(rb"<(\w+)>([^<]+)</\1>")


@dataclass
class Exchange:
    """One request, already read to its end, on its way through a fault."""

    app: ASGIApp
    scope: Scope
    body: bytes
    receive: Receive
    send: Send
    fault: Fault
    faults: Faults

    async def answer(self) -> None:
        """Let the healthy server answer."""
        await self.app(self.scope, replaying(self.body, self.receive), self.send)

    async def reply(self, response: Response) -> None:
        """Send this instead of the true answer."""
        await response(self.scope, self.receive, self.send)

    async def true_answer(self) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """The healthy server's answer, kept back: headers without the length, and body."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope, replaying(self.body, self.receive), keep)
        start, *rest = messages
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        return headers, b"".join(message.get("body", b"") for message in rest)

    async def start(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Begin an answer of status 200 by hand."""
        await self.send({"type": "http.response.start", "status": 200, "headers": headers})

    async def held(self, seconds: float | None) -> bool:
        """Wait as ``Faults.hold`` does. False when the caller hung up in the meantime."""
        gone = asyncio.ensure_future(self.receive())  # the body is read: what comes next is the hanging up
        hold = asyncio.ensure_future(self.faults.hold(self.fault, seconds))
        try:
            done, _ = await asyncio.wait({gone, hold}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            hold.cancel()
        return gone not in done


def replaying(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body that was read once more, then what the server says."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay


async def _slow(exchange: Exchange) -> None:
    seconds = exchange.fault.seconds
    if await exchange.held(SLOW_SECONDS if seconds is None else seconds):
        await exchange.answer()


async def _hang(exchange: Exchange) -> None:
    if await exchange.held(None):
        await exchange.answer()


async def _drip(exchange: Exchange) -> None:
    headers, body = await exchange.true_answer()
    await exchange.start([*headers, (b"content-length", str(len(body)).encode())])
    seconds = exchange.fault.seconds
    for byte in body[:-1]:
        await exchange.send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
        if not await exchange.held(DRIP_SECONDS if seconds is None else seconds):
            return
    await exchange.send({"type": "http.response.body", "body": body[-1:]})


async def _down(exchange: Exchange) -> None:
    await exchange.reply(PlainTextResponse("Service Unavailable", 503))


async def _refuse(exchange: Exchange) -> None:
    await exchange.reply(PlainTextResponse("Unauthorized", 401, {"WWW-Authenticate": "Bearer"}))


async def _busy(exchange: Exchange) -> None:
    seconds = exchange.fault.seconds
    after = f"{BUSY_SECONDS if seconds is None else seconds:.0f}"
    await exchange.reply(PlainTextResponse("Too Many Requests", 429, {"Retry-After": after}))


async def _html(exchange: Exchange) -> None:
    await exchange.reply(HTMLResponse(LOG_IN_PAGE))


async def _redirect(exchange: Exchange) -> None:
    await exchange.reply(RedirectResponse(exchange.faults.elsewhere, 302))


async def _half(exchange: Exchange) -> None:
    headers, body = await exchange.true_answer()
    body = body or b"{}"
    await exchange.start([*headers, (b"content-length", str(len(body)).encode())])
    # The server cuts the connection of an application that ends before its answer does.
    await exchange.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def _unconfirmed(exchange: Exchange) -> None:
    kind = exchange.scope["path"].rpartition("/")[2]
    is_create = exchange.scope["method"] == "POST" and kind[:1].isupper()
    await (_half(exchange) if is_create else exchange.answer())


async def _huge(exchange: Exchange) -> None:
    await exchange.start([(b"content-type", b"application/json")])
    for chunk in (b"{", *[HUGE_CHUNK] * HUGE_CHUNKS, b"}"):
        await exchange.send({"type": "http.response.body", "body": chunk, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})


async def _deep(exchange: Exchange) -> None:
    await exchange.reply(Response(DEEP, media_type="application/json"))


async def _packed(exchange: Exchange) -> None:
    await exchange.reply(Response(PACKED, media_type="application/json", headers={"Content-Encoding": "gzip"}))


async def _long_header(exchange: Exchange) -> None:
    headers, body = await exchange.true_answer()
    await exchange.start([(b"x-long", LONG_HEADER), *headers])
    await exchange.send({"type": "http.response.body", "body": body})


async def _wrong_person(exchange: Exchange) -> None:
    exchange.scope[WRONG_PERSON] = True
    await exchange.answer()


def _spoiled(spoil: Callable[[bytes], bytes]) -> Callable[[Exchange], Awaitable[None]]:
    """A fault that changes the bytes of the true answer and nothing else."""

    async def answer(exchange: Exchange) -> None:
        headers, body = await exchange.true_answer()
        spoiled = spoil(body)
        await exchange.start([*headers, (b"content-length", str(len(spoiled)).encode())])
        await exchange.send({"type": "http.response.body", "body": spoiled})

    return answer


def _broken_off(body: bytes) -> bytes:
    """The first half; at least one byte short, so never JSON again when it was an object or array."""
    return body[: len(body) // 2] or b"{"


def _other_types(body: bytes) -> bytes:
    if body.startswith(b"<"):
        return _NAMED_TEXT.sub(_wrapped, body)
    return orjson.dumps(_retyped(orjson.loads(body)))


def _no_utf8(body: bytes) -> bytes:
    """A lone continuation byte and an overlong one in the first text (RFC 3629, 3)."""
    return body.replace(b'"', b'"\x80\xc0', 1) if b'"' in body else b'"\x80\xc0"'


def _wrapped(named: re.Match[bytes]) -> bytes:
    """An element of text as an element of elements: XML knows no other types."""
    name, text = named.groups()
    return named[0] if name.decode() in SAYS_WHAT_IT_IS else b"<%b><gia_tri>%b</gia_tri></%b>" % (name, text, name)


def _retyped(value: Any) -> Any:
    match value:
        case dict():
            return {key: old if key in SAYS_WHAT_IT_IS else _retyped(old) for key, old in value.items()}
        case list():
            return [_retyped(old) for old in value]
        case bool() | None:
            return [value]
        case str():
            return len(value)
    return str(value)


ANSWERS: Mapping[FaultName, Callable[[Exchange], Awaitable[None]]] = {
    "slow": _slow,
    "hang": _hang,
    "drip": _drip,
    "down": _down,
    "refuse": _refuse,
    "busy": _busy,
    "garbage": _spoiled(_broken_off),
    "html": _html,
    "half": _half,
    "huge": _huge,
    "deep": _deep,
    "packed": _packed,
    "long_header": _long_header,
    "redirect": _redirect,
    "null": _spoiled(lambda _: b"null"),
    "list": _spoiled(lambda _: b"[]"),
    "types": _spoiled(_other_types),
    "bad_utf8": _spoiled(_no_utf8),
    "wrong_person": _wrong_person,
    "unconfirmed": _unconfirmed,
}
