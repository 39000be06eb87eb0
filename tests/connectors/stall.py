"""How long nothing else could run while something did."""

import asyncio
import gc
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 0.5
"""Seconds of this process's own work during which a body of a source may keep other requests waiting."""


async def unstalled(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; meanwhile others must have had their turn, often and for most of the time.

    Time is what this process itself worked: what other processes of the machine took from it is no stall of ours, nor
    is what the collector of garbage has to do with everything that other tests left alive.
    """
    gc.collect()
    gc.freeze()
    try:
        return await _unstalled(work)
    finally:
        gc.unfreeze()


async def _unstalled(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    begun = before = time.process_time()
    longest = 0.0
    while not task.done():
        await asyncio.wait({task}, timeout=0.01)
        now = time.process_time()
        longest, before = max(longest, now - before), now
    assert longest < MOST
    assert longest < 0.9 * (before - begun), "it ran from its beginning to its end without a pause"
    return await task
