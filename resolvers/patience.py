"""One timer for all questions of all requests: it ends those that are overdue, each at its own time."""

import asyncio
import math
from contextvars import Context
from typing import Any

_Running = asyncio.Task[Any]


class Patience:
    """How long each task may still take. As ``asyncio.timeout``, at the price of one timer for however many.

    The timer stays set when a task is done: it serves whoever is begun next, who as a rule may take longer. So hardly
    any task sets one. It holds none that is done.
    """

    __slots__ = ("_alarm", "_context", "_due", "_overdue", "_rings")

    def __init__(self) -> None:
        self._due: dict[_Running, float] = {}
        self._overdue: set[_Running] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._rings = math.inf
        """By the loop's clock, when the timer rings."""
        # The timer outlives whoever set it: nothing of theirs is to be kept with it.
        self._context = Context()

    def begin(self, task: _Running, seconds: float) -> None:
        """The task, which is running, may take so many seconds from now."""
        loop = task.get_loop()
        due = self._due[task] = loop.time() + seconds
        if due < self._rings:
            self._set(loop, due)

    def end(self, task: _Running) -> bool:
        """The task is done with what it was given time for; whether it was stopped for being overdue, and for no more.

        Whoever else wants it to stop is heard as well: then this is False, and the task has to stop.
        """
        self._due.pop(task, None)
        if not self._overdue or task not in self._overdue:
            return False
        self._overdue.discard(task)
        return task.uncancel() == 0

    def _set(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._rings = due
        self._alarm = loop.call_at(due, self._ring, loop, context=self._context)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        # The timer may ring a moment early, by the resolution of the loop's clock.
        now = max(loop.time(), self._rings)
        self._alarm, self._rings = None, math.inf
        for task in [task for task, due in self._due.items() if due <= now]:
            del self._due[task]
            self._overdue.add(task)
            task.cancel()
        if self._due:
            self._set(loop, min(self._due.values()))
