"""The door: everybody at once, one outcome each, and nothing that one source does reaches another."""

import asyncio
import gc
import weakref
from datetime import timedelta
from traceback import extract_tb
from typing import Any

import pytest
from msgspec import structs

from connectors.contract import Answer, Question, SourceState
from connectors.errors import Denied, Garbled, Overloaded, TooSlow, Unavailable, WrongPerson
from connectors.records import Allergy, Condition, SourceHealth, SourceInfo
from resolvers.federation import Federation
from resolvers.locating import Directory, Named
from resolvers.wanting import Wanted
from tests.resolvers.world import NOW, REFUSED, SUBJECT, Failing, FalseSource, condition, for_ever, grant, inquiry

QUESTION = Question(about=Condition)


@pytest.mark.parametrize(
    ("error", "state", "code", "retryable"),
    [
        (Unavailable("x"), SourceState.UNAVAILABLE, "SOURCE_UNAVAILABLE", True),
        (TooSlow("x"), SourceState.TIMED_OUT, "GATEWAY_TIMEOUT", True),
        (Denied("x"), SourceState.REFUSED, "SOURCE_DENIED", False),
        (Garbled("x"), SourceState.INVALID_ANSWER, "SOURCE_INVALID_RESPONSE", False),
        (WrongPerson("x"), SourceState.IDENTITY_MISMATCH, "WRONG_PATIENT", False),
        (Failing("x"), SourceState.UNAVAILABLE, "SOURCE_UNAVAILABLE", False),
        (KeyError("a defect of a kind"), SourceState.UNAVAILABLE, "SOURCE_UNAVAILABLE", False),
    ],
)
async def test_every_failure_is_one_outcome_and_costs_only_its_own_records(
    error: Exception, state: SourceState, code: str, *, retryable: bool
) -> None:
    """The other source's record is there; the failing one has a state, a code, and a fault for the operator."""
    good, bad = FalseSource("good", {Condition: [condition("1")]}), FalseSource("bad", {Condition: error})
    federation = Federation(Directory([bad, good]), inquiry())
    found = await federation.ask(QUESTION, grant(Condition))

    assert [record.id for record in found.records] == ["1"]
    assert not found.complete
    failed, answered = found.outcomes
    assert (failed.state, failed.code, failed.retryable) == (state, code, retryable)
    assert answered.state is SourceState.ANSWERED
    assert [(fault.source, fault.error) for fault in federation.faults] == [("bad", error)]
    assert (bad.info.health, good.info.health) == (SourceHealth.FAILING, SourceHealth.UP)


async def test_a_source_of_which_a_part_rests_is_degraded_when_it_answers() -> None:
    """Up would hide that some of its records are not asked for just now."""
    source = FalseSource("a", {Condition: [condition("1")], Allergy: Unavailable("x")})
    source.info.resting = frozenset({"Allergy"})
    federation = Federation(Directory([source]), inquiry())
    healths = []
    for question in (QUESTION, Question(about=Allergy)):
        await federation.ask(question, grant(question.about))
        healths.append(source.info.health)
    assert healths == [SourceHealth.DEGRADED, SourceHealth.FAILING]


async def test_a_source_that_asks_for_patience_is_told_with_the_time() -> None:
    """Retry-After counts from our clock."""
    busy = FalseSource("busy", {Condition: Overloaded("429", retry_after=timedelta(seconds=7))})
    found = await Federation(Directory([busy]), inquiry()).ask(QUESTION, grant(Condition))

    assert found.outcomes[0].retry_after == NOW + timedelta(seconds=7)


async def test_nothing_on_record_is_complete_and_nobody_to_ask_is_not() -> None:
    """An empty list is the truth only when somebody said so."""
    empty = Federation(Directory([FalseSource("a", {Condition: []})]), inquiry())
    found = await empty.ask(QUESTION, grant(Condition))
    assert found.complete
    assert found.outcomes[0].state is SourceState.NO_RECORD

    nobody = Federation(Directory([FalseSource("a", {Allergy: []})]), inquiry())
    assert not (await nobody.ask(QUESTION, grant(Condition))).complete


@pytest.mark.parametrize("short", [{"truncated": True}, {"dropped": 1}])
async def test_an_answer_that_lacks_records_is_never_complete(short: dict[str, Any]) -> None:
    """Cut off at a bound, or with a record that could not be read."""

    async def partly() -> Answer[Condition]:
        return Answer(records=(condition("1"),), retrieved_at=NOW, **short)

    found = await Federation(Directory([FalseSource("a", {Condition: partly})]), inquiry()).ask(
        QUESTION, grant(Condition)
    )

    assert len(found.records) == 1
    assert not found.complete


async def test_the_same_question_goes_to_a_source_once_per_request() -> None:
    """Equal questions share one call; another slice or another citizen is another question."""
    source = FalseSource("a", {Condition: [condition("1")]})
    federation = Federation(Directory([source]), inquiry())
    other = grant(Condition, subject=type(SUBJECT)(ref="b" * 32, personal_id="079187998113"))
    await asyncio.gather(
        federation.ask(QUESTION, grant(Condition)),
        federation.ask(Question(about=Condition), grant(Condition)),
        federation.ask(Question(about=Condition, category="x"), grant(Condition)),
        federation.ask(QUESTION, other),
    )

    assert len(source.asked) == 3
    assert len(federation.outcomes()) == 3


async def test_all_sources_are_asked_together() -> None:
    """Each waits for the other to have been asked: one after the other would never end."""
    meeting = asyncio.Barrier(2)

    async def meet() -> list[Condition]:
        await meeting.wait()
        return []

    sources = [FalseSource(key, {Condition: meet}) for key in ("a", "b")]
    found = await Federation(Directory(sources), inquiry()).ask(QUESTION, grant(Condition))

    assert found.complete


async def test_f02_a_silent_source_is_given_up_at_its_own_deadline() -> None:
    """The door ends the call even when the kind would not."""
    silent = FalseSource("silent", {Condition: for_ever}, deadline=0.01)
    quick = FalseSource("quick", {Condition: [condition("1")]})
    found = await Federation(Directory([silent, quick]), inquiry()).ask(QUESTION, grant(Condition))

    assert [outcome.state for outcome in found.outcomes] == [SourceState.TIMED_OUT, SourceState.ANSWERED]
    assert len(found.records) == 1


async def test_the_requests_deadline_is_never_exceeded_by_a_sources_own() -> None:
    """Limits nest: a source that was given a minute is given up with the request."""
    silent = FalseSource("silent", {Condition: for_ever}, deadline=60)
    found = await Federation(Directory([silent]), inquiry(seconds=0.01)).ask(QUESTION, grant(Condition))

    assert found.outcomes[0].state is SourceState.TIMED_OUT


async def test_without_a_grant_nobody_is_asked_and_the_outcome_says_so() -> None:
    """What is not permitted does not look like nothing."""
    source = FalseSource("a", {Condition: [condition("1")]})
    found = await Federation(Directory([source]), inquiry()).ask(QUESTION, REFUSED)

    assert not source.asked
    assert not found.complete
    assert found.outcomes[0].state is SourceState.NOT_PERMITTED


async def test_the_order_of_outcomes_is_that_of_the_configuration_whoever_answers_first() -> None:
    """The same request has the same answer."""
    last_word = asyncio.Event()

    async def late() -> list[Condition]:
        await last_word.wait()
        return [condition("late")]

    async def early() -> list[Condition]:
        last_word.set()
        return [condition("early")]

    federation = Federation(
        Directory([FalseSource("a", {Condition: late}), FalseSource("b", {Condition: early})]), inquiry()
    )
    found = await federation.ask(QUESTION, grant(Condition))

    assert [outcome.source.id for outcome in found.outcomes] == ["a", "b"]
    assert [outcome.source.id for outcome in federation.outcomes()] == ["a", "b"]


async def test_the_end_of_the_request_ends_what_still_runs() -> None:
    """A caller who goes away leaves no question behind."""
    ended = asyncio.Event()

    async def until_cancelled() -> list[Condition]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return []

    request = inquiry()
    asked = Federation(Directory([FalseSource("a", {Condition: until_cancelled})]), request).ask(
        QUESTION, grant(Condition)
    )
    await asyncio.sleep(0)  # lets the question begin
    await request.close()

    assert ended.is_set()
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_a_grant_for_something_else_never_reaches_a_source() -> None:
    """A mistake of ours becomes a failure that the operator sees, not an answer."""
    source = FalseSource("a", {Condition: [condition("1")]})
    federation = Federation(Directory([source]), inquiry())
    found = await federation.ask(QUESTION, grant(Allergy))

    assert not found.records
    assert isinstance(federation.faults[0].error, PermissionError)


class _Withholding:
    """Withholds nothing, and might."""

    strict = False

    def kept(self, about: type[Any], records: Any, *, key: str) -> Any:
        return records

    def passes_over(self, source: SourceInfo) -> bool:
        return False


async def test_of_a_record_that_may_be_withheld_everything_is_wanted() -> None:
    """Any of its fields may tell what it is about; of others only what will be looked at."""
    source = FalseSource("a", {Condition: [condition("1")]})
    for restriction, wanted in ((None, {"severity"}), (_Withholding(), None)):
        federation = Federation(Directory([source]), inquiry())
        federation.wanted = Wanted(frozenset({"severity"}), is_all=True)
        await federation.ask(QUESTION, structs.replace(grant(Condition), restriction=restriction))
        asked = source.asked[-1].wanted
        assert asked is None if wanted is None else asked and asked >= wanted and "note" not in asked


async def test_how_it_went_is_not_told_before_it_is_known_what_may_be() -> None:
    """The field ``sources`` and the extensions of an answer would count records that are withheld."""
    source = FalseSource("a", {Condition: [condition("1")]})
    federation = Federation(Directory([source]), inquiry())
    asked = federation.ask(QUESTION, structs.replace(grant(Condition), restriction=_Withholding()))
    for _ in range(5):
        await asyncio.sleep(0)
    assert source.asked
    assert not federation.outcomes()

    found = await asked
    assert federation.outcomes() == list(found.outcomes) == await federation.settled(SUBJECT.ref)
    assert found.outcomes[0].restricted


async def test_whoever_waits_twice_gets_the_same() -> None:
    """What is put together can be put together again, whoever waited before."""
    for restriction in (None, _Withholding()):
        federation = Federation(Directory([FalseSource("a", {Condition: [condition("1")]})]), inquiry())
        asked = federation.ask(QUESTION, structs.replace(grant(Condition), restriction=restriction))
        assert await asked == await asked


async def test_whoever_gives_up_waiting_leaves_the_question_to_the_others() -> None:
    """Two lists of one request may wait for the same answer."""
    said = asyncio.Event()

    async def late() -> list[Condition]:
        await said.wait()
        return [condition("1")]

    federation = Federation(Directory([FalseSource("a", {Condition: late})]), inquiry())

    async def wait() -> int:
        return len((await federation.ask(QUESTION, grant(Condition))).records)

    impatient, patient = asyncio.ensure_future(wait()), asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    said.set()
    assert await patient == 1
    assert impatient.cancelled()


@pytest.mark.parametrize("restriction", [None, _Withholding()])
@pytest.mark.parametrize("named", [None, Named(("a",))])
async def test_a_door_is_freed_with_its_last_reference(restriction: Any, named: Named | None) -> None:
    """Whatever way a question took; what refers to itself would wait for a collection of the whole heap."""
    gc.collect()
    gc.disable()
    try:
        request = inquiry()
        source = FalseSource("a", {Condition: [condition("1")]})
        federation = Federation(Directory([source]), request)
        found = await federation.ask(QUESTION, structs.replace(grant(Condition), restriction=restriction), named)
        await federation.finish()
        await request.close()
        assert found.records
        gone = weakref.ref(federation)
        del federation, found, request
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("error", [Unavailable("away"), TypeError("a defect")])
async def test_so_is_one_whose_source_failed_with_the_answer_in_its_hands(error: Exception) -> None:
    """The way that a failure came by is told to the operator; what lay there is nobody's any more."""
    answers: list[weakref.ref[Any]] = []

    class Answered:
        """What came before it failed."""

    async def fail() -> Any:
        answered = Answered()
        answers.append(weakref.ref(answered))
        raise error

    gc.collect()
    gc.disable()
    try:
        request = inquiry()
        federation = Federation(Directory([FalseSource("a", {Condition: fail})]), request)
        await federation.ask(QUESTION, grant(Condition))
        await federation.finish()
        await request.close()
        (fault,) = federation.faults
        assert fault.error is error
        assert [frame.name for frame in extract_tb(error.__traceback__)][-1] == "fail"
        assert answers[0]() is None
        gone = weakref.ref(federation)
        del federation, request, fault
        assert gone() is None
    finally:
        gc.enable()
