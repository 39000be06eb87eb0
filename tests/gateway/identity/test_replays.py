"""The memory of used proofs that several gateways share: a real Redis, and what may stand in its place."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.options import Duration, Secret
from gateway.identity.dpop_settings import ReplaySettings
from gateway.identity.errors import ReplaysUnavailable
from gateway.identity.replays import RedisReplays
from tests.connectors.redis_server import BINARY, FALSE, false_redis, real_redis

with_redis = pytest.mark.skipif(BINARY is None, reason="neither redis-server nor valkey-server is installed")


def settings(url: str) -> ReplaySettings:
    return ReplaySettings(backend="redis", url=Secret(url), timeout=Duration(0.25))


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[RedisReplays, RedisReplays]]:
    """The memories of two gateways."""
    with real_redis(tmp_path) as (url, _):
        both = RedisReplays(settings(url)), RedisReplays(settings(url))
        yield both
        for one in both:
            await one.aclose()


@with_redis
async def test_a34_of_twelve_at_once_at_two_gateways_one_is_first(two: tuple[RedisReplays, RedisReplays]) -> None:
    done = await asyncio.gather(*(two[number % 2].first("proof", 60) for number in range(12)))
    assert sorted(done) == [False] * 11 + [True]
    assert await two[0].first("another", 60)


@with_redis
async def test_what_is_remembered_ends_by_itself(tmp_path: Path) -> None:
    with real_redis(tmp_path) as (url, dumped):
        replays = RedisReplays(settings(url))
        assert await replays.first("proof", 60)
        left = await replays._client.pttl("citizen-graph:proof:proof")
        assert 0 < left <= 60_000
        await replays._client.save()
        assert b"citizen-graph:proof:proof" in dumped()
        await replays.aclose()


@pytest.mark.parametrize("kind", FALSE)
async def test_a34_a_redis_that_ails_lets_no_proof_pass(kind: str) -> None:
    """It is never said that a proof is new; mostly that nobody can say."""
    async with false_redis(FALSE[kind]) as false:
        replays = RedisReplays(settings(false.url))
        try:
            said = await asyncio.wait_for(replays.first("proof", 60), 5)
        except ReplaysUnavailable:
            said = False
        await replays.aclose()

    assert not said


async def test_a_redis_that_is_not_there_lets_no_proof_pass(tmp_path: Path) -> None:
    replays = RedisReplays(settings(f"unix://{tmp_path}/none.sock"))
    with pytest.raises(ReplaysUnavailable):
        await replays.first("proof", 60)
    await replays.aclose()
