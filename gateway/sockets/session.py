"""One open socket, from its first message to its end: who is there, and what is under way on it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from starlette.types import Receive

from connectors.clock import Clock
from gateway.asgi import CallerGone
from gateway.errors import RequestError
from gateway.sockets.answer import SocketAnswer
from gateway.sockets.messages import CloseCode, Closing, Complete, Init, Message, Ping, Pong, Subscribe, read
from gateway.sockets.operation import Operations
from gateway.subscriptions import Subscriptions
from resolvers.access.caller import Caller


class Session:
    """Heeds what the client says, in its order."""

    def __init__(
        self,
        answer: SocketAnswer,
        receive: Receive,
        *,
        introduced: Callable[[Mapping[str, Any]], Awaitable[Caller]],
        operations: Callable[[Caller], Operations],
        subscriptions: Subscriptions,
        clock: Clock,
        patience: float,
    ) -> None:
        """Begin one.

        Args:
            answer: where to speak.
            receive: what the client says, by ASGI.
            introduced: gives the caller whom the first message proves, or raises ``Closing``.
            operations: those of a caller on this socket, none at first.
            subscriptions: all of this process.
            clock: judges how long a token holds.
            patience: seconds for the client to say who it is.
        """
        self._answer = answer
        self._receive = receive
        self._introduced = introduced
        self._operations = operations
        self._subscriptions = subscriptions
        self._clock = clock
        self._patience = patience

    async def run(self) -> None:
        """Until the socket ends.

        Raises:
            Closing: this side ends it.
            CallerGone: the client has ended it.
        """
        try:
            async with asyncio.timeout(self._patience):
                caller = await self._introduction()
        except TimeoutError:
            raise Closing(CloseCode.TOO_LATE, "'connection_init' did not arrive in time.") from None
        try:
            with self._subscriptions.connected(caller):
                await self._answer.say({"type": "connection_ack"})
                async with self._operations(caller) as operations:
                    async for message in self._messages(caller, operations):
                        await self._heed(message, operations)
        except RequestError as full:
            raise Closing(CloseCode.LATER, full.code) from None

    async def _introduction(self) -> Caller:
        while True:
            message = await self._next()
            if isinstance(message, Init):
                return await self._introduced(message.payload or {})
            if isinstance(message, Subscribe):
                raise Closing(CloseCode.NOT_BEGUN, "'connection_init' comes first.")
            await self._heed(message, None)

    async def _heed(self, message: Message, operations: Operations | None) -> None:
        match message:
            case Ping():
                await self._answer.say({"type": "pong"})
            case Pong():
                pass
            case Init():
                raise Closing(CloseCode.BEGUN_TWICE, "'connection_init' came twice.")
            case Subscribe() if operations:
                operations.begin(message)
            case Complete() if operations:
                operations.end(message.id)

    async def _messages(self, caller: Caller, operations: Operations) -> AsyncIterator[Message]:
        """What the client says, for as long as its token holds and this gateway serves."""
        ended = asyncio.ensure_future(self._subscriptions.ended.wait())
        coming = asyncio.ensure_future(self._next())
        try:
            while True:
                await asyncio.wait(
                    {ended, coming}, timeout=self._subscriptions.heartbeat, return_when=asyncio.FIRST_COMPLETED
                )
                if ended.done():
                    raise Closing(CloseCode.RESTART, "This service is ending.")
                if self._clock.now() >= caller.expires_at:
                    # Each operation sees that by itself, and says so.
                    await operations.finished(within=2 * self._subscriptions.heartbeat)
                    raise Closing(CloseCode.FORBIDDEN, "UNAUTHENTICATED")
                if coming.done():
                    yield coming.result()
                    coming = asyncio.ensure_future(self._next())
        finally:
            for task in (ended, coming):
                task.cancel()
            await asyncio.gather(ended, coming, return_exceptions=True)

    async def _next(self) -> Message:
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            raise CallerGone
        return read(event.get("text"))
