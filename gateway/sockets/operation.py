"""The operations of one socket, side by side: each is told what comes of it, has its own event, and can be ended."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from types import TracebackType
from typing import Any, Protocol, Self

from graphql import ExecutionResult

from connectors.clock import Clock
from connectors.contract import Deadline
from gateway.answer import CALLER_GONE
from gateway.asgi import CallerGone
from gateway.errors import INTERNAL, RequestError
from gateway.graph import Begun
from gateway.ids import new_id
from gateway.operations.execution import Operation
from gateway.operations.request import GraphQLRequest, from_members
from gateway.sockets.answer import SocketAnswer
from gateway.sockets.messages import CloseCode, Closing, Subscribe
from gateway.telemetry import Event, Log
from gateway.telling import Telling
from gateway.watch import Watch
from resolvers.access.caller import Caller


class Subscribed(Protocol):
    """Opens a subscription."""

    def __call__(
        self,
        caller: Caller,
        operation: Operation,
        variables: dict[str, Any] | None,
        telling: Telling,
        event: Event,
        patience: Deadline | None,
    ) -> AbstractAsyncContextManager[Begun]:
        """A subscription, as long as the block lasts."""


class Operations:
    """Those of one caller on one socket. At the end of the block all have ended."""

    def __init__(
        self,
        answer: SocketAnswer,
        caller: Caller,
        *,
        prepared: Callable[[Caller, GraphQLRequest, Event], Operation],
        subscribed: Subscribed,
        clock: Clock,
        watch: Watch,
        log: Log,
        socket: str,
    ) -> None:
        self._answer = answer
        self._caller = caller
        self._prepared = prepared
        self._subscribed = subscribed
        self._clock = clock
        self._watch = watch
        self._log = log
        self._socket = socket
        """Request id of the handshake."""
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for known in list(self._running):
            self.end(known)
        await asyncio.gather(*self._ending, return_exceptions=True)

    def begin(self, message: Subscribe) -> None:
        """Begin one.

        Raises:
            Closing: one of that id is under way.
        """
        if message.id in self._running:
            raise Closing(CloseCode.ALREADY, "An operation with that id is under way.")
        task = asyncio.ensure_future(self._run(message))
        self._running[message.id] = task
        task.add_done_callback(lambda done: self._forget(message.id, done))

    def end(self, known: str) -> None:
        """End one, silently: its client wants no more of it. One that is not under way may just have ended."""
        if task := self._running.pop(known, None):
            self._ending.add(task)
            task.cancel()

    async def finished(self, *, within: float) -> None:
        """Wait until all have ended by themselves, but not for longer than that many seconds."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=within)

    def _forget(self, known: str, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if self._running.get(known) is task:
            del self._running[known]

    async def _run(self, message: Subscribe) -> None:
        begun = self._clock.monotonic()
        event = Event(new_id(), self._log)
        event.add(socket=self._socket, client=self._caller.client_id, caller=self._caller.kind.value)
        telling = Telling(event, self._answer.language)
        status = 200
        try:
            await self._follow(message, event, telling)
        except RequestError as error:
            status = error.status
            await self._refuse(message.id, error, telling)
        except (CallerGone, asyncio.CancelledError):
            status = CALLER_GONE
            telling.break_off()
        except Exception:  # noqa: BLE001 - the last line of defence: the caller learns nothing, the operator all
            status = 500
            event.write_defect(sys.exception())
            await self._refuse(
                message.id, RequestError(500, INTERNAL, telling.language.say("errors", INTERNAL)), telling
            )
        finally:
            seconds = self._clock.monotonic() - begun
            event.write(status, seconds * 1000)
            self._watch.answered("subscription", status, seconds)

    async def _follow(self, message: Subscribe, event: Event, telling: Telling) -> None:
        request = from_members(message.payload)
        operation = self._prepared(self._caller, request, event)
        if not operation.is_subscription:
            raise RequestError(400, "BAD_REQUEST", "On a socket only subscriptions are taken. Ask by POST.")
        told = 0
        async with self._subscribed(self._caller, operation, request.variables, telling, event, None) as subscription:
            results = subscription.results
            try:
                if isinstance(results, ExecutionResult):
                    await self._say("next", message.id, telling.told(results), telling)
                else:
                    async for result in results:
                        await self._say("next", message.id, telling.told(result), telling)
                        told += 1
            finally:
                event.add(told=told)
        await self._answer.say({"type": "complete", "id": message.id})

    async def _refuse(self, known: str, error: RequestError, telling: Telling) -> None:
        error = await telling.refusing(error)
        with suppress(CallerGone):
            await self._say("error", known, error.formatted(), telling)

    async def _say(self, kind: str, known: str, payload: Any, telling: Telling) -> None:
        await telling.settle()
        await self._answer.say({"type": kind, "id": known, "payload": payload})
