"""A source that is asked once for many, and whose answers are kept for some seconds."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.backends import BoundedMemory
from connectors.caching import CachingSource
from connectors.contract import Answer, Purpose, Question, Subject
from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, Unavailable, WrongPerson
from connectors.records import Allergy, Condition, Record
from connectors.vault import Vault
from tests.connectors.false_source import AN, BINH, FalseSource, allergy, grant, inquiry
from tests.connectors.serving import PATIENCE
from tests.sandbox.eid.held_clock import HeldClock

SECONDS = 30.0


class World:
    """A false source whose answers are kept for half a minute."""

    def __init__(self, **answer: Any) -> None:
        self.clock = HeldClock()
        self.inner = FalseSource(self.clock, **answer)
        self.vault = Vault(BoundedMemory(1_000_000), secret=b"s" * 32, clock=self.clock)
        self.source = CachingSource(self.inner, SECONDS, self.vault)

    async def ask(
        self, subject: Subject = AN, about: type[Record] = Allergy, *, seconds: float = PATIENCE, **how: Any
    ) -> Answer[Any]:
        return await self.source.ask(Question(about=about), grant(subject, **how), inquiry(self.clock, seconds))

    async def all_waiting(self, *callers: "asyncio.Task[Any]") -> None:
        """Until the source is asked and every caller had its turn to come to a halt."""
        async with asyncio.timeout(PATIENCE):
            await self.inner.busy.wait()
        for _ in callers:
            await asyncio.sleep(0)  # a turn of the event loop, no time

    def held(self, count: int, **how: Any) -> "list[asyncio.Task[Answer[Any]]]":
        """Callers who wait for a source that does not answer yet."""
        self.inner.open.clear()
        return [asyncio.ensure_future(self.ask(**how)) for _ in range(count)]


async def test_a_question_that_was_answered_a_moment_ago_is_not_asked_again() -> None:
    """And every record says so, with the time at which it was really read."""
    world = World()
    first = await world.ask()
    world.clock.pass_seconds(10)
    second = await world.ask()
    assert world.inner.asked == ["ref-an"]
    assert second.retrieved_at == first.retrieved_at == world.clock.now() - timedelta(seconds=10)
    ((then,), (now,)) = (record.provenance for answer in (first, second) for record in answer.records)
    assert (then.from_cache, now.from_cache) == (False, True)
    assert now.source is world.source.info
    assert now.retrieved_at == then.retrieved_at


async def test_after_its_seconds_it_is_asked_again() -> None:
    world = World()
    await world.ask()
    world.clock.pass_seconds(SECONDS)
    again = await world.ask()
    assert len(world.inner.asked) == 2
    assert not again.records[0].provenance[0].from_cache


async def test_that_nothing_is_on_record_is_remembered_too() -> None:
    world = World(records=())
    assert [(await world.ask()).records for _ in range(2)] == [(), ()]
    assert len(world.inner.asked) == 1


@pytest.mark.parametrize("short", [{"truncated": True}, {"dropped": 1}])
async def test_an_answer_that_lacks_records_is_not_kept(short: dict[str, Any]) -> None:
    """The next one may be whole."""
    world = World(**short)
    await world.ask()
    await world.ask()
    assert len(world.inner.asked) == 2


@pytest.mark.parametrize("error", [Unavailable, Garbled, Denied, TooSlow])
async def test_an_error_is_kept_for_nobody(error: type[SourceError]) -> None:
    world = World()
    world.inner.error = lambda: error("x")
    for _ in range(2):
        with pytest.raises(error):
            await world.ask()
    world.inner.error = None
    assert (await world.ask()).records
    assert len(world.inner.asked) == 3


async def test_a81_another_citizen_class_or_purpose_is_another_question() -> None:
    world = World()
    await world.ask()
    await world.ask(BINH)
    await world.ask(about=Condition)
    await world.ask(purpose=Purpose.REPRESENTATION)
    assert len(world.inner.asked) == 4


# ------------------------------------------------------------------------------------------- many at once


async def test_f21_fifty_who_ask_at_once_are_one_call() -> None:
    """All get the answer, and it was kept for none of them: it is read just now."""
    world = World()
    callers = world.held(50)
    await world.all_waiting(*callers)
    world.inner.open.set()
    answers = await asyncio.gather(*callers)
    assert len(world.inner.asked) == 1
    assert {record.provenance[0].from_cache for answer in answers for record in answer.records} == {False}


@pytest.mark.parametrize(
    "error", [lambda: Unavailable("x"), lambda: Garbled("x"), lambda: Overloaded("x", retry_after=timedelta(1))]
)
async def test_f21_an_error_is_shared_by_those_who_wait_for_it(error: Callable[[], SourceError]) -> None:
    """Fifty who ask an ailing source do not make fifty calls of it."""
    world = World()
    world.inner.error = error
    callers = world.held(50)
    await world.all_waiting(*callers)
    world.inner.open.set()
    ends = await asyncio.gather(*callers, return_exceptions=True)
    assert {type(end) for end in ends} == {type(error())}
    assert len(world.inner.asked) == 1


async def test_a76_whoever_asked_first_may_hang_up_and_the_next_takes_over() -> None:
    """The first call is let go of with its caller; the others are served by one of them."""
    world = World()
    first, *others = callers = world.held(10)
    await world.all_waiting(*callers)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await world.all_waiting(*others)
    assert (len(world.inner.asked), world.inner.now) == (2, 1)
    world.inner.open.set()
    answers = await asyncio.gather(*others)
    assert all(answer.records for answer in answers)
    assert len(world.inner.asked) == 2


async def test_a76_when_all_hang_up_nobody_is_kept_busy() -> None:
    world = World()
    callers = world.held(10)
    await world.all_waiting(*callers)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    assert world.inner.now == 0
    world.inner.open.set()
    assert (await world.ask()).records


async def test_who_waits_for_another_keeps_to_a_deadline_of_their_own() -> None:
    world = World()
    patient = world.held(1)
    await world.all_waiting(*patient)
    with pytest.raises(TooSlow):
        await world.ask(seconds=0.02)
    world.inner.open.set()
    assert (await patient[0]).records


async def test_one_who_had_no_time_does_not_spoil_it_for_those_who_have() -> None:
    """The first caller's deadline is not the others'."""
    world = World()
    world.inner.open.clear()
    hasty = asyncio.ensure_future(world.ask(seconds=0.5))
    await world.all_waiting(hasty)
    patient = asyncio.ensure_future(world.ask(seconds=60))
    await world.all_waiting(patient)
    world.inner.takes = 0.5
    world.inner.error = lambda: TooSlow("x")
    world.inner.open.set()
    with pytest.raises(TooSlow):
        await hasty
    world.inner.error = None
    assert (await patient).records
    assert len(world.inner.asked) == 2


async def test_a_defect_is_not_shared() -> None:
    """Whoever leads learns of it; the others try for themselves."""
    world = World()
    world.inner.error = lambda: KeyError("a defect")
    callers = world.held(3)
    await world.all_waiting(*callers)
    world.inner.open.set()
    ends = await asyncio.gather(*callers, return_exceptions=True)
    assert {type(end) for end in ends} == {KeyError}
    assert len(world.inner.asked) == 3


# ------------------------------------------------------------------------------------------- the right person


async def test_f13_an_answer_about_somebody_else_purges_what_is_kept_about_the_citizen() -> None:
    """Who is mixed up now may have been mixed up before; other citizens keep theirs."""
    world = World()
    await world.ask()
    await world.ask(BINH)
    world.inner.error = lambda: WrongPerson("x")
    with pytest.raises(WrongPerson):
        await world.ask(about=Condition)
    world.inner.error = None
    await world.ask()
    await world.ask(BINH)
    assert world.inner.asked == ["ref-an", "ref-binh", "ref-an", "ref-an"]


async def test_a82_after_a_purge_the_source_is_asked_again() -> None:
    world = World()
    await world.ask()
    assert await world.vault.purge(AN.ref)
    await world.ask()
    assert len(world.inner.asked) == 2


async def test_a82_without_a_grant_for_the_class_nothing_kept_is_shown() -> None:
    """Policy comes first, also where nobody would be asked."""
    world = World()
    await world.ask()
    with pytest.raises(PermissionError):
        await world.source.ask(Question(about=Record), grant(AN), inquiry(world.clock))


async def test_what_was_held_against_less_proof_does_not_serve_who_brings_more() -> None:
    """A birth date that was not known when the answer was checked is checked by the source's kind now."""
    world = World()
    unknown = Subject(ref=AN.ref, personal_id=AN.personal_id)
    await world.ask(unknown)
    await world.ask(AN)
    assert len(world.inner.asked) == 2


async def test_f21_without_a_working_backend_every_question_is_asked() -> None:
    """The cache has nothing, keeps nothing, and nobody notices."""
    world = World()

    class Broken(BoundedMemory):
        async def _multi_get(self, *_: Any, **__: Any) -> Any:
            raise OSError("gone")

    world.source = CachingSource(world.inner, SECONDS, Vault(Broken(1000), secret=b"s" * 32, clock=world.clock))
    for _ in range(10):
        assert (await world.ask()).records == (allergy(world.inner.info),)
    assert len(world.inner.asked) == 10
