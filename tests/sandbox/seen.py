"""What each server of the city was asked, counted in memory and never written to a log."""

import threading
from collections.abc import Callable
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

WAIT_SECONDS = 10.0
"""Longest a test waits for a request to arrive before it is called missing."""


class Call(NamedTuple):
    """One request, without its query string, headers or body: those may name a citizen."""

    method: str
    path: str
    operation: str


class Seen:
    """The requests of one source, safe to read from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: list[Call] = []
        self._in_flight = 0
        self._most_in_flight = 0

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every request since the last ``forget``, in the order of arrival."""
        with self._changed:
            return tuple(self._calls)

    @property
    def in_flight(self) -> int:
        """Requests that have arrived and are not answered to the end."""
        with self._changed:
            return self._in_flight

    @property
    def most_in_flight(self) -> int:
        """The highest ``in_flight`` since the last ``forget``."""
        with self._changed:
            return self._most_in_flight

    def count(self, operation: str) -> int:
        """How many requests were of this operation."""
        return sum(call.operation == operation for call in self.calls)

    def forget(self) -> None:
        """Start counting anew."""
        with self._changed:
            self._calls.clear()
            self._most_in_flight = self._in_flight

    def wait_until(self, true: Callable[["Seen"], bool], seconds: float = WAIT_SECONDS) -> bool:
        """Block this thread until ``true(self)``; False when that did not happen in time."""
        with self._changed:
            return self._changed.wait_for(lambda: true(self), seconds)

    def arrived(self, call: Call) -> None:
        with self._changed:
            self._calls.append(call)
            self._in_flight += 1
            self._most_in_flight = max(self._most_in_flight, self._in_flight)
            self._changed.notify_all()

    def left(self) -> None:
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()


class Watched:
    """Plain ASGI middleware that notes each request of ``app`` in ``seen``.

    Args:
        app: the server, with its faults.
        seen: where to count.
        operation: names a request by its method and path.
    """

    def __init__(self, app: ASGIApp, seen: Seen, operation: Callable[[str, str], str]) -> None:
        self.app = app
        self.seen = seen
        self.operation = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        self.seen.arrived(Call(method, path, self.operation(method, path)))
        try:
            await self.app(scope, receive, send)
        finally:
            self.seen.left()


def fhir_operation(method: str, path: str) -> str:
    """``Observation.search``, ``Patient.read``, ``metadata``, or ``other`` for what is none of them."""
    match path.strip("/").split("/")[1:]:
        case ["metadata"]:
            return "metadata"
        case [kind, "_search"] if method == "POST":
            return f"{kind}.search"
        case [kind]:
            return f"{kind}.search"
        case [kind, _]:
            return f"{kind}.read"
    return "other"


def last_segment(method: str, path: str) -> str:  # same signature as fhir_operation
    """``tra-cuu`` for ``/congdan/tra-cuu``."""
    return path.rstrip("/").rsplit("/", 1)[-1]
