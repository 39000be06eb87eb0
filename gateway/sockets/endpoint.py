"""``/graphql`` as a WebSocket: who may open one, and what all of its operations share."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Receive, Scope

from gateway.answer import Answer
from gateway.asgi import CallerGone, header_values
from gateway.asking import language_of
from gateway.errors import RequestError
from gateway.graph import GraphEndpoint
from gateway.identity.errors import IdentityError, InvalidToken, NotEntitled
from gateway.sockets.answer import SocketAnswer
from gateway.sockets.messages import SUBPROTOCOL, CloseCode, Closing
from gateway.sockets.operation import Operations
from gateway.sockets.session import Session
from gateway.telemetry import Event
from resolvers.access.caller import Caller


class SocketEndpoint(GraphEndpoint):
    """An ASGI application for WebSockets. Subscriptions alone are taken: what has one answer is asked by HTTP."""

    name = "socket"
    answers = SocketAnswer

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, event: Event) -> None:
        assert isinstance(answer, SocketAnswer)  # noqa: S101 - as ``answers`` says
        answer.language = language_of(scope)
        if scope["path"] != "/graphql":
            raise RequestError(404, "BAD_REQUEST", "Nothing is served here.")
        _check_handshake(scope)
        if self._subscriptions.ended.is_set():
            raise RequestError(503, "SERVICE_UNAVAILABLE", "This service is ending. Try again.")
        await self._rates.admit_address(scope)
        authorization = header_values(scope, b"authorization")
        proved = await self._proved(authorization, scope, event) if authorization else None
        await receive()  # "websocket.connect", with which every socket begins
        await answer.accept()
        session = Session(
            answer,
            receive,
            introduced=lambda payload: self._introduced(proved, payload, scope, event),
            operations=lambda caller: Operations(
                answer, caller, prepared=self._prepared, subscribed=self._subscribed, log=self._log, watch=self._watch,
                clock=self._clock, socket=event.request_id,
            ),
            subscriptions=self._subscriptions,
            clock=self._clock,
            patience=self.settings.server.caller_timeout,
        )  # fmt: skip
        try:
            await session.run()
        except Closing as closing:
            await answer.close(closing)
        except CallerGone:
            event.add(closed="by caller")

    async def _introduced(
        self, proved: Caller | None, payload: Mapping[str, Any], scope: Scope, event: Event
    ) -> Caller:
        """Who speaks on this socket: by the handshake's header, or by the first message; never by both.

        Raises:
            Closing: nobody is proved.
        """
        sent = [value for name, value in payload.items() if name.lower() == "authorization"]
        if proved is not None and not sent:
            return proved
        if proved is not None or len(sent) > 1 or not all(isinstance(value, str) for value in sent):
            raise Closing(CloseCode.BAD_MESSAGE, "A token is sent once, as text.")
        try:
            return await self._proved([value.encode() for value in sent], scope, event)
        except (InvalidToken, NotEntitled) as error:
            self._note(error, event)
            raise Closing(CloseCode.FORBIDDEN, error.code) from None
        except IdentityError as error:
            self._note(error, event)
            raise Closing(CloseCode.LATER, error.code) from None

    def _note(self, error: IdentityError, event: Event) -> None:
        event.add(refused=error.cause)
        self._watch.refused(error)


def _check_handshake(scope: Scope) -> None:
    """Refuse another protocol, and pages of other sites: a browser lets those open a socket to anywhere.

    Raises:
        RequestError: 400, 403.
    """
    hosts = header_values(scope, b"host")
    for origin in header_values(scope, b"origin"):
        if [urlsplit(origin.lower()).netloc] != [host.lower() for host in hosts]:
            raise RequestError(403, "FORBIDDEN", "Pages of other sites are not let in.")
    if SUBPROTOCOL not in scope["subprotocols"]:
        raise RequestError(400, "BAD_REQUEST", f"On a WebSocket only '{SUBPROTOCOL}' is spoken here.")
