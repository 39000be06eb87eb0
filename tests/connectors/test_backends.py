"""The two keeping places: a memory with a bound, and a Redis that may ail in any way without anybody noticing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from connectors.backends import BoundedMemory, BriefRedis, weight
from connectors.caching import CachingSource
from connectors.contract import Question
from connectors.records import Allergy
from connectors.vault import Kept, Vault
from tests.connectors.false_source import AN, NOW, FalseSource, allergy, grant, info, inquiry
from tests.connectors.redis_server import BINARY, FALSE, Answers, false_redis, real_redis, silent
from tests.sandbox.eid.held_clock import HeldClock

TIMEOUT = 0.05

# ------------------------------------------------------------------------------------------- memory

_KEYS = st.sampled_from(["a", "b", "c", "d"])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("set"), _KEYS, st.integers(0, 900)),
            st.tuples(st.just("get"), _KEYS, st.none()),
            st.tuples(st.just("delete"), _KEYS, st.none()),
        ),
        max_size=30,
    )
)
async def test_the_memory_never_weighs_more_than_its_bound(steps: list[tuple[str, str, int | None]]) -> None:
    """It always knows what it weighs, gives up what was not used for longest, and keeps no timer of what is gone."""
    memory, used = BoundedMemory(2000), dict[str, bytes]()
    for what, key, size in steps:
        if what == "set":
            value = b"x" * (size or 0)
            await memory.set(key, value, ttl=60.0)
            used.pop(key, None)
            used[key] = value
            while sum(weight(*pair) for pair in used.items()) > 2000:
                del used[next(iter(used))]
        elif what == "get" and key in used:
            used[key] = used.pop(key)
            assert await memory.get(key) == used[key]
        elif what == "delete":
            used.pop(key, None)
            await memory.delete(key)
        assert list(memory._cache) == list(used)
        assert memory.bytes_held == sum(weight(*pair) for pair in used.items()) <= 2000
        assert set(memory._handlers) == set(used)
    await memory.close()
    assert (memory.bytes_held, memory._handlers) == (0, {})


async def test_one_entry_beyond_the_bound_costs_no_other_its_place() -> None:
    memory = BoundedMemory(2000)
    await memory.set("small", b"x", ttl=60.0)
    await memory.set("large", b"x" * 5000, ttl=60.0)
    assert (await memory.get("small"), await memory.get("large")) == (b"x", None)
    await memory.close()


async def test_an_entry_ends_at_its_time_though_nobody_asks_for_it() -> None:
    """Clinical data does not lie about until memory is wanted for something else."""
    memory, over = BoundedMemory(2000), asyncio.Event()
    await memory.set("a", b"x", ttl=0.001)
    asyncio.get_running_loop().call_later(0.01, over.set)  # later than the entry's own timer in the same loop
    await over.wait()
    assert memory.bytes_held == 0


async def test_closing_a_vault_forgets_everything() -> None:
    memory = BoundedMemory(10_000)
    vault = Vault(memory, secret=b"s" * 32, clock=HeldClock())
    await kept_in(vault)
    assert memory.bytes_held
    await vault.close()
    assert memory.bytes_held == 0


# ------------------------------------------------------------------------------------------- a Redis that ails


async def kept_in(vault: Vault, text: str = "Penicillin") -> bool:
    """Keep an answer; whether it is there afterwards."""
    place = vault.place("hospital", Question(about=Allergy), grant())
    before = await vault.find(place, Allergy, seconds=30)
    await vault.keep(place, before.generation, Kept(NOW, (allergy(info(), text=text),)), seconds=30)
    after = await vault.find(place, Allergy, seconds=30)
    return after.kept is not None


@pytest.fixture
async def world() -> AsyncIterator["World"]:
    made = World()
    yield made
    await made.close()


class World:
    """A source whose answers would be kept in a Redis."""

    def __init__(self) -> None:
        self.clock = HeldClock()
        self.inner = FalseSource(self.clock)
        self.vaults: list[Vault] = []

    def caching(self, url: str) -> CachingSource:
        vault = Vault(BriefRedis(url, timeout=TIMEOUT), secret=b"s" * 32, clock=self.clock)
        self.vaults.append(vault)
        return CachingSource(self.inner, 30, vault)

    async def ask(self, source: CachingSource) -> int:
        answer = await source.ask(Question(about=Allergy), grant(AN), inquiry(self.clock))
        assert not answer.records[0].provenance[0].from_cache
        return len(answer.records)

    async def close(self) -> None:
        for vault in self.vaults:
            await vault.close()


@pytest.mark.parametrize("answers", [pytest.param(answers, id=name) for name, answers in FALSE.items()])
async def test_f21_a_redis_that_ails_costs_nothing_but_its_time(answers: Answers, world: World) -> None:
    """Whatever it says or does not say, every question is answered by the source; garbage is never shown."""
    async with false_redis(answers) as redis:
        source = world.caching(redis.url)
        for _ in range(5):
            assert await world.ask(source) == 1
        assert len(world.inner.asked) == 5
        await world.close()


async def test_f21_no_redis_at_all_costs_not_even_the_time_out(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that is refused is an answer, and is not tried again."""
    async with false_redis(silent) as redis:
        pass
    assert await world.ask(world.caching(redis.url)) == 1
    told = [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING]
    assert told == ["the cache does not answer: ConnectionError"]


async def test_f21_a_slow_redis_costs_its_time_out_and_then_is_left_alone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Three time-outs, and nothing for the next five seconds; the log tells of each without a key or an address."""
    async with false_redis(FALSE["slow"]) as redis:
        source = world.caching(redis.url)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for _ in range(20):
            await world.ask(source)
        assert 3 * TIMEOUT <= loop.time() - begun < 6 * TIMEOUT
        connections = redis.connections
        world.clock.pass_seconds(5)
        await world.ask(source)
        assert redis.connections == connections + 1
        await world.close()
    told = [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert [line.getMessage() for line in told] == ["the cache does not answer: TimeoutError"] * 4


async def test_a_purge_that_does_not_reach_the_redis_says_so(world: World) -> None:
    """Whoever wanted it must know that the entries live on until their seconds are over."""
    async with false_redis(FALSE["reset"]) as redis:
        world.caching(redis.url)
        assert await world.vaults[0].purge(AN.ref) is False
        await world.close()


# ------------------------------------------------------------------------------------------- a real Redis

with_redis = pytest.mark.skipif(BINARY is None, reason="there is no redis-server on this machine's PATH")


@with_redis
async def test_workers_with_one_secret_share_what_a_real_redis_holds(tmp_path: Path) -> None:
    """One keeps, the other finds, a purge by either reaches both; another process group finds nothing."""
    with real_redis(tmp_path) as (url, _):
        redis = [BriefRedis(url, timeout=1) for _ in range(3)]
        one, two = (Vault(backend, secret=b"s" * 32, clock=HeldClock()) for backend in redis[:2])
        stranger = Vault(redis[2], secret=b"t" * 32, clock=HeldClock())
        place = two.place("hospital", Question(about=Allergy), grant())
        assert await kept_in(one)
        assert (await two.find(place, Allergy, seconds=30)).kept
        assert not (await stranger.find(place, Allergy, seconds=30)).kept
        assert await two.purge(AN.ref)
        assert not (await one.find(place, Allergy, seconds=30)).kept
        for vault in (one, two, stranger):
            await vault.close()


@with_redis
async def test_a_real_redis_forgets_by_itself(tmp_path: Path) -> None:
    """Every key has an end: the entry's seconds, and an hour for the generation."""
    with real_redis(tmp_path) as (url, _):
        vault = Vault(BriefRedis(url, timeout=1), secret=b"s" * 32, clock=HeldClock())
        await kept_in(vault)
        client = Redis.from_url(url)
        ends = sorted([await client.ttl(key) for key in await client.keys("*")])
        assert len(ends) == 2
        assert 0 < ends[0] <= 30 < ends[1] <= 3600
        await client.aclose()
        await vault.close()


@with_redis
async def test_a88_no_canary_lies_in_the_dump_of_a_real_redis(tmp_path: Path) -> None:
    """The file that it writes, uncompressed, holds no word of the record, the citizen or the question."""
    with real_redis(tmp_path) as (url, dumped):
        vault = Vault(BriefRedis(url, timeout=1), secret=b"s" * 32, clock=HeldClock())
        assert await kept_in(vault, "Penicillin-CANARY")
        client = Redis.from_url(url)
        await client.set("control", b"CONTROL-CANARY")
        await client.save()
        dump = dumped()
        await client.aclose()
        await vault.close()
    assert b"CONTROL-CANARY" in dump
    words = ("Penicillin-CANARY", AN.personal_id, AN.ref, str(AN.name), "1985-02-03", "Allergy", "hospital")
    assert not [word for word in words if word.encode() in dump]
