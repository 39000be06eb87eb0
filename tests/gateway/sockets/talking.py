"""A client of graphql-transport-ws for tests: says what it is told to, right or wrong, and hears what comes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.gateway.sink import Sink
from tests.running import Running

PATIENCE = 10.0
"""Seconds until a test gives up; nothing that it waits for takes as long."""
SPOKEN = "graphql-transport-ws"


class Talk:
    """One open socket."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line

    @property
    def request_id(self) -> str:
        """Of the handshake."""
        assert self.line.response
        return self.line.response.headers["x-request-id"]

    async def say(self, kind: str, **members: Any) -> None:
        """Send one message."""
        await self.line.send(orjson.dumps({"type": kind, **members}).decode())

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(PATIENCE):
            message: dict[str, Any] = orjson.loads(await self.line.recv())
        return message

    async def begin(self, token: str | None = None) -> None:
        """Introduce oneself, and be taken."""
        await self.say("connection_init", **({"payload": {"Authorization": f"Bearer {token}"}} if token else {}))
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, known: str, query: str) -> None:
        """Begin an operation."""
        await self.say("subscribe", id=known, payload={"query": query})

    async def closed(self) -> tuple[int, str]:
        """With which code and reason the other side ends; whatever it says before is passed over."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionClosed):
                while True:
                    await self.line.recv()
        code, reason = self.line.close_code, self.line.close_reason
        assert code is not None and reason is not None, "cut without a word"
        return code, reason


@asynccontextmanager
async def talking(
    gateway: Running,
    *,
    headers: Mapping[str, str] | None = None,
    spoken: str = SPOKEN,
    path: str = "/graphql",
    origin: str | None = None,
) -> AsyncIterator[Talk]:
    """A socket at that gateway; to leave is to hang up. Raises ``InvalidStatus`` when the handshake is refused."""
    url = gateway.url.replace("http://", "ws://") + path
    given = {**(headers or {}), **({"Origin": origin} if origin else {})}
    async with connect(
        url, subprotocols=[Subprotocol(spoken)], additional_headers=given, proxy=None, ping_interval=None, max_size=None
    ) as line:
        yield Talk(line)


def ended(sink: Sink, request_id: str) -> dict[str, Any]:
    """The event of that request, which is written at its end."""
    return sink.wait_for(lambda event: (event["event"], event.get("request_id")) == ("request", request_id))
