"""Work that keeps a processor busy and waits for nothing: reading large bodies, making records of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from connectors.contract import Deadline
from connectors.errors import TooSlow

T = TypeVar("T")

SMALL = 256 * 1024
"""Bytes that are worked through where one is: JSON of this size in 10 ms, XML in 50 ms, a thread's hop apart."""


async def in_time(work: Awaitable[T], deadline: Deadline) -> T:
    """What ``work`` gives before the deadline.

    Raises:
        TooSlow: it did not.
    """
    try:
        async with asyncio.timeout(deadline.left()):
            return await work
    except TimeoutError:
        raise TooSlow("not read before the deadline") from None


async def off_loop(work: Callable[[], T], deadline: Deadline) -> T:
    """Run work in a thread: other requests go on meanwhile.

    Raises:
        TooSlow: it was not done before the deadline. It runs to its end, which its input bounds.
    """
    return await in_time(asyncio.to_thread(work), deadline)


async def aside(work: Callable[[], T], deadline: Deadline, *, size: int) -> T:
    """Run work here where ``size``, the bytes that it goes through, is small, and in a thread where it is not.

    Raises:
        TooSlow: as ``off_loop``.
    """
    return work() if size <= SMALL else await off_loop(work, deadline)
