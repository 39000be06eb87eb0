"""The one door to the sources: locate, ask together under one deadline, write down how it went.

Every question that is asked ends in exactly one outcome per source that could hold an answer. A source that fails
costs only its own records: nothing here raises.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Generic, TypeVar

from msgspec import Struct, structs

from connectors.contract import Answer, Grant, Inquiry, Outcome, Question, Source, SourceState
from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, WrongPerson
from connectors.records import Record, SourceHealth
from resolvers.locating import locate

R = TypeVar("R", bound=Record)

_STATES: tuple[tuple[type[SourceError], SourceState], ...] = (
    (WrongPerson, SourceState.IDENTITY_MISMATCH),
    (Garbled, SourceState.INVALID_ANSWER),
    (Denied, SourceState.REFUSED),
    (TooSlow, SourceState.TIMED_OUT),
    (SourceError, SourceState.UNAVAILABLE),
)


class Found(Struct, Generic[R], frozen=True):
    """What all sources together gave to one question, and how it went with each."""

    records: tuple[R, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def complete(self) -> bool:
        """Whether everything that could be known is here. Where nobody could be asked, nothing is known."""
        return bool(self.outcomes) and all(is_complete(outcome) for outcome in self.outcomes)


class Fault(Struct, frozen=True):
    """A source's failure, for the operator's eyes."""

    source: str
    about: str
    error: Exception


def is_complete(outcome: Outcome) -> bool:
    """Whether that source told all it holds."""
    return outcome.whole and outcome.state in (SourceState.ANSWERED, SourceState.NO_RECORD)


class Federation:
    """The door, for the length of one request."""

    def __init__(self, sources: Sequence[Source], inquiry: Inquiry) -> None:
        self.sources = sources
        self.faults: list[Fault] = []
        self._inquiry = inquiry
        self._outcomes: dict[tuple[str, str, Question[Record]], Outcome | None] = {}
        self._running: dict[str, list[Awaitable[object]]] = {}

    def ask(self, question: Question[R], grant: Grant | None) -> Awaitable[Found[R]]:
        """Ask every source that may hold such a record, all at once. The asking begins now, not when awaited.

        Without a grant nobody is asked, and the outcomes say so.
        """
        chosen = locate(self.sources, question)
        if grant is None:
            return _done(Found((), tuple(_not_permitted(source, question) for source in chosen)))
        asked = [
            self._inquiry.once(
                ("ask", source.info.id, question, grant.subject.ref), partial(self._ask_one, source, question, grant)
            )
            for source in chosen
        ]
        together = asyncio.ensure_future(_together(asked))
        self._running.setdefault(grant.subject.ref, []).append(together)
        return together

    def outcomes(self) -> list[Outcome]:
        """How it went so far, in the order of asking."""
        return [outcome for outcome in self._outcomes.values() if outcome is not None]

    async def settled(self, ref: str) -> list[Outcome]:
        """The outcomes for one citizen, once everything that was asked about them so far is answered."""
        await asyncio.gather(*self._running.get(ref, ()))
        return [outcome for key, outcome in self._outcomes.items() if key[0] == ref and outcome is not None]

    async def _ask_one(self, source: Source, question: Question[R], grant: Grant) -> tuple[tuple[R, ...], Outcome]:
        key = (grant.subject.ref, source.info.id, question)
        self._outcomes[key] = None  # keeps the order of asking, whoever answers first
        clock = self._inquiry.clock
        begun = clock.monotonic()
        records: tuple[R, ...] = ()
        try:
            async with asyncio.timeout(self._inquiry.deadline.within(source.deadline).left()):
                answer = await source.ask(question, grant, self._inquiry)
        except Exception as error:  # noqa: BLE001 - a defect in one kind must not cost the other sources' records
            outcome = self._failed(source, question, error)
        else:
            records, outcome = answer.records, _answered(source, question, answer)
        outcome = structs.replace(outcome, elapsed_ms=round((clock.monotonic() - begun) * 1000))
        source.info.health = _health(source, answered=bool(records) or is_complete(outcome))
        self._outcomes[key] = outcome
        return records, outcome

    def _failed(self, source: Source, question: Question[R], error: Exception) -> Outcome:
        known = error if isinstance(error, SourceError) else _translated(error)
        self.faults.append(Fault(source.info.id, question.about.__name__, error))
        return Outcome(
            source=source.info,
            about=question.about,
            state=next(state for kind, state in _STATES if isinstance(known, kind)),
            code=known.code,
            retryable=known.retryable,
            retry_after=self._inquiry.clock.now() + known.retry_after if isinstance(known, Overloaded) else None,
        )


def _health(source: Source, *, answered: bool) -> SourceHealth:
    if not answered:
        return SourceHealth.FAILING
    return SourceHealth.DEGRADED if source.info.resting else SourceHealth.UP


def _translated(error: Exception) -> SourceError:
    if isinstance(error, TimeoutError):
        return TooSlow("stopped at the door")
    return SourceError(f"defect: {type(error).__name__}")


def _answered(source: Source, question: Question[R], answer: Answer[R]) -> Outcome:
    whole = not answer.truncated and not answer.dropped
    if answer.dropped:
        state, code = SourceState.INVALID_ANSWER, Garbled.code
    else:
        state, code = (SourceState.ANSWERED if answer.records else SourceState.NO_RECORD), None
    return Outcome(
        source=source.info,
        about=question.about,
        state=state,
        code=code,
        records=len(answer.records),
        retrieved_at=answer.retrieved_at,
        whole=whole,
    )


def _not_permitted(source: Source, question: Question[R]) -> Outcome:
    return Outcome(source=source.info, about=question.about, state=SourceState.NOT_PERMITTED, code="FORBIDDEN")


async def _together(asked: Sequence[Awaitable[tuple[tuple[R, ...], Outcome]]]) -> Found[R]:
    results = await asyncio.gather(*asked)
    return Found(
        tuple(record for records, _ in results for record in records), tuple(outcome for _, outcome in results)
    )


async def _done(found: Found[R]) -> Found[R]:
    return found
