"""How long nothing else could run while something did."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 0.5
"""Seconds that no body of a source may keep other requests waiting."""


async def unstalled(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; meanwhile others must have had their turn, often and for most of the time."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    begun = before = loop.time()
    longest = 0.0
    while not task.done():
        await asyncio.wait({task}, timeout=0.01)
        now = loop.time()
        longest, before = max(longest, now - before), now
    assert longest < MOST
    assert longest < 0.9 * (before - begun), "it ran from its beginning to its end without a pause"
    return await task
