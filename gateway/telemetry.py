"""One event per request, to which the layers add what they know; and the set-up of the log.

An event is one line of JSON on standard output. It never holds a name, a citizen's number, a token, a clinical value
or an address of a source: citizens appear by their keyed reference only, and texts from outside are bounded and
escaped by JSON itself, so that no caller can write a line of their own. A defect is told by its type and its place in
our code; the text of an exception and the variables around it may be anybody's data, and are not written.
"""

import asyncio
import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, MutableMapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import orjson
import structlog

from connectors.clock import SystemClock
from connectors.contract import Call, Outcome
from connectors.errors import SourceError
from gateway.outlet import Outlet
from resolvers.noted import Fault
from resolvers.sections import SECTION_OF

Log = structlog.typing.FilteringBoundLogger

_PERSONAL_NUMBER = re.compile(r"\d{9,}")
_ROOT = Path(__file__).parents[1]
_CLOCK = SystemClock()


def set_up(*, level: str = "info") -> None:
    """Write every log, ours and the libraries', as lines of JSON."""
    outlet = Outlet(sys.stdout)
    Event.is_written = logging.getLevelNamesMapping()[level.upper()] <= logging.INFO
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: outlet,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(outlet)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.processors.add_log_level, dated, told_by_place],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def dated(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the time, which is put into words with the line."""
    event["timestamp"] = _CLOCK.now()
    return event


def told_by_place(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the types of an exception and its causes, and the lines they came by, where the exception was."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else None
    if given is True:
        error = sys.exception()
    if error is not None:
        event["exception"] = _story(error)
    return event


def _line(logger: Any, level: str, event: MutableMapping[str, Any]) -> str:
    """The line of an event, with level and time."""
    event["level"] = level
    return _json(dated(logger, level, told_by_place(logger, level, event)), default=repr)


def _json(event: object, *, default: Callable[[object], object]) -> str:
    """One line of plain ASCII, whatever stands in it: no terminal and no reader of logs sees an end of line in it."""
    try:
        told = orjson.dumps(event, default=default, option=orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError:  # such as half a character, or a very large number
        told = b"\xff"
    return told.decode() if told.isascii() else json.dumps(event, default=partial(_worded, default))


def _worded(otherwise: Callable[[object], object], value: object) -> object:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else otherwise(value)


def note_loop_defect(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody awaited went wrong. The loop's own sentence would quote the exception."""
    error = context.get("exception")
    structlog.get_logger().error("defect", where="event loop", exc_info=error if error is not None else None)


class Event:
    """What happened in one request. Begun at the door, written once at the end."""

    is_written: ClassVar[bool] = True
    """Whether the level is one at which lines of requests are written; where it is not, none is put together."""

    def __init__(self, request_id: str, log: Log) -> None:
        self.request_id = request_id
        self._log = log
        self._fields: dict[str, Any] = {}
        self._outcomes: Iterable[Outcome] | None = None
        self._faults: Iterable[Fault] = ()
        self._calls: Iterable[Call] = ()

    def add(self, **fields: Any) -> None:
        """Add what a layer knows."""
        self._fields.update(fields)

    def add_operation(self, name: str | None, document: str) -> None:
        """Add what is executed: the name that the caller gave it, and the hash of its document."""
        self._fields["operation"] = name
        self._fields["document"] = document

    def add_outcomes(self, outcomes: Iterable[Outcome], faults: Iterable[Fault], calls: Iterable[Call] = ()) -> None:
        """Add how it went with the sources.

        Args:
            outcomes: one for each question.
            faults: for the operator alone, why some failed.
            calls: the ids by which an exchange platform knows those that it carried.
        """
        self._outcomes, self._faults, self._calls = outcomes, faults, calls

    def write_defect(self, error: BaseException | None, *, path: Iterable[str | int] = ()) -> None:
        """Write a mistake of ours at once, in a line of its own: what went wrong, and at which field."""
        field = _PERSONAL_NUMBER.sub("…", ".".join(str(step) for step in path))
        self._log.error("defect", request_id=self.request_id, field=field, exc_info=error)

    def write_change(self) -> None:
        """Write the line of one change that a subscription heard of: whom its right was asked of."""
        if self.is_written:
            self._log.info("change", request_id=self.request_id, **self._told())

    def write(self, status: int, elapsed_ms: float) -> None:
        """Write the line."""
        if self.is_written:
            told = self._told()
            self._log.info("request", request_id=self.request_id, status=status, ms=round(elapsed_ms, 1), **told)

    def _told(self) -> dict[str, Any]:
        """All that is known, in words that may be written."""
        told = self._fields
        if "document" in told:
            name = told["operation"]
            told["operation"] = None if name is None else _PERSONAL_NUMBER.sub("…", name)
            told["document"] = told["document"][:16]
        if self._outcomes is not None:
            told["sources"] = [
                {
                    "source": outcome.source.id,
                    "section": SECTION_OF[outcome.about]._value_,  # Enum's own ``value`` is computed each time
                    "state": outcome.state._value_,
                    "ms": outcome.elapsed_ms,
                }
                for outcome in self._outcomes
            ]
        if reasons := [f"{fault.source}/{fault.about}: {reason(fault.error)}" for fault in self._faults]:
            told["faults"] = reasons
        if carried := [f"{call.source}/{call.id}" for call in self._calls]:
            told["calls"] = carried
        return told


def reason(error: Exception) -> str:
    """Our own errors hold our own words; of all others only the place is told."""
    if isinstance(error, SourceError):
        return f"{type(error).__name__}: {error}"
    return _story(error)[-1]


def _story(error: BaseException) -> list[str]:
    """From the first cause to the last: each type with the way it came by."""
    told: list[str] = []
    current: BaseException | None = error
    while current is not None and len(told) < 10:
        told.insert(0, f"{type(current).__name__} at {_way(current.__traceback__)}")
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden
    return told


def _way(trace: TracebackType | None) -> str:
    return " > ".join(f"{_place(frame.filename)}:{frame.lineno}" for frame in traceback.extract_tb(trace)) or "nowhere"


def _place(filename: str) -> str:
    path = Path(filename)
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.name
