"""Attacks 37 to 40: the issuer's keys in trouble, in rotation, in the wrong hands.

36, a revoked token, is with the questions to its issuer: without them a signed token is good until it expires.
"""

import httpx
import pytest
from structlog.testing import capture_logs

from gateway.identity import Fault, IssuerUnavailable, Verifier
from tests.gateway.identity.forging import (
    NOW,
    bent,
    claims,
    compact,
    header,
    public,
    rsa,
    settings_for,
)
from tests.gateway.identity.hostile_issuer import JWKS, Answer, HostileIssuer
from tests.gateway.identity.judging import accepted, all_refused, fault_of
from tests.sandbox.eid.held_clock import HeldClock


async def test_a37_a_hundred_unknown_kids_in_a_row(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    tokens = [bent(issuer.address, head={"kid": f"unknown-{number}"}) for number in range(100)]
    await all_refused(verifier, tokens, Fault.UNTRUSTED)
    assert issuer.times() <= 3


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(status=503),
        Answer(b""),
        Answer(b'{"keys": []}'),
        Answer(b"\x00\xff garbage"),
        Answer(b"<!doctype html><title>Log in</title>"),
        Answer(b"x" * 10_000_000),
        Answer(hangs=True),
    ],
)
async def test_a38_f24_key_set_in_trouble(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock, trouble: Answer
) -> None:
    """Known keys go on; of an unknown one nobody can say now whether the issuer made it."""
    settings = settings_for(issuer.address, fetch_deadline=0.2 if trouble.hangs else 2)
    verifier = Verifier([settings], http=http, clock=clock)
    await accepted(verifier, bent(issuer.address))
    issuer.answers[JWKS] = trouble
    clock.pass_seconds(301)
    with capture_logs() as events:
        await accepted(verifier, bent(issuer.address, exp=NOW + 1_000))
        clock.pass_seconds(30)
        with pytest.raises(IssuerUnavailable):
            await verifier.verify([b"Bearer " + bent(issuer.address, head={"kid": "new"})])
    # Other gateways of this test run may say something of their own meanwhile.
    said = {event["event"] for event in events}
    assert {event for event in said if event.startswith("identity.")} == {"identity.keys_refused"}
    await verifier.aclose()


async def test_a38_without_any_key_ever_it_is_the_service_that_is_unavailable(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    """A 401 would make every client throw its good token away and sign in again, all at once."""
    issuer.answers[JWKS] = Answer(status=503)
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    with pytest.raises(IssuerUnavailable):
        await verifier.verify([b"Bearer " + bent(issuer.address)])
    assert await fault_of(verifier, b"not.a.token") is Fault.MALFORMED


@pytest.mark.parametrize("overlap", [True, False])
async def test_a39_key_rotation(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock, *, overlap: bool
) -> None:
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    old = bent(issuer.address, exp=NOW + 9_000)
    new = compact(header("k-next"), claims(issuer.address, exp=NOW + 9_000), key=rsa("k-next"))
    await accepted(verifier, old)
    issuer.publish(public(*([rsa("k-rsa")] if overlap else []), rsa("k-next")))
    clock.pass_seconds(30)
    await accepted(verifier, new)
    if overlap:
        await accepted(verifier, old)
        issuer.publish(public(rsa("k-next")))
        clock.pass_seconds(301)
    assert await fault_of(verifier, old) is Fault.UNTRUSTED


@pytest.mark.parametrize("change", [{"issuer": "https://stranger.example"}, {"jwks_uri": "http://127.0.0.1:1/jwks"}])
async def test_a40_discovery_that_turns_to_another_issuer_or_host(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock, change: dict[str, str]
) -> None:
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    await accepted(verifier, bent(issuer.address))
    issuer.describe(**change)
    issuer.publish(public(rsa("stranger")))
    clock.pass_seconds(301)
    forged = compact(header("stranger"), claims(issuer.address, exp=NOW + 1_000), key=rsa("stranger"))
    with capture_logs() as events:
        await accepted(verifier, bent(issuer.address, exp=NOW + 1_000))
        clock.pass_seconds(30)
        with pytest.raises(IssuerUnavailable):
            await verifier.verify([b"Bearer " + forged])
    assert {(event["event"], event["log_level"]) for event in events} == {("identity.keys_refused", "error")}
    assert issuer.times() == 1
