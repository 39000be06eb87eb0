"""The keys of an issuer through its life: start, rotation, trouble, recovery. The clock moves by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from gateway.identity import InvalidToken, IssuerUnavailable
from gateway.identity.keys import IssuerKeys
from tests.gateway.identity.forging import ec, pss, public, rsa, settings_for
from tests.gateway.identity.hostile_issuer import JWKS, Answer, HostileIssuer
from tests.sandbox.eid.held_clock import HeldClock

DOWN = Answer(status=503)


@pytest.fixture
async def keys(issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock) -> AsyncIterator[IssuerKeys]:
    async with keys_of(issuer, http, clock) as made:
        yield made


@asynccontextmanager
async def keys_of(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock, **other: Any
) -> AsyncIterator[IssuerKeys]:
    made = IssuerKeys(settings_for(issuer.address, **other), http=http, clock=clock)
    yield made
    await made.aclose()


async def knows(keys: IssuerKeys, kid: str) -> bool:
    try:
        return bool(await keys.find(kid, "RS256"))
    except InvalidToken:
        return False


async def test_keys_are_fetched_once_and_kept(keys: IssuerKeys, issuer: HostileIssuer) -> None:
    assert [await knows(keys, "k-rsa") for _ in range(20)] == [True] * 20
    assert issuer.times() == 1


async def test_a_hundred_first_callers_cause_one_fetch(keys: IssuerKeys, issuer: HostileIssuer) -> None:
    found = await asyncio.gather(*[knows(keys, "k-rsa") for _ in range(100)])
    assert all(found)
    assert issuer.times() == 1


async def test_a_caller_who_goes_away_does_not_end_the_fetch_of_the_others(
    keys: IssuerKeys, issuer: HostileIssuer
) -> None:
    first, second = (asyncio.create_task(knows(keys, "k-rsa")) for _ in range(2))
    await asyncio.sleep(0)  # both are under way now
    first.cancel()
    assert await second
    assert first.cancelled()
    assert issuer.times() == 1


async def test_warming_tells_whether_there_are_keys(keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock) -> None:
    issuer.answers[JWKS] = DOWN
    assert not await keys.warm()
    issuer.publish(public(rsa("k-rsa")))
    clock.pass_seconds(1)
    assert await keys.warm()


async def test_a_key_of_that_id_for_another_algorithm_is_no_key(keys: IssuerKeys) -> None:
    with pytest.raises(InvalidToken):
        await keys.find("k-rsa", "PS256")


async def test_two_keys_may_share_an_id(issuer: HostileIssuer, keys: IssuerKeys) -> None:
    """RFC 7517 section 4.5 lets keys for different algorithms share one."""
    issuer.publish(public(rsa("same"), pss("same"), ec("same")))
    for algorithm in ("RS256", "PS256", "ES256"):
        assert len(await keys.find("same", algorithm)) == 1


async def test_a_new_key_is_known_within_the_interval(
    keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock
) -> None:
    assert await knows(keys, "k-rsa")
    issuer.publish(public(rsa("k-rsa"), rsa("k-new")))
    assert not await knows(keys, "k-new")
    clock.pass_seconds(30)
    assert await knows(keys, "k-new")
    assert issuer.times() == 2


async def test_unknown_ids_cause_one_fetch_per_interval(
    keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock
) -> None:
    assert await knows(keys, "k-rsa")
    clock.pass_seconds(30)
    found = await asyncio.gather(*[knows(keys, f"stranger-{number}") for number in range(100)])
    assert not any(found)
    assert issuer.times() == 2


async def test_a_withdrawn_key_is_refused_once_the_keys_are_too_old(
    keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock
) -> None:
    assert await knows(keys, "k-rsa")
    issuer.publish(public(rsa("k-new")))
    clock.pass_seconds(150)
    assert await knows(keys, "k-rsa")
    assert issuer.times() == 1
    clock.pass_seconds(151)
    assert not await knows(keys, "k-rsa")


async def test_from_half_the_age_on_keys_are_renewed_behind_the_callers_back(
    keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock
) -> None:
    assert await knows(keys, "k-rsa")
    issuer.answers[JWKS] = Answer(hangs=True)
    clock.pass_seconds(151)
    assert await asyncio.wait_for(knows(keys, "k-rsa"), 0.5)
    assert await asyncio.to_thread(issuer.hanging.wait, 5)  # and yet the issuer was asked


@pytest.mark.parametrize(
    "bad",
    [
        DOWN,
        Answer(b"garbage"),
        Answer(b'{"keys": []}'),
        Answer(b'{"keys": [null, {"kty": "oct", "k": "AA", "kid": "k-rsa"}]}'),
        Answer(b'{"keys": [' + b",".join([b"{}"] * 65) + b"]}"),
    ],
)
async def test_a_bad_key_set_never_replaces_a_good_one(
    keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock, bad: Answer
) -> None:
    assert await knows(keys, "k-rsa")
    issuer.answers[JWKS] = bad
    clock.pass_seconds(301)
    with capture_logs() as events:
        assert await knows(keys, "k-rsa")
        with pytest.raises(IssuerUnavailable):
            await knows(keys, "stranger")
    assert [event["kept"] for event in events if event["event"] == "identity.keys_refused"] == [1]
    assert issuer.times() == 2


async def test_nobody_waits_for_an_issuer_that_hangs_after_it_was_found_out(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    async with keys_of(issuer, http, clock, fetch_deadline=0.2) as keys:
        assert await knows(keys, "k-rsa")
        issuer.answers[JWKS] = Answer(hangs=True)
        clock.pass_seconds(301)
        assert await knows(keys, "k-rsa")  # waits for the deadline, once
        clock.pass_seconds(30)
        assert await asyncio.wait_for(knows(keys, "k-rsa"), 0.1)


async def test_keys_that_could_not_be_renewed_for_too_long_are_not_used_any_more(
    keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock
) -> None:
    assert await knows(keys, "k-rsa")
    issuer.answers[JWKS] = DOWN
    clock.pass_seconds(43_201)
    for kid in ("k-rsa", "stranger"):
        with pytest.raises(IssuerUnavailable):
            await keys.find(kid, "RS256")
    issuer.publish(public(rsa("k-rsa")))
    clock.pass_seconds(30)
    assert await knows(keys, "k-rsa")


async def test_an_issuer_that_never_answered_is_unavailable_and_asked_again_a_second_later(
    keys: IssuerKeys, issuer: HostileIssuer, clock: HeldClock
) -> None:
    issuer.answers[JWKS] = DOWN
    for _ in range(5):
        with pytest.raises(IssuerUnavailable):
            await keys.find("k-rsa", "RS256")
    assert issuer.times() == 1
    issuer.publish(public(rsa("k-rsa")))
    clock.pass_seconds(1)
    assert await knows(keys, "k-rsa")


async def test_an_unfit_key_among_good_ones_is_ignored_with_a_warning(keys: IssuerKeys, issuer: HostileIssuer) -> None:
    issuer.publish([*public(rsa("k-rsa")), {**public(rsa("k-enc"))[0], "use": "enc"}])
    with capture_logs() as events:
        assert await knows(keys, "k-rsa")
        assert not await knows(keys, "k-enc")
    ignored = [event for event in events if event["event"] == "identity.key_ignored"]
    assert [(event["reason"], event["log_level"]) for event in ignored] == [("not for signatures", "warning")]


async def test_closing_ends_a_fetch_under_way(issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock) -> None:
    issuer.answers[JWKS] = Answer(hangs=True)
    keys = IssuerKeys(settings_for(issuer.address, fetch_deadline=30), http=http, clock=clock)
    caller = asyncio.create_task(keys.warm())
    assert await asyncio.to_thread(issuer.hanging.wait, 5)
    await asyncio.wait_for(keys.aclose(), 1)
    assert not await caller
