"""Every question of one request, put to every source once, and how it went with each: nothing here raises."""

import asyncio
from collections.abc import Iterable
from traceback import clear_frames
from typing import Any, TypeVar

from connectors.contract import Grant, Inquiry, Outcome, Question, Source, SourceState
from connectors.errors import SourceError, TooSlow
from connectors.records import FoundBy, Record, SourceHealth
from resolvers import deviations
from resolvers.access.account import Account
from resolvers.asked import Asked, answered, failed, is_complete, not_asked, until
from resolvers.noted import Fault, Noted
from resolvers.patience import Patience
from resolvers.pointing import Pointing

R = TypeVar("R", bound=Record)

_BY_POINTERS, _ANSWERED = FoundBy.POINTERS, SourceState.ANSWERED
_UP, _RESTING, _FAILING = SourceHealth.UP, SourceHealth.DEGRADED, SourceHealth.FAILING


class Questions:
    """The questions of one request."""

    def __init__(
        self, inquiry: Inquiry, account: Account, pointing: Pointing, noted: Noted, patience: Patience
    ) -> None:
        """Nothing is asked yet.

        Args:
            inquiry: under whose deadline all is asked.
            account: where it is noted who was asked about whom.
            pointing: measured by what is found.
            noted: for the operator.
            patience: ends a question that takes too long.
        """
        self._inquiry = inquiry
        self._account = account
        self._pointing = pointing
        self._noted = noted
        self._patience = patience
        self._asked: dict[tuple[str, str, Question[Any]], Asked[Any]] = {}
        """In the order of asking."""

    def put(self, sources: Iterable[Source], question: Question[R], grant: Grant) -> list[Asked[R]]:
        """Put it to these sources at once; whoever has been asked the same in this request is not asked again."""
        ref, is_open = grant.subject.ref, grant.restriction is None
        begun: list[Asked[R]] = []
        for source in sources:
            key = ref, source.info.id, question
            asked = self._asked.get(key)
            if asked is None:
                asked = self._asked[key] = Asked(source=source, question=question, ref=ref)
            if asked.asking is None:
                self._account.sent(grant, source.info.id)
                asked.asking = self._inquiry.begin(self._ask_one(asked, grant))
            if is_open:
                asked.is_open = True
                asked.told = asked.told or asked.outcome
            begun.append(asked)
        return begun

    def pass_over(self, source: Source, question: Question[Any], ref: str) -> Outcome:
        """Write down that a source that could hold something about that citizen is not asked."""
        outcome = not_asked(source, question)
        passed_over = Asked(source=source, question=question, ref=ref, outcome=outcome, told=outcome)
        self._asked.setdefault((ref, source.info.id, question), passed_over)
        return outcome

    def tell(self, outcome: Outcome, question: Question[Any], ref: str) -> None:
        """Write down how it went with that question as far as the caller may know."""
        self._asked[ref, outcome.source.id, question].told = outcome

    def outcomes(self) -> list[Outcome]:
        """How it went so far, as far as the caller may know, in the order of asking."""
        return [one.told for one in self._asked.values() if one.told is not None]

    async def settled(self, ref: str) -> list[Outcome]:
        """The outcomes for one citizen, once everything that was asked about them so far is answered."""
        while asked := next((one for one in self._asked.values() if one.ref == ref and not one.outcome), None):
            await until(asked)
        return [one.told for one in self._asked.values() if one.ref == ref and one.told is not None]

    async def _ask_one(self, asked: Asked[R], grant: Grant) -> None:
        inquiry, source, task, patience = self._inquiry, asked.source, asked.asking, self._patience
        if task is None:
            raise RuntimeError("only a task can be given time")
        monotonic = inquiry.clock.monotonic
        begun = monotonic()
        left, answer = inquiry.deadline.at - begun, None
        patience.begin(task, min(source.deadline, left))
        try:
            answer = await source.ask(asked.question, grant, inquiry)
        except asyncio.CancelledError:
            if not patience.end(task):
                raise
            error: Exception = TimeoutError()
        except Exception as caught:  # noqa: BLE001 - a defect in one kind must not cost the other sources' records
            patience.end(task)
            error = caught
        else:
            patience.end(task)
        elapsed_ms, info = round((monotonic() - begun) * 1000), source.info
        if answer is None:
            outcome = self._failed(asked, error, elapsed_ms)
        else:
            outcome, asked.records = answered(asked, answer, elapsed_ms), answer.records
            if found := deviations.of_answer(info.id, asked.question, answer):
                self._noted.deviations += found
        asked.outcome = outcome
        if asked.is_open:
            asked.told = outcome
        healthy = _RESTING if info.resting else _UP
        info.health = healthy if outcome.records or is_complete(outcome) else _FAILING
        if info.found_by is _BY_POINTERS and outcome.state is _ANSWERED:
            self._pointing.measure(asked)

    def _failed(self, asked: Asked[R], error: Exception, elapsed_ms: int) -> Outcome:
        known = error if isinstance(error, SourceError) else _translated(error)
        source, about = asked.source.info.id, asked.question.about
        _let_go(error)
        self._noted.faults.append(Fault(source, about.__name__, error))
        self._noted.deviations += deviations.of_error(source, asked.question, known)
        return failed(asked, known, elapsed_ms, self._inquiry.clock.now())


def _let_go(error: BaseException) -> None:
    """Keep the way that an error came by, and nothing of what lies there: answers, and the door that keeps the error.

    Else all of it would wait, with the citizen's data, for a collection of the whole heap.
    """
    trace = error.__traceback__
    if trace is not None:
        clear_frames(trace)
        error.__traceback__ = trace.tb_next  # from the door on


def _translated(error: Exception) -> SourceError:
    if isinstance(error, TimeoutError):
        return TooSlow("stopped at the door")
    return SourceError(f"defect: {type(error).__name__}")
