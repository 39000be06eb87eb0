"""Reads that may be repeated, over real sockets: how often, when, and what is never repeated. No test waits."""

import asyncio
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connectors.clock import SystemClock
from connectors.contract import Deadline
from connectors.errors import Denied, Garbled, Overloaded, SourceError, TooSlow, Unavailable
from connectors.http import Line
from connectors.options import SourceOptions
from connectors.records import SourceKind
from connectors.reply import Reply
from connectors.resilience import repeated
from tests.connectors.lines import answering
from tests.connectors.raw import Script, head, raw_server, resets, says
from tests.connectors.serving import PATIENCE, serving
from tests.sandbox.eid.held_clock import HeldClock

OK = says(head("Content-Length: 2"), b"ok")


class Naps:
    """Takes the place of sleeping: notes for how long, and is awake at once."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


class InTurn:
    """Answers each connection by the next script, and the rest by the last."""

    def __init__(self, *scripts: Script) -> None:
        self.scripts = list(scripts)
        self.calls = 0

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        script = self.scripts[min(self.calls, len(self.scripts) - 1)]
        self.calls += 1
        await script(writer)


def statuses(*answers: tuple[int, dict[str, str]]) -> Callable[[Request], Response]:
    """An application that gives these answers in turn."""
    left = list(answers)

    def answer(_: Request) -> Response:
        status, headers = left.pop(0)
        return PlainTextResponse("ok", status, headers)

    return answer


async def ask(
    url: str, *, naps: Naps | None = None, repeatable: bool = True, retries: int = 1, seconds: float = PATIENCE
) -> Reply:
    options = SourceOptions(kind="x", name="Mẫu", category=SourceKind.HOSPITAL, url=url, retries=retries)
    line = Line(options, clock=HeldClock(), sleep=naps or Naps(), random=lambda: 0.5)
    try:
        return await line.send("GET", "x", deadline=Deadline.after(seconds, SystemClock()), repeatable=repeatable)
    finally:
        await line.close()


@pytest.mark.parametrize("first", [pytest.param(resets, id="reset"), pytest.param(says(), id="close")])
async def test_f03_a_connection_that_is_cut_is_tried_once_more(first: Script) -> None:
    """After a short pause, and the answer is as if nothing had been."""
    script, naps = InTurn(first, OK), Naps()
    async with raw_server(script) as url:
        assert (await ask(url, naps=naps)).body == b"ok"
    assert script.calls == 2
    assert naps.taken == [pytest.approx(0.05)]


async def test_f03_a_source_that_stays_away_is_tried_as_often_as_the_options_say() -> None:
    script = InTurn(resets)
    for retries, calls in ((0, 1), (1, 2), (3, 4)):
        script.calls = 0
        async with raw_server(script) as url:
            with pytest.raises(Unavailable):
                await ask(url, retries=retries)
        assert script.calls == calls


async def test_f03_pauses_grow() -> None:
    naps = Naps()
    async with raw_server(resets) as url:
        with pytest.raises(Unavailable):
            await ask(url, naps=naps, retries=3)
    assert naps.taken == [pytest.approx(seconds) for seconds in (0.05, 0.1, 0.2)]


async def test_f05_what_the_kind_does_not_call_repeatable_is_asked_once() -> None:
    """A portal that restricts accounts which ask too often, or a call that changes something."""
    async with serving(answering(lambda _: PlainTextResponse("", 503))) as server:
        with pytest.raises(Unavailable):
            await ask(server.url, repeatable=False)
        assert server.requests == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_f05_a_fault_that_passes_costs_nothing(status: int) -> None:
    async with serving(answering(statuses((status, {}), (200, {})))) as server:
        assert (await ask(server.url)).body == b"ok"
        assert server.requests == 2


@pytest.mark.parametrize(("status", "error"), [(401, Denied), (403, Denied), (404, Garbled), (302, Garbled)])
async def test_f05_an_answer_that_will_not_change_is_not_asked_for_again(status: int, error: type[SourceError]) -> None:
    async with serving(answering(lambda _: PlainTextResponse("", status))) as server:
        with pytest.raises(error):
            await ask(server.url)
        assert server.requests == 1


async def test_f06_patience_that_fits_into_the_time_is_had() -> None:
    """The pause is never shorter than what the source asked for."""
    naps = Naps()
    async with serving(answering(statuses((429, {"retry-after": "1"}), (200, {})))) as server:
        assert (await ask(server.url, naps=naps)).body == b"ok"
    assert naps.taken == [pytest.approx(1.05)]


@pytest.mark.parametrize("after", ["5", "60", "99999"])
async def test_f06_patience_beyond_the_deadline_is_told_at_once(after: str) -> None:
    """Nobody is asked again, and nobody waits for what cannot come."""
    naps = Naps()
    async with serving(answering(lambda _: PlainTextResponse("", 429, {"retry-after": after}))) as server:
        with pytest.raises(Overloaded) as caught:
            await ask(server.url, naps=naps, seconds=4)
        assert server.requests == 1
    assert naps.taken == []
    assert caught.value.retry_after.total_seconds() == int(after)


async def test_f02_what_was_too_slow_is_not_repeated() -> None:
    """Its time is over anyway, and the source has enough to do."""
    never = asyncio.Event()

    async def silent(_: asyncio.StreamWriter) -> None:
        await never.wait()

    script = InTurn(silent)
    async with raw_server(script) as url:
        with pytest.raises(TooSlow):
            await ask(url, seconds=0.05)
    assert script.calls == 1


async def test_nobody_holds_a_place_while_pausing() -> None:
    """With one place for calls in flight, another question goes through in the pause of the first."""
    pausing, wake = asyncio.Event(), asyncio.Event()

    async def pause(_: float) -> None:
        pausing.set()
        await wake.wait()

    async with serving(answering(statuses((503, {}), (200, {}), (200, {})))) as server:
        options = SourceOptions(kind="x", name="Mẫu", category=SourceKind.HOSPITAL, url=server.url, concurrency=1)
        line = Line(options, clock=HeldClock(), sleep=pause)
        soon = Deadline.after(PATIENCE, SystemClock())
        first = asyncio.ensure_future(line.send("GET", "1", deadline=soon, repeatable=True))
        await pausing.wait()
        assert (await line.send("GET", "2", deadline=soon)).status == 200
        wake.set()
        assert (await first).status == 200
        await line.close()


async def test_a76_cancellation_in_the_pause_ends_it() -> None:
    pausing = asyncio.Event()

    async def pause(_: float) -> None:
        pausing.set()
        await asyncio.Event().wait()

    async def fails() -> None:
        raise Unavailable("again")

    soon = Deadline.after(PATIENCE, SystemClock())
    failed = Unavailable("x")
    call = asyncio.ensure_future(repeated(failed, fails, times=1, deadline=soon, sleep=pause, random=lambda: 0))
    await pausing.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


class Passing:
    """A sleep during which the held clock goes on."""

    def __init__(self, clock: HeldClock) -> None:
        self.clock = clock
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self.clock.pass_seconds(seconds)


@given(
    times=st.integers(1, 3),
    seconds=st.floats(0, 3),
    chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=4, max_size=4),
    takes=st.floats(0, 1),
)
async def test_the_deadline_holds_whatever_chance_brings(
    times: int, seconds: float, chances: Iterable[float], takes: float
) -> None:
    """No pause ends at or behind it; pauses differ by chance, between a half and one and a half of their size."""
    clock = HeldClock()
    deadline = Deadline.after(seconds, clock)
    sleep, dice, begun = Passing(clock), iter(chances), []

    async def call() -> None:
        begun.append(deadline.left())
        clock.pass_seconds(takes)
        raise Unavailable("x")

    with pytest.raises(Unavailable) as first:
        await call()
    with pytest.raises(Unavailable):
        await repeated(first.value, call, times=times, deadline=deadline, sleep=sleep, random=lambda: next(dice))
    assert len(begun) == len(sleep.taken) + 1 <= times + 1
    assert all(left > 0 for left in begun[1:])
    for number, pause in enumerate(sleep.taken):
        assert 0.025 * 2**number <= pause <= 0.075001 * 2**number
