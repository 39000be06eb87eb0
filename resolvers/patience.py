"""One timer for all questions of a request: it ends those that are overdue, each at its own time."""

import asyncio
from typing import Any

_Running = asyncio.Task[Any]


class Patience:
    """How long each task may still take. As ``asyncio.timeout``, at the price of one timer for however many."""

    __slots__ = ("_alarm", "_due", "_loop", "_overdue")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._due: dict[_Running, float] = {}
        self._overdue: set[_Running] = set()
        self._alarm: asyncio.TimerHandle | None = None

    def begin(self, seconds: float) -> _Running:
        """The running task may take so many seconds from now. Gives that task, to be ended with."""
        # Looked up once: each time would be a call of the operating system.
        loop = self._loop = self._loop or asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("only a task can be given time")
        due = self._due[task] = loop.time() + seconds
        alarm = self._alarm
        if alarm is None or due < alarm.when():
            if alarm is not None:
                alarm.cancel()
            self._alarm = loop.call_at(due, self._ring)
        return task

    def end(self, task: _Running) -> bool:
        """The task is done with what it was given time for; whether it was stopped for being overdue, and for no more.

        Whoever else wants it to stop is heard as well: then this is False, and the task has to stop.
        """
        self._due.pop(task, None)
        if not self._overdue or task not in self._overdue:
            return False
        self._overdue.discard(task)
        return task.uncancel() == 0

    def close(self) -> None:
        """Let go of the timer: it stays set for whoever is begun next, whoever was the last to be done."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _ring(self) -> None:
        loop = asyncio.get_running_loop()
        alarm, self._alarm = self._alarm, None
        # The timer may ring a moment early, by the resolution of the loop's clock.
        now = max(loop.time(), alarm.when() if alarm else 0.0)
        for task in [task for task, due in self._due.items() if due <= now]:
            del self._due[task]
            self._overdue.add(task)
            task.cancel()
        if self._due:
            self._alarm = loop.call_at(min(self._due.values()), self._ring)
