"""How many requests are taken: per citizen, client and address, with and without a Redis (A78, A84)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.clock import SystemClock
from connectors.options import Secret
from gateway.errors import RequestError
from gateway.rates import Rates
from gateway.settings import RateSettings
from gateway.watch import Watch
from gateway.windows import Bound, Windows
from resolvers.access.caller import Caller, CallerKind
from tests.connectors.redis_server import BINARY, FALSE, false_redis, real_redis
from tests.resolvers.test_permit import caller
from tests.running import CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.eid.held_clock import HeldClock

AN, BE = caller(personal_id="079175998001"), caller(personal_id="079175998002")
CLINIC = caller(kind=CallerKind.CLINICIAN, client_id="clinic", personal_id=None, organisation="79xxx")
OTHER_CLINIC = caller(kind=CallerKind.CLINICIAN, client_id="other-clinic", personal_id=None, organisation="79yyy")


def rates(url: str | None = None, **bounds: Any) -> Rates:
    settings = RateSettings(**{"per_citizen": 3, "per_client": 3, "per_address": 3, "refusals": 3, **bounds})
    if url is not None:
        settings = RateSettings(**{"per_citizen": 3, **bounds}, url=Secret(url))
    return Rates(settings, watch=Watch(SystemClock()), clock=SystemClock())


async def admitted(counted: Rates, who: Caller, times: int) -> int:
    """How many of so many requests are taken."""
    for number in range(times):
        try:
            await counted.admit(who)
        except RequestError:
            return number
    return times


async def test_a78_a_refusal_says_when_to_come_back() -> None:
    """With its own status and code."""
    counted = rates()
    await admitted(counted, AN, 3)
    with pytest.raises(RequestError) as refused:
        await counted.admit(AN)
    error = refused.value
    assert (error.status, error.code, dict(error.headers)) == (429, "TOO_MANY_REQUESTS", {"Retry-After": "6"})


def scope(client: str, *forwarded: str) -> Mapping[str, Any]:
    return {"client": (client, 5), "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded]}


@pytest.mark.parametrize(("first", "second"), [(AN, BE), (CLINIC, OTHER_CLINIC), (AN, CLINIC)])
async def test_a78_who_asks_too_often_is_slowed_and_nobody_else(first: Caller, second: Caller) -> None:
    """Each is counted for itself: no one can use up another's requests."""
    counted = rates()
    assert await admitted(counted, first, 5) == 3
    assert await admitted(counted, second, 3) == 3


async def test_a78_nought_sets_no_bound() -> None:
    """For whoever counts elsewhere."""
    assert await admitted(rates(per_citizen=0), AN, 50) == 50


async def test_a78_an_address_is_counted_before_anything_is_read() -> None:
    """Also of those who show no token."""
    counted = rates()
    for _ in range(3):
        await counted.admit_address(scope("203.0.113.5"))  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="Too many"):
        await counted.admit_address(scope("203.0.113.5"))  # type: ignore[arg-type]
    await counted.admit_address(scope("203.0.113.6"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", ("198.51.100.7",), "203.0.113.5"),
        ("10.1.0.9", ("198.51.100.7",), "198.51.100.7"),
        ("10.1.0.9", ("192.0.2.1, 198.51.100.7",), "198.51.100.7"),
        ("10.1.0.9", ("192.0.2.1", "198.51.100.7, 10.1.4.4"), "198.51.100.7"),
        ("10.1.0.9", ("2001:db8::7",), "2001:db8::7"),
        ("10.1.0.9", (), "10.1.0.9"),
        ("10.1.0.9", ("no address\r\n",), "10.1.0.9"),
        ("10.1.0.9", ("198.51.100.7, x",), "10.1.0.9"),
        ("10.1.0.9", ("x" * 20_000,), "10.1.0.9"),
    ],
)
def test_a77_only_our_own_proxies_tell_where_a_request_comes_from(
    peer: str, forwarded: tuple[str, ...], address: str
) -> None:
    """What a caller writes there itself stands before what the proxy added, and is not read."""
    counted = rates(proxies=("10.1.0.0/16",))
    assert counted.address_of(scope(peer, *forwarded)) == address  # type: ignore[arg-type]
    assert rates().address_of(scope(peer, *forwarded)) == peer  # type: ignore[arg-type]


async def test_a84_who_is_refused_too_often_is_slowed_and_told_to_the_operator() -> None:
    """Once; without a number, and also when all the refusals come in one request."""
    for times in ([1, 1, 1], [3], [100], [1, 100]):
        counted = rates(per_citizen=100)
        with capture_logs() as lines:
            for each in times:
                await counted.admit(AN)
                await counted.refused(AN, each)
        with pytest.raises(RequestError) as slowed:
            await counted.admit(AN)
        assert slowed.value.status == 429
        assert [line for line in lines if line.get("alert") == "enumeration"] == [
            {
                "event": "alert",
                "log_level": "error",
                "alert": "enumeration",
                "client": AN.client_id,
                "caller": "citizen",
            }
        ]
        assert await admitted(counted, BE, 1) == 1


async def test_memory_is_bounded_whoever_asks() -> None:
    """However many addresses an attacker has; the ones that were not seen for longest are forgotten."""
    counters = Windows(Bound("address", 1, 60), SystemClock(), most=100)
    for number in range(1000):
        counters.hit(f"k{number}")
    assert len(counters) == 100
    assert [counters.left("k0"), counters.left("k999")] == [1, 0]


def test_a78_an_edge_between_two_windows_gives_nobody_twice_as_much() -> None:
    """What was counted before it weighs as much as is left of it in the last minute."""
    clock = HeldClock()
    counters = Windows(Bound("citizen", 100, 60), clock, most=10)

    def admitted_now() -> int:
        return sum(counters.hit("an") for _ in range(300))

    clock.pass_seconds(119 - clock.monotonic() % 60)
    assert admitted_now() == 100
    clock.pass_seconds(1)
    assert admitted_now() == 0
    clock.pass_seconds(15)
    assert admitted_now() == 25
    clock.pass_seconds(30)
    assert admitted_now() == 50
    clock.pass_seconds(150)
    assert counters.left("an") == 100


@pytest.mark.parametrize("ailment", sorted(FALSE))
async def test_f21_a_redis_that_ails_costs_the_sharing_alone(ailment: str) -> None:
    """Each gateway then counts for itself."""
    async with false_redis(FALSE[ailment]) as redis:
        counted = rates(redis.url)
        assert await admitted(counted, AN, 5) == 3
        await counted.close()


@pytest.mark.skipif(BINARY is None, reason="no redis-server on this machine")
async def test_several_gateways_count_together_in_a_redis(tmp_path: Path) -> None:
    """What one took, the other does not take again; nobody's number stands there."""
    with real_redis(tmp_path) as (url, dumped):
        one, other = rates(url), rates(url)
        assert await admitted(one, AN, 2) == 2
        assert await admitted(other, AN, 3) == 1
        await one.close()
        await other.close()
        async with Redis.from_url(url) as client:
            await client.save()
        assert AN.personal_id is not None
        assert AN.personal_id.encode() not in dumped()


@pytest.mark.skipif(BINARY is None, reason="no redis-server on this machine")
async def test_a78_together_they_take_no_more_than_the_amount_and_ask_the_redis_seldom(tmp_path: Path) -> None:
    """A few requests are taken at once while much is left, and one by one at the end: to the very last."""
    with real_redis(tmp_path) as (url, _):
        gateways = rates(url, per_citizen=300), rates(url, per_citizen=300)
        taken = sum([await admitted(gateways[number % 2], AN, 1) for number in range(1000)])
        async with Redis.from_url(url) as client:
            words = int((await client.info("commandstats"))["cmdstat_evalsha"]["calls"])
        for gateway in gateways:
            await gateway.close()
    assert taken == 300
    assert words < 450


async def test_a84_numbers_are_not_tried_out_at_a_gateway(
    whole_city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """A stranger's numbers: refused, refused, then 429 with Retry-After, though each request is small."""
    bounds = "refusals = 0 -> refusals = 4"
    with running_gateway(whole_city, tmp_path, clock=city_clock, bounds=bounds) as running:
        token = whole_city.eid.token_for("an")
        statuses = [await tried(running, token, number) for number in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]


async def tried(running: Running, token: str, number: int) -> int:
    query = f'{{ citizen(id: "0791759980{number:02}") {{ id }} }}'
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"{running.url}/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"}
        )
    assert (answer.status_code == 429) == ("retry-after" in answer.headers)
    return answer.status_code
