"""Waits for the fields of a selection, as the library does, with less around it."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any


class Rest(partial[Coroutine[Any, Any, Any]]):
    """What is left to do for a field of which all that it waits for is under way: called, it is a coroutine."""


async def together(results: dict[str, Any], waiting: list[str]) -> dict[str, Any]:
    """Put the values in their places, all at once; one, or those that come by themselves, in turn.

    The first that fails ends the others, and is raised when all have ended; so it is when this is cancelled.

    Args:
        results: by name, with something to wait for in some places.
        waiting: the names of these.
    """
    coroutines = 0
    for name in waiting:
        coroutines += type(results[name]) is not Rest
    if not coroutines or len(waiting) == 1:
        for name in waiting:
            results[name] = await _coroutine(results[name])
        return results
    gathering = _Gathering([_coroutine(results[name]) for name in waiting])
    try:
        await gathering.done
    except (Exception, asyncio.CancelledError):
        await gathering.stop()
        raise
    for name, task in zip(waiting, gathering.tasks, strict=True):
        results[name] = task.result()
    return results


def _coroutine(value: Any) -> Coroutine[Any, Any, Any]:
    return value() if type(value) is Rest else value


class _Gathering:
    """Everything that is under way."""

    __slots__ = ("_left", "done", "tasks")

    def __init__(self, coroutines: list[Coroutine[Any, Any, Any]]) -> None:
        loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = loop.create_future()
        self.tasks = [loop.create_task(coroutine) for coroutine in coroutines]
        self._left = len(self.tasks)
        for task in self.tasks:
            task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """End all of it, and wait until it has ended."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._left -= 1
        if self.done.done():
            return
        if task.cancelled():
            self.done.set_exception(asyncio.CancelledError())
        elif (error := task.exception()) is not None:
            self.done.set_exception(error)
        elif not self._left:
            self.done.set_result(None)
