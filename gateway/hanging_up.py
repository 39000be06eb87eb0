"""Nobody works for a caller who has hung up."""

import asyncio
from types import TracebackType

from starlette.types import Receive, Scope

from gateway.asgi import EXCHANGE, CallerGone, Exchanged


class UnlessGone:
    """Ends what is done in its block when the caller hangs up, so that no source works for nobody.

    Raises:
        CallerGone: from such a block.
    """

    __slots__ = ("_exchange", "_has_gone", "_receive", "_task", "_watching")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Nobody is watched yet.

        Args:
            scope: of the request.
            receive: hears of the caller, on a server that knows ASGI alone.
        """
        self._exchange: Exchanged | None = scope.get(EXCHANGE)
        self._receive = receive
        self._task = asyncio.current_task() if self._exchange is None else self._exchange.task
        self._watching: asyncio.Future[None] | None = None
        self._has_gone = False

    def __enter__(self) -> None:
        if self._exchange is not None:
            self._exchange.when_gone(self._stop)
            return
        self._watching = asyncio.ensure_future(_hangs_up(self._receive))
        self._watching.add_done_callback(self._ended)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._exchange is not None:
            self._exchange.when_gone(None)
        elif self._watching is not None:
            self._watching.remove_done_callback(self._ended)
            self._watching.cancel()
        # As ``asyncio.timeout`` does: whoever else wants this to end is heard as well.
        if self._has_gone and isinstance(error, asyncio.CancelledError) and self._task and self._task.uncancel() == 0:
            raise CallerGone from None

    def _stop(self) -> None:
        if self._task is not None:
            self._has_gone = True
            self._task.cancel()

    def _ended(self, watching: asyncio.Future[None]) -> None:
        if not watching.cancelled():
            watching.exception()  # looked at: whatever it is, nobody is there any more
            self._stop()


async def _hangs_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
