"""The threads in which SQLite works."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def no_worker_left() -> AsyncIterator[None]:
    """Wait in the end until the workers of connections that could not be opened have ended.

    Nobody else waits for them, and one that outlives its loop is told of as a defect of whatever test runs then.
    """
    before = set(threading.enumerate())
    yield
    workers = [new for new in set(threading.enumerate()) - before if "_connection_worker_thread" in new.name]
    await asyncio.gather(*(asyncio.to_thread(worker.join, 10) for worker in workers))
