"""The thread that writes into an SQLite: one hop there and one back for a whole transaction.

It hands over more plainly than an executor does, and begins and ends a transaction in the driver's own words: what is
around a transaction is half of what it would be otherwise.
"""

import asyncio
import contextlib
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Engine

from gateway.store.compiled import said

T = TypeVar("T")
IN_TURN = "BEGIN IMMEDIATE"
"""A writer takes its turn at once: one that begins by reading could find that the turn is another's."""


class _Asked(Struct, frozen=True):
    """A transaction, and who waits for it."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"


class Writer:
    """One such thread, with a connection of its own that stays open while it serves."""

    def __init__(self, engine: Engine) -> None:
        """Prepare it; it begins with the first transaction.

        Args:
            engine: by which SQLAlchemy begins nothing: that is done here.
        """
        self._engine = engine
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._connection: Connection | None = None

    async def done(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` gives, in one transaction."""
        if self._thread is None:
            self._thread = Thread(target=self._serve, name=f"store {self._engine.url.database}", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._asked.put(_Asked(work, loop, done))
        try:
            return await done
        finally:
            del done  # a failure would hold it, and it the failure

    def close(self) -> None:
        """Wait for what was asked, and let go."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join()
            self._thread = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    def _serve(self) -> None:
        while (asked := self._asked.get()) is not None:
            if asked.done.cancelled():
                continue  # nobody waits for it any more, and nothing of it was begun
            given, error = None, None
            try:
                given = self._do(asked.work)
            except BaseException as raised:  # noqa: BLE001 - it is theirs who wait
                error = raised
            with contextlib.suppress(RuntimeError):  # their loop has ended, and they with it
                asked.loop.call_soon_threadsafe(_tell, asked.done, given, error)
            del asked, given, error

    def _do(self, work: Callable[[Connection], T]) -> T:
        connection, self._connection = self._connection or self._engine.connect(), None
        try:
            said(connection, IN_TURN)
            done = work(connection)
            if connection.in_transaction():  # the work spoke through SQLAlchemy, which keeps account of it
                connection.commit()
            else:
                said(connection, "COMMIT")
        except BaseException:
            # Whatever it was: the next one begins with a connection that nothing went wrong with.
            connection.invalidate()
            connection.close()
            raise
        self._connection = connection
        return done


def _tell(done: "asyncio.Future[Any]", given: object, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(given)
    else:
        done.set_exception(error)
