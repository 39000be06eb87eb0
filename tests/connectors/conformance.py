"""The promises of ``connectors.contract.Source``, held to every kind.

A kind runs them by deriving a test class and saying what stands on the bench::

    class TestVss(Conformance):
        @pytest.fixture
        async def bench(self) -> AsyncIterator[Bench]:
            faults = Faults()
            app = Faulty(insurance_app(...), faults=faults, source="vss", who=lambda _: None)
            async with serving(app) as server:
                source = VssSource("vss", VssOptions(url=server.url, ...), clock=SystemClock())
                yield Bench(source=source, server=server, faults=faults, ...)
                await source.close()

The servers are those of the sandbox city, on real sockets, with the faults of ``tests.sandbox.faults``.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
from msgspec import Struct

from connectors.clock import SystemClock
from connectors.contract import Answer, Basis, Deadline, Grant, Inquiry, Purpose, Question, Source, Subject
from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, Unavailable, WrongPerson
from connectors.records import RECORD_CLASSES, Record
from tests.connectors.serving import PATIENCE, Serving
from tests.sandbox.faults import FaultName, Faults

ENDS_IN: dict[FaultName, type[SourceError]] = {
    "hang": TooSlow,
    "down": Unavailable,
    "refuse": Denied,
    "busy": Overloaded,
    "garbage": Garbled,
    "html": Garbled,
    "half": Garbled,
    "huge": Garbled,
    "redirect": Garbled,
    "null": Garbled,
    "list": Garbled,
    "types": Garbled,
    "bad_utf8": Garbled,
    "wrong_person": WrongPerson,
}
"""What each fault of the table of promises must become; ``slow`` is no fault while there is time."""


class Bench(Struct, kw_only=True):
    """A source of the kind under test, before a healthy server that speaks its protocol."""

    source: Source
    about: type[Record]
    """A class of record that it holds."""
    known: Subject
    """A citizen of whom the server holds records of that class ..."""
    other: Subject
    """... another one ..."""
    unknown: Subject
    """... and one whom the server has never heard of."""
    server: Serving
    faults: Faults
    key: str
    """Name of the server in ``faults``."""

    def fail(self, fault: FaultName, **how: Any) -> None:
        """Let the server fail from now on."""
        self.faults.set(self.key, fault, **how)

    async def ask(self, subject: Subject, inquiry: Inquiry | None = None) -> Answer[Record]:
        """One question, in an inquiry of its own unless told otherwise."""
        own = inquiry or inquiry_of(PATIENCE)
        try:
            return await self.source.ask(Question(about=self.about), grant_for(subject, self.about), own)
        finally:
            if inquiry is None:
                await own.close()


def grant_for(subject: Subject, *about: type[Record]) -> Grant:
    """A grant as the policy would make it for the citizen themself."""
    return Grant(subject=subject, purpose=Purpose.SELF, basis=Basis.SELF, about=frozenset(about))


def inquiry_of(seconds: float) -> Inquiry:
    """A request that has this much time."""
    clock = SystemClock()
    return Inquiry(request_id="conformance", deadline=Deadline.after(seconds, clock), clock=clock)


def secrets_of(subject: Subject) -> list[str]:
    """What must stand in no text that a person or a log may see."""
    return [text for text in (subject.personal_id, subject.name) if text]


class Conformance:
    """The suite. Derive, name the class ``Test…`` and supply ``bench``."""

    @pytest.fixture
    async def bench(self) -> Any:
        """What stands on the bench."""
        raise NotImplementedError

    async def test_records_of_a_known_citizen_are_stamped(self, bench: Bench) -> None:
        """Every record is of the class asked for, says where and when it was read, and hides the number in its id."""
        answer = await bench.ask(bench.known)
        assert answer.records
        assert answer.retrieved_at.utcoffset() == timedelta(0)
        for record in answer.records:
            (provenance,) = record.provenance
            assert type(record) is bench.about
            assert provenance.source is bench.source.info
            assert provenance.retrieved_at == answer.retrieved_at
            assert provenance.source_record_id
            assert bench.known.personal_id not in record.id

    async def test_a_healthy_answer_is_whole(self, bench: Bench) -> None:
        """Nothing was cut off and nothing was unreadable."""
        answer = await bench.ask(bench.known)
        assert (answer.truncated, answer.dropped) == (False, 0)

    async def test_ids_are_unique_and_the_same_tomorrow(self, bench: Bench) -> None:
        """Two requests give the same ids; no two records share one."""
        first, second = await bench.ask(bench.known), await bench.ask(bench.known)
        ids = [record.id for record in first.records]
        assert len(set(ids)) == len(ids)
        assert sorted(ids) == sorted(record.id for record in second.records)

    async def test_a81_citizens_asked_at_once_get_their_own(self, bench: Bench) -> None:
        """Interleaved questions about two citizens never share a record."""
        asked = [bench.known, bench.other] * 20
        answers = await asyncio.gather(*(bench.ask(subject) for subject in asked))
        mine, others = ({record.id for record in answer.records} for answer in answers[:2])
        assert mine
        assert others
        assert not mine & others
        for subject, answer in zip(asked, answers, strict=True):
            assert {record.id for record in answer.records} == (mine if subject is bench.known else others)

    async def test_f08_an_unknown_citizen_has_an_empty_answer(self, bench: Bench) -> None:
        """That a source holds nothing is an answer, not an error."""
        answer = await bench.ask(bench.unknown)
        assert (answer.records, answer.dropped, answer.truncated) == ((), 0, False)

    async def test_f01_a_slow_answer_in_time_is_an_answer(self, bench: Bench) -> None:
        """Being late costs nothing while there is time."""
        bench.fail("slow", seconds=0.01)
        assert (await bench.ask(bench.known)).records

    @pytest.mark.parametrize("fault", sorted(ENDS_IN))
    async def test_a_fault_ends_in_its_own_error(self, bench: Bench, fault: FaultName) -> None:
        """Only a SourceError leaves, of the class that says what went wrong, with no word about the citizen."""
        bench.fail(fault, **({"seconds": 7} if fault == "busy" else {}))
        inquiry = inquiry_of(0.2 if fault == "hang" else PATIENCE)
        with pytest.raises(ENDS_IN[fault]) as caught:
            await bench.ask(bench.known, inquiry)
        await inquiry.close()
        if isinstance(caught.value, Overloaded):
            assert caught.value.retry_after == timedelta(seconds=7)
        told = repr(caught.value) + str(caught.value)
        assert not [text for text in (*secrets_of(bench.known), bench.server.url) if text in told]
        assert caught.value.__suppress_context__ or caught.value.__context__ is None

    @pytest.mark.parametrize("fault", ["down", "half", "garbage", "refuse", "wrong_person"])
    async def test_a_source_that_heals_answers_again(self, bench: Bench, fault: FaultName) -> None:
        """A fault leaves nothing behind in the client."""
        bench.fail(fault)
        with pytest.raises(SourceError):
            await bench.ask(bench.known)
        bench.faults.clear()
        assert (await bench.ask(bench.known)).records

    async def test_f02_the_deadline_of_the_request_is_kept(self, bench: Bench) -> None:
        """A source that hangs costs the time that was left and no more."""
        bench.fail("hang")
        loop = asyncio.get_running_loop()
        begin = loop.time()
        with pytest.raises(TooSlow):
            await bench.ask(bench.known, inquiry_of(0.05))
        assert loop.time() - begin < 1.0

    async def test_a_deadline_that_is_over_asks_nobody(self, bench: Bench) -> None:
        """With no time left no connection is opened."""
        with pytest.raises(TooSlow):
            await bench.ask(bench.known, inquiry_of(0))
        assert bench.server.requests == 0

    async def test_a76_cancellation_lets_go_of_the_call(self, bench: Bench) -> None:
        """When the caller hangs up, the source is no longer kept busy."""
        bench.fail("hang")
        inquiry = inquiry_of(PATIENCE)
        asking = asyncio.ensure_future(bench.ask(bench.known, inquiry))
        await bench.server.asked()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await inquiry.close()
        await bench.server.idle()
        await bench.source.close()
        await bench.server.quiet()

    async def test_closing_twice_is_closing(self, bench: Bench) -> None:
        """And nothing stays open."""
        await bench.ask(bench.known)
        await bench.source.close()
        await bench.source.close()
        await bench.server.quiet()

    async def test_a_grant_for_another_class_opens_nothing(self, bench: Bench) -> None:
        """A question outside its grant is a mistake of ours and must not reach the source."""
        elsewhere = next(about for about in RECORD_CLASSES if about is not bench.about)
        inquiry = inquiry_of(PATIENCE)
        with pytest.raises(PermissionError):
            await bench.source.ask(Question(about=bench.about), grant_for(bench.known, elsewhere), inquiry)
        assert bench.server.requests == 0

    async def test_a89_nothing_that_prints_tells_who(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        """Neither text forms nor any log line, at the most talkative level, hold the number or the name."""
        caplog.set_level(logging.DEBUG)
        grant = grant_for(bench.known, bench.about)
        answer = await bench.ask(bench.known)
        bench.fail("half")
        with pytest.raises(SourceError) as caught:
            await bench.ask(bench.other)  # the answer about the first may be kept
        ours = [line for line in caplog.records if not line.name.startswith("uvicorn")]  # that is the false server
        texts = [repr(grant), repr(answer), repr(bench.source), repr(caught.value)]
        told = "\n".join([*texts, *(line.getMessage() + str(vars(line)) for line in ours)])
        assert not [text for one in (bench.known, bench.other) for text in secrets_of(one) if text in told]

    async def test_what_it_holds_is_what_it_can_be_asked(self, bench: Bench) -> None:
        """Every class in ``holds`` is a class of record, and asking for it works."""
        assert bench.about in bench.source.holds
        assert bench.source.holds <= set(RECORD_CLASSES)
        for about in bench.source.holds:
            inquiry = inquiry_of(PATIENCE)
            answer = await bench.source.ask(Question(about=about), grant_for(bench.known, about), inquiry)
            await inquiry.close()
            assert all(type(record) is about for record in answer.records)
