"""A gateway in a process of its own: how it begins, what it says, and how it ends."""

import asyncio
import contextlib
import json
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import Struct

from connectors.clock import SystemClock
from tests.gateway.wire import PATIENCE, head, post, said, wired
from tests.running import GRAPHQL
from tests.sandbox import config
from tests.sandbox.city import City, running_city

ALLERGIES = {"query": "{ me { allergies { completeness { complete } } } }"}
AT_ONCE = 10
ANYWHERE = "127.0.0.1:0"
END_SECONDS = 20
SPARE = 8
"""Descriptors that are left to a process that shall run out of them."""
CROWD = 60


class Process(Struct, frozen=True):
    """A gateway that runs elsewhere."""

    child: subprocess.Popen[str]
    url: str
    admin: str
    begun: list[dict[str, Any]]
    """The lines of its log until it listened."""

    def rest(self) -> list[dict[str, Any]]:
        """The lines after that, up to its end."""
        out, _ = self.child.communicate(timeout=END_SECONDS)
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(scope="module")
def todays_city() -> Iterator[City]:
    """A city whose time is the machine's, as that of a process is."""
    with running_city(clock=SystemClock()) as city:
        yield city


@pytest.fixture
def process(todays_city: City, tmp_path: Path) -> Iterator[Process]:
    """A gateway without an explorer, patient with sources."""
    path = written(todays_city, tmp_path)
    with started(path) as one:
        yield one
    todays_city.faults.clear()


def written(city: City, folder: Path, *, server: str = "", listen: str = ANYWHERE) -> Path:
    """Settings of such a gateway."""
    text = config.gateway_toml(issuer=city.issuer, listen=listen, admin=ANYWHERE)
    text = re.sub(r"(?s)\[explorer\].*?(?=\n\[)", "", text).replace("[server]", f'[server]\ndeadline = "30s"\n{server}')
    sources = city.sources_toml().replace('deadline = "2s"', 'deadline = "30s"')
    return config.write(folder, sources=sources, gateway=text, credentials=city.credentials)


@contextlib.contextmanager
def started(path: Path) -> Iterator[Process]:
    """A gateway with these settings, once it listens."""
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - our own module, no shell
        try:
            begun = list(lines_until_listening(child))
            where = begun[-1]
            yield Process(child, f"http://{where['public']}", f"http://{where['admin']}", begun)
        finally:
            child.kill()


def lines_until_listening(child: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert child.stdout
    for line in child.stdout:
        event = json.loads(line)
        yield event
        if event["event"] == "listening":
            return
    pytest.fail("it ended before it listened")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a92_what_is_under_way_is_finished_before_the_end(
    process: Process, todays_city: City, number: signal.Signals
) -> None:
    """Not ready, nobody new, every answer whole; then the end, and it is no failure."""
    todays_city.faults.set("hospital-b", "hang")
    hospital = todays_city.seen["hospital-b"]
    hospital.forget()
    sent = {"authorization": f"Bearer {todays_city.eid.token_for('an')}", "accept": GRAPHQL}
    async with httpx.AsyncClient(trust_env=False, timeout=END_SECONDS, headers=sent) as http:
        asked = [asyncio.create_task(http.post(f"{process.url}/graphql", json=ALLERGIES)) for _ in range(AT_ONCE)]
        assert await asyncio.to_thread(hospital.wait_until, lambda seen: seen.in_flight == AT_ONCE)
        assert (await http.get(f"{process.admin}/health/ready")).status_code == 200

        process.child.send_signal(number)
        async with asyncio.timeout(END_SECONDS):
            while (await http.get(f"{process.admin}/health/ready")).status_code == 200:
                pass
            while await listens(process.url):
                pass
        assert (await http.get(f"{process.admin}/health/ready")).status_code == 503
        assert not any(task.done() for task in asked)

        todays_city.faults.clear("hospital-b")
        answers = await asyncio.gather(*asked)

    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert all(answer.json()["data"]["me"]["allergies"]["completeness"]["complete"] for answer in answers)
    assert [line["status"] for line in process.rest() if line["event"] == "request"] == [200] * AT_ONCE
    assert process.child.returncode == 0


async def listens(url: str) -> bool:
    """Whether anybody takes a new connection there."""
    try:
        async with wired(url):
            return True
    except ConnectionError:
        return False


async def test_several_gateways_answer_at_one_address(todays_city: City, tmp_path: Path) -> None:
    """Each gets some of the connections; what each does for itself is told at its start; one may end without harm."""
    sent = {"authorization": f"Bearer {todays_city.eid.token_for('an')}", "accept": GRAPHQL}

    async def asked(url: str) -> int:
        async with httpx.AsyncClient(trust_env=False, timeout=END_SECONDS, headers=sent) as http:
            return (await http.post(f"{url}/graphql", json={"query": "{ __typename }"})).status_code

    with contextlib.ExitStack() as running:
        first = running.enter_context(started(written(todays_city, tmp_path / "1", server="shared = true")))
        there = first.url.removeprefix("http://")
        path = written(todays_city, tmp_path / "2", server="shared = true", listen=there)
        second = running.enter_context(started(path))
        assert second.url == first.url
        assert any("rates.url" in str(line) for line in first.begun)
        assert [await asked(first.url) for _ in range(60)] == [200] * 60
        first.child.send_signal(signal.SIGTERM)
        lines = first.rest()
        assert [await asked(second.url) for _ in range(10)] == [200] * 10
        second.child.send_signal(signal.SIGTERM)
        others = second.rest()
    each = [sum(line["event"] == "request" for line in told) for told in (lines, others)]
    assert min(each) > 0
    assert sum(each) == 70


async def test_a91_sighup_reads_the_configuration_again(process: Process, tmp_path: Path) -> None:
    """A mistake is told and changes nothing, a good file is taken; the process goes on all the time."""
    sources = tmp_path / "sources.toml"
    whole = sources.read_text(encoding="utf-8")
    assert process.child.stdout
    for text, event in (("[sources", "reload_refused"), (whole, "reloaded")):
        sources.write_text(text, encoding="utf-8")
        process.child.send_signal(signal.SIGHUP)
        line = json.loads(await asyncio.to_thread(process.child.stdout.readline))
        assert line["event"] == event
    assert await listens(process.url)


async def test_a92_nobody_is_waited_for_who_asks_nothing(process: Process) -> None:
    """Open connections without a request, or with half of one, do not hold the end up."""
    async with wired(process.url) as silent, wired(process.url) as half:
        await half.say(b"POST /graphql HTTP/1.1\r\nHost: ")
        process.child.send_signal(signal.SIGTERM)
        assert await silent.is_closed()
        assert await half.is_closed()

    assert await asyncio.to_thread(process.child.wait, END_SECONDS) == 0


async def test_a80_a79_without_an_explorer_there_is_the_graph_and_nothing_else(process: Process) -> None:
    """404 in JSON, with the headers of every other answer."""
    for path in (b"/", b"/graphql/", b"/explorer/session", b"/sign-in", b"/health", b"/metrics"):
        heard = await said(process, head(b"GET", path, None))
        assert heard.status == 404
        assert heard.codes == ["BAD_REQUEST"]
        assert heard.json["extensions"]["requestId"] == heard.headers["x-request-id"]
        assert heard.headers["cache-control"] == "no-store"
        assert "server" not in heard.headers


async def test_a90_the_log_begins_with_what_is_weak(process: Process) -> None:
    """One warning for each setting that is fit for development only; every line is JSON with level and time."""
    warnings = [line["setting"] for line in process.begun if line["event"] == "weak_setting"]

    assert any("development is on" in warning for warning in warnings)
    assert any("introspection" in warning for warning in warnings)
    assert all({"event", "level", "timestamp"} <= set(line) for line in process.begun)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the descriptors of another process")
async def test_a94_without_descriptors_it_sheds_load_and_recovers(process: Process, todays_city: City) -> None:
    """Who is connected is answered, the crowd is turned away or waits; when it has gone, all is as before."""
    asking = post(json.dumps(ALLERGIES).encode(), token=todays_city.eid.token_for("an"))
    bounded(process.child.pid)
    async with wired(process.url) as first:
        await first.say(head(b"GET", b"/nowhere", None))
        assert (await first.hear()).status == 404
        async with contextlib.AsyncExitStack() as crowd:
            for _ in range(CROWD):
                with contextlib.suppress(ConnectionError):
                    await crowd.enter_async_context(wired(process.url))
            await first.say(asking)
            heard = await first.hear()
            allergies = heard.json["data"]["me"]["allergies"]["completeness"]
            assert (heard.status, allergies) == (200, {"complete": False}), "no hospital could be reached"
            assert process.child.poll() is None
    async with asyncio.timeout(PATIENCE):
        while not await is_whole(process, asking):
            pass
    assert process.child.poll() is None


async def is_whole(process: Process, asking: bytes) -> bool:
    """Whether a newcomer is let in and told everything."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        heard = await said(process, asking)
        return heard.status == 200 and heard.json["data"]["me"]["allergies"]["completeness"]["complete"] is True
    return False


def bounded(process: int) -> None:
    """Let the process open next to nothing more."""
    open_now = len(list(Path(f"/proc/{process}/fd").iterdir()))
    resource.prlimit(process, resource.RLIMIT_NOFILE, (open_now + SPARE, open_now + SPARE))


async def test_a92_who_waits_for_changes_is_let_go_at_once(process: Process, todays_city: City) -> None:
    """Without the word that nothing more would come: the client connects again, to another gateway."""
    headers = {"authorization": f"Bearer {todays_city.eid.token_for('an')}", "accept": "text/event-stream"}
    waiting = {"query": "subscription { recordChanged { at } }"}
    async with (
        httpx.AsyncClient(trust_env=False, timeout=END_SECONDS) as http,
        http.stream("POST", f"{process.url}/graphql", json=waiting, headers=headers) as response,
    ):
        process.child.send_signal(signal.SIGTERM)
        assert b"".join([chunk async for chunk in response.aiter_raw()]) == b":\n\n"

    assert [line["status"] for line in process.rest() if line["event"] == "request"] == [200]
    assert process.child.returncode == 0
