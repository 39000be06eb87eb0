"""A gateway serves for a while, meets faults and crashes. Then every place where something could lie is searched."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.connectors.redis_server import BINARY, real_redis
from tests.sandbox import config
from tests.sandbox.city import City, running_city
from tests.sandbox.faults import FaultName
from tests.sandbox.people import by_key
from tests.sandbox.serving import Site

ROOT = Path(__file__).parents[2]
PEOPLE = ("an", "phuc", "xuan", "lam", "mai")
WHOLE = """query Whole { me {
  personalId
  demographics { fullName birthDate phone permanentAddress { text } }
  dependants { nodes { citizen { personalId demographics { fullName } immunizations { nodes { lot } } } } }
  encounters { nodes { reason { text } practitioner { name } diagnoses { code { text } } } }
  conditions { nodes { code { text } note } }
  allergies { nodes { substance { text } note } }
  medications { nodes { code { text } dosage } }
  observations { nodes { code { text } value { ... on QuantityValue { value unit } } } }
  immunizations { nodes { vaccine { text } lot } }
  reports { nodes { conclusion } }
  coverage { nodes { cardNumber socialInsuranceNumber } }
  claims { nodes { total } }
} }"""
FAULTS: tuple[tuple[str, FaultName], ...] = (
    ("hospital-b", "wrong_person"),
    ("vaccination", "types"),
    ("insurance", "garbage"),
    ("population", "down"),
)
SHORTEST = 7
"""Letters of a word that is searched for: shorter ones stand anywhere by chance."""


def words_of(answer: Any) -> Iterator[str]:
    """Every text and number that a source told."""
    if isinstance(answer, dict):
        for value in answer.values():
            yield from words_of(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from words_of(value)
    elif isinstance(answer, str) and len(answer) >= SHORTEST:
        yield answer


def found(words: set[str], text: bytes) -> list[str]:
    """Those that stand there, in the forms in which programs write them."""
    return [
        word
        for word in words
        if word.encode() in text
        or word.encode("utf-16-le") in text
        or word.encode("unicode_escape") in text
        or word.encode().hex().encode() in text
    ]


class Process:
    """A gateway as a process of its own, that may write core files as far as the system has a say."""

    def __init__(self, city: City, folder: Path, redis: str | None) -> None:
        public, self._admin = Site(0), Site(0)
        self.url, self.folder, self.redis = public.url, folder, redis
        own = config.gateway_toml(
            issuer=city.issuer, listen=public.url.removeprefix("http://"), admin=self._admin.url.removeprefix("http://")
        )
        if redis is not None:
            own += '\n[cache]\nbackend = "redis"\nurl = "file:secrets/redis"\n'
        # Everything that may be kept is kept for as long as may be.
        sources = city.sources_toml().replace("\ncategory =", '\ncache = "60s"\ncategory =')
        self.settings = config.write(folder, sources=sources, gateway=own, credentials=city.credentials)
        if redis is not None:
            (folder / "secrets" / "redis").write_text(redis)
            (folder / "secrets" / "redis").chmod(0o600)
        public.release()
        self._admin.release()
        self._child: subprocess.Popen[bytes] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[subprocess.Popen[bytes]]:
        """From when it is ready to the end of the block."""
        child = self._begun()
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                for _ in range(400):
                    try:
                        if (await client.get(f"{self._admin.url}/health/ready")).status_code == 200:
                            break
                    except httpx.TransportError:
                        pass
                    await asyncio.to_thread(_a_little, child)
            yield child
        finally:
            child.kill()
            child.wait()

    def _begun(self) -> subprocess.Popen[bytes]:
        generous = ["/bin/sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh"]
        with (self.folder / "gateway.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own words
                [*generous, sys.executable, "-m", "gateway", "serve", "--config", str(self.settings)],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    async def metrics(self) -> bytes:
        """What the operator watches."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"{self._admin.url}/metrics")).content


def _a_little(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(0.05)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError("the gateway ended before it was ready")


def files_of(folder: Path) -> dict[str, bytes]:
    """What lies in a folder and below, by its place."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str | None]:
    """A real one, where this machine has it; the memory of the process is the other place."""
    if BINARY is None:
        yield None
        return
    (tmp_path / "redis").mkdir()
    with real_redis(tmp_path / "redis") as (url, _):
        yield url


@pytest.fixture
def today() -> Iterator[City]:
    """A city at the machine's own time, which is that of the process."""
    with running_city() as running:
        yield running


async def test_a89_no_word_of_a_record_lies_anywhere_after_load_faults_and_a_crash(
    today: City, tmp_path: Path, redis: str | None
) -> None:
    """On disk, in the database, in the shared cache, in logs, in metrics, in a core file: zero hits.

    The control is a word that must be found by the same search: the name of a source that was asked.
    """
    city = today
    process = Process(city, tmp_path, redis)
    tokens = [city.eid.token_for(key) for key in PEOPLE]
    answers: list[Any] = []
    async with process.running() as child, httpx.AsyncClient(trust_env=False, timeout=30) as client:

        async def ask(token: str) -> Any:
            answer = await client.post(
                f"{process.url}/graphql", json={"query": WHOLE}, headers={"authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 200
            return answer.json()

        for _ in range(3):
            answers += await asyncio.gather(*map(ask, tokens))
        for source, fault in FAULTS:
            city.faults.set(source, fault)
            answers += await asyncio.gather(*map(ask, tokens))
            city.faults.clear()
        metrics = await process.metrics()
        city.faults.set("hospital-a", "hang")
        under_way = [asyncio.ensure_future(ask(token)) for token in [*tokens, city.eid.token_for("son")]]
        assert await asyncio.to_thread(city.seen["hospital-a"].wait_until, lambda seen: seen.in_flight > 0)
        child.send_signal(signal.SIGSEGV)
        child.wait(10)
        await asyncio.gather(*under_way, return_exceptions=True)
    dump = b""
    if redis is not None:
        async with Redis.from_url(redis) as client_of_redis:
            await client_of_redis.save()
        dump = (tmp_path / "redis" / "dump.rdb").read_bytes()

    words = set(words_of([answer.get("data") for answer in answers]))
    words |= {by_key(key).personal_id for key in PEOPLE} | {by_key(key).name for key in PEOPLE} | set(tokens)
    assert len(words) > 100
    places = {**files_of(tmp_path), "metrics": metrics, "dump": dump}
    assert {name: found(words, text) for name, text in places.items() if found(words, text)} == {}
    assert [name for name in places if "core" in name] == []
    assert any("hospital-a" in found({"hospital-a"}, text) for name, text in places.items() if ".db" in name)
    assert b"hospital-a" in metrics
    assert b"hospital-a" in places["gateway.log"]
