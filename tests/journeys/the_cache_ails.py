"""A Redis that ails costs nobody an answer, and what it keeps never survives a sign of confusion."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.connectors.redis_server import BINARY, real_redis
from tests.proxy import Mode, proxy_to
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City

LIST = """{ me { ABOUT { nodes { provenance { source { id } fromCache } }
  completeness { sources { source { id } state code } } } } }"""
BLOCK = 'bearer = "file:secrets/hospital-b-token"'
ENOUGH = 60
"""Seconds for which the hospital's answers may be kept: longer than any of these tests."""

pytestmark = pytest.mark.skipif(BINARY is None, reason="neither redis-server nor valkey-server is installed")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The path of a real one's socket."""
    (tmp_path / "redis").mkdir()
    with real_redis(tmp_path / "redis") as (url, _):
        yield url.removeprefix("unix://")


@contextmanager
def keeping(city: City, folder: Path, clock: CityClock, *, port: int | None) -> Iterator[Running]:
    """A gateway that keeps hospital B's answers in the Redis at that port, or in its own memory."""
    kept = "[server] -> [server]"
    if port is not None:
        (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
        (folder / "secrets" / "redis").write_text(f"redis://127.0.0.1:{port}/0")
        (folder / "secrets" / "redis").chmod(0o600)
        kept = '[server] -> [cache]\nbackend = "redis"\nurl = "file:secrets/redis"\n\n[server]'
    grants = f'{BLOCK} -> {BLOCK}\ncache = "{ENOUGH}s"'
    with running_gateway(city, folder, clock=clock, grants=grants, kept=kept) as gateway:
        yield gateway


async def told(gateway: Running, city: City, about: str = "allergies") -> tuple[str, set[bool]]:
    """How it went with hospital B, and whether its records came from the cache."""
    section: dict[str, Any] = (await gateway.ask(LIST.replace("ABOUT", about), token=city.eid.token_for("an"))).data[
        "me"
    ][about]
    rows = {row["source"]["id"]: row["state"] for row in section["completeness"]["sources"]}
    told = [item for node in section["nodes"] for item in node["provenance"]]
    return rows["hospital-b"], {item["fromCache"] for item in told if item["source"]["id"] == "hospital-b"}


@pytest.mark.parametrize("mode", ["slow", "silent", "reset", "garbage"])
async def test_f21_a_redis_that_ails_is_done_without(
    mode: Mode, redis: str, whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """What was kept is read anew, in hardly more time; and it serves again when it has healed."""
    async with proxy_to(redis) as proxy:
        with keeping(whole_city, tmp_path, city_clock, port=proxy.port) as gateway:
            assert await told(gateway, city) == ("ANSWERED", {False})
            assert await told(gateway, city) == ("ANSWERED", {True})
            proxy.mode = mode
            begun = time.monotonic()
            assert await told(gateway, city) == ("ANSWERED", {False})
            assert time.monotonic() - begun < 1
            proxy.mode = "through"
            city_clock.skip(10)  # it is left alone for some seconds after it failed
            await told(gateway, city)
            assert await told(gateway, city) == ("ANSWERED", {True})


async def test_f21_a_redis_that_is_full_keeps_nothing_and_costs_nothing(
    redis: str, whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    client = Redis(unix_socket_path=redis)
    await client.config_set("maxmemory", "1")
    await client.aclose()
    async with proxy_to(redis) as proxy:
        with keeping(whole_city, tmp_path, city_clock, port=proxy.port) as gateway:
            for _ in range(2):
                assert await told(gateway, city) == ("ANSWERED", {False})
            assert proxy.words


@pytest.mark.parametrize("mode", ["silent", "reset"])
async def test_f21_without_its_redis_a_crowd_is_still_one_call(
    mode: Mode, redis: str, whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Twenty who ask the same at once do not become a stampede at the hospital."""
    async with proxy_to(redis) as proxy:
        with keeping(whole_city, tmp_path, city_clock, port=proxy.port) as gateway:
            proxy.mode = mode
            city.faults.set("hospital-b", "hang")
            asking = [asyncio.ensure_future(told(gateway, city)) for _ in range(20)]
            hospital = city.seen["hospital-b"]
            assert await asyncio.to_thread(hospital.wait_until, lambda seen: seen.in_flight >= 1)
            city.faults.clear("hospital-b")
            assert await asyncio.gather(*asking) == [("ANSWERED", {False})] * 20
            # Whoever came only when the first had their answer is another call.
            assert hospital.count("AllergyIntolerance.search") < 5


@pytest.mark.parametrize("where", ["redis", "memory"])
async def test_f13_one_answer_about_somebody_else_loses_everything_that_is_kept_about_the_citizen(
    where: str, redis: str, whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Who is mixed up now may have been mixed up when it was kept."""
    async with proxy_to(redis) as proxy:
        port = proxy.port if where == "redis" else None
        with keeping(whole_city, tmp_path, city_clock, port=port) as gateway:
            await told(gateway, city)
            assert await told(gateway, city) == ("ANSWERED", {True})
            city.faults.set("hospital-b", "wrong_person")
            assert (await told(gateway, city, "encounters"))[0] == "IDENTITY_MISMATCH"
            city.faults.clear("hospital-b")
            assert await told(gateway, city) == ("ANSWERED", {False})
