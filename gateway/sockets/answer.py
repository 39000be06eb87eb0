"""What is said on a socket: a handshake is refused in HTTP like any request, or it becomes a socket."""

from typing import Any

import orjson
from starlette.types import Message, Send

from gateway.answer import Answer
from gateway.asgi import CallerGone, understood
from gateway.errors import RequestError
from gateway.sockets.messages import SUBPROTOCOL, CloseCode, Closing
from gateway.telemetry import Event

OPEN = 101
"""Status of a handshake that became a socket."""


class SocketAnswer(Answer):
    """The one answer to a handshake."""

    def __init__(self, send: Send, event: Event, *, counted_as: str) -> None:
        async def denied(message: Message) -> None:
            await send({**message, "type": f"websocket.{message['type']}"})

        # No server knows a whole answer to a handshake.
        super().__init__(understood(denied, {}), event, counted_as=counted_as)
        self._socket = send

    async def accept(self) -> None:
        """Open the socket."""
        self.status, self._begun = OPEN, True
        known = [(b"x-request-id", self._event.request_id.encode())]
        await self._socket({"type": "websocket.accept", "subprotocol": SUBPROTOCOL, "headers": known})

    async def say(self, content: dict[str, Any]) -> None:
        """Send one message. Who says it is held up by a caller who does not read.

        Raises:
            CallerGone: nobody is there any more.
        """
        await self._sent({"type": "websocket.send", "text": orjson.dumps(content).decode()})

    async def close(self, closing: Closing) -> None:
        """End the socket, and say why."""
        self._event.add(closed=closing.code.value)
        await self._sent({"type": "websocket.close", "code": closing.code.value, "reason": closing.reason})

    async def refuse(self, error: RequestError) -> None:
        """Refuse the handshake; a socket is closed instead."""
        is_open = self._begun
        await super().refuse(error)
        if is_open:
            code = CloseCode.DEFECT if error.status == 500 else CloseCode.RESTART
            await self.close(Closing(code, error.code))

    async def _sent(self, message: Message) -> None:
        try:
            await self._socket(message)
        except (OSError, RuntimeError):  # uvicorn's words for a line that has ended, by whichever side
            raise CallerGone from None
