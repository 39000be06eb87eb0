"""A tiny issuer on a real socket that answers whatever it is told to, and counts who asks."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/jwks"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; ``hangs`` answers never."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()
    hangs: bool = False


def as_json(value: Any) -> Answer:
    return Answer(json.dumps(value).encode(), headers=((b"content-type", b"application/json"),))


@dataclass
class HostileIssuer:
    """An ASGI application; ``address`` is where it is served and, unless told otherwise, its issuer."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    """Set once somebody waits for an answer that will not come."""

    def __post_init__(self) -> None:
        self.describe()

    def describe(self, **other: Any) -> None:
        """Publish a discovery document; ``other`` members win."""
        about = {"issuer": self.address, "jwks_uri": f"{self.address}{JWKS}", **other}
        self.answers[DISCOVERY] = as_json(about)

    def publish(self, keys: list[Any]) -> None:
        """Publish a key set."""
        self.answers[JWKS] = as_json({"keys": keys})

    def times(self, path: str = JWKS) -> int:
        """Give how often ``path`` was asked for."""
        return self.asked.count(path)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.asked.append(path)
        answer = self.answers.get(path, Answer(status=404))
        if answer.hangs:
            self.hanging.set()
        while answer.hangs:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})


@dataclass
class Stage:
    """One lasting server on which each test puts up an issuer of its own: starting a server costs more than a test."""

    issuer: HostileIssuer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.issuer.answer(scope, receive, send)
