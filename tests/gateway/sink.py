"""Where a gateway's log goes while a test looks at it: safe to read while the gateway writes in its own thread."""

import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from structlog.testing import capture_logs

WAIT_SECONDS = 10.0


class Sink:
    """The events so far, as the layers wrote them, with their level as ``log_level``."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[dict[str, Any]] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        """All of them, in the order of writing."""
        with self._changed:
            return list(self._events)

    def requests(self, number: int) -> list[dict[str, Any]]:
        """The events of that many requests. An event may be written after the answer has left: it is waited for."""

        def found() -> list[dict[str, Any]]:
            return [event for event in self._events if event["event"] == "request"]

        with self._changed:
            assert self._changed.wait_for(lambda: len(found()) >= number, WAIT_SECONDS), self._events
            return found()

    def wait_for(self, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first event of which that is true."""

        def found() -> dict[str, Any] | None:
            return next((event for event in self._events if true(event)), None)

        with self._changed:
            event = self._changed.wait_for(found, WAIT_SECONDS)
            assert event, self._events
            return event

    def __call__(self, _logger: Any, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """As a processor of structlog."""
        with self._changed:
            self._events.append({**event, "log_level": level})
            self._changed.notify_all()
        return event


@contextmanager
def listening() -> Iterator[Sink]:
    """All events of this process, as long as the block lasts."""
    sink = Sink()
    with capture_logs(processors=[sink]):
        yield sink
