"""One question to one source, and how it went: what the door writes down."""

from asyncio import Task
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from msgspec import Struct, structs

from connectors.contract import Answer, Outcome, Question, Refused, Shared, Source, SourceState
from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, WrongPerson
from connectors.records import Record

R = TypeVar("R", bound=Record)

_STATES: tuple[tuple[type[SourceError], SourceState], ...] = (
    (WrongPerson, SourceState.IDENTITY_MISMATCH),
    (Garbled, SourceState.INVALID_ANSWER),
    (Denied, SourceState.REFUSED),
    (TooSlow, SourceState.TIMED_OUT),
    (SourceError, SourceState.UNAVAILABLE),
)
_ANSWERED, _NO_RECORD, _INVALID = SourceState.ANSWERED, SourceState.NO_RECORD, SourceState.INVALID_ANSWER


class Asked(Struct, Generic[R], eq=False, kw_only=True):
    """A question about one citizen to one source, from the moment on when it is chosen or passed over."""

    source: Source
    question: Question[R]
    ref: str
    """Of the citizen."""
    asking: Task[None] | None = None
    """Ends when it is answered; ``None`` where nobody asked."""
    is_open: bool = False
    """Whether somebody asked who may know of everything that came."""
    records: tuple[R, ...] = ()
    outcome: Outcome | None = None
    """How it went; ``None`` while nobody knows."""
    told: Outcome | None = None
    """How it went, as far as the caller may know."""


async def until(asked: Asked[Any]) -> None:
    """Wait until it is answered."""
    if asked.outcome is None and asked.asking is not None:
        await Shared(asked.asking)


def is_complete(outcome: Outcome) -> bool:
    """Whether that source told all it holds."""
    return outcome.whole and outcome.state in (_ANSWERED, _NO_RECORD)


def answered(asked: Asked[R], answer: Answer[R], elapsed_ms: int) -> Outcome:
    """The source gave an answer."""
    count = len(answer.records)
    return Outcome(
        source=asked.source.info,
        about=asked.question.about,
        state=_INVALID if answer.dropped else _ANSWERED if count else _NO_RECORD,
        code=Garbled.code if answer.dropped else None,
        records=count,
        retrieved_at=answer.retrieved_at,
        elapsed_ms=elapsed_ms,
        whole=not answer.truncated and not answer.dropped,
    )


def failed(asked: Asked[Any], error: SourceError, elapsed_ms: int, now: datetime) -> Outcome:
    """The source gave none."""
    patience: timedelta | None = error.retry_after if isinstance(error, Overloaded) else None
    return Outcome(
        source=asked.source.info,
        about=asked.question.about,
        state=next(state for kind, state in _STATES if isinstance(error, kind)),
        code=error.code,
        retryable=error.retryable,
        retry_after=None if patience is None else now + patience,
        elapsed_ms=elapsed_ms,
    )


def refused(why: Refused, source: Source, question: Question[R]) -> Outcome:
    """The source was not asked, for there is no grant."""
    return Outcome(source=source.info, about=question.about, state=why.state, code="FORBIDDEN", retryable=why.retryable)


def not_asked(source: Source, question: Question[R]) -> Outcome:
    """The source was passed over."""
    return Outcome(source=source.info, about=question.about, state=SourceState.NOT_ASKED, retryable=True)


def veiled(outcome: Outcome, shown: int) -> Outcome:
    """The outcome as whoever does not see everything may know it: it tells only of what is shown."""
    state = outcome.state
    if state in (_ANSWERED, _NO_RECORD):
        state = _ANSWERED if shown else _NO_RECORD
    return structs.replace(outcome, state=state, records=shown, restricted=True)
