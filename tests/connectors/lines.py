"""A line to a server of the test, what to ask over it, and servers that a test holds in its hand."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.clock import SystemClock
from connectors.contract import Deadline
from connectors.errors import SourceError
from connectors.http import Line
from connectors.network import LookUp, look_up
from connectors.options import SourceOptions
from connectors.records import SourceKind
from connectors.reply import Reply
from tests.connectors.serving import PATIENCE
from tests.sandbox.eid.held_clock import HeldClock

NUMBER = "079190998901"


def line_to(
    url: str, *, transport: httpx.AsyncBaseTransport | None = None, look_up: LookUp = look_up, **more: Any
) -> Line:
    """A line with these options."""
    options = SourceOptions(kind="x", name="Mẫu", category=SourceKind.HOSPITAL, url=url, **more)
    return Line(options, clock=HeldClock(), transport=transport, look_up=look_up)


def soon(seconds: float = PATIENCE) -> Deadline:
    """A deadline by the machine's own clock."""
    return Deadline.after(seconds, SystemClock())


async def get(url: str, path: str = "x", *, seconds: float = PATIENCE, **more: Any) -> Reply:
    """One call over a line of its own."""
    line = line_to(url, **more)
    try:
        return await line.send("GET", path, deadline=soon(seconds))
    finally:
        await line.close()


def answering(answer: Callable[[Request], Response]) -> ASGIApp:
    """An application of one function."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(Request(scope, receive))(scope, receive, send)

    return app


async def failure(url: str, **more: Any) -> SourceError:
    """How the call fails; its text must tell nothing of where it went and of what came back."""
    with pytest.raises(SourceError) as caught:
        await get(url, f"Patient/{NUMBER}", **more)
    told = repr(caught.value) + str(caught.value.args)
    assert NUMBER not in told
    assert "127.0.0.1" not in told
    assert "secret answer" not in told
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


class Holding:
    """An application that answers nobody until it is told to, and counts who waits."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.most = self.now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self._until_told(receive)
        finally:
            self.now -= 1
        if self.open.is_set():
            await PlainTextResponse("ok")(scope, receive, send)

    async def _until_told(self, receive: Receive) -> None:
        async def gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        waiting = [asyncio.ensure_future(gone()), asyncio.ensure_future(self.open.wait())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
