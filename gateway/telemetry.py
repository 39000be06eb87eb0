"""One event per request, to which the layers add what they know; and the set-up of the log.

An event is one line of JSON on standard output. It never holds a name, a citizen's number, a token, a clinical value
or an address of a source: citizens appear by their keyed reference only, and texts from outside are bounded and
escaped by JSON itself, so that no caller can write a line of their own.
"""

import logging
import sys
from collections.abc import Iterable
from typing import Any

import structlog

from connectors.contract import Outcome
from resolvers.federation import Fault
from resolvers.sections import SECTION_OF

Log = structlog.typing.FilteringBoundLogger


def set_up(*, level: str = "info") -> None:
    """Write every log, ours and the libraries', as lines of JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.dict_tracebacks,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


class Event:
    """What happened in one request. Begun at the door, written once at the end."""

    def __init__(self, request_id: str, log: Log) -> None:
        self.request_id = request_id
        self._log = log
        self._fields: dict[str, Any] = {}

    def add(self, **fields: Any) -> None:
        """Add what a layer knows."""
        self._fields.update(fields)

    def add_outcomes(self, outcomes: Iterable[Outcome], faults: Iterable[Fault]) -> None:
        """Add how it went with the sources, and for the operator alone, why some failed."""
        self._fields["sources"] = [
            {
                "source": outcome.source.id,
                "section": SECTION_OF[outcome.about].value,
                "state": outcome.state.value,
                "ms": outcome.elapsed_ms,
            }
            for outcome in outcomes
        ]
        if reasons := [
            f"{fault.source}/{fault.about}: {type(fault.error).__name__}: {fault.error}" for fault in faults
        ]:
            self._fields["faults"] = reasons

    def write(self, status: int, elapsed_ms: float) -> None:
        """Write the line."""
        self._log.info("request", request_id=self.request_id, status=status, ms=round(elapsed_ms, 1), **self._fields)
