"""Tokens that were found good a moment ago: what is saved, and what is judged with every request all the same."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from connectors.options import Duration
from gateway.identity import Fault, IssuerUnavailable, Verifier
from gateway.identity.settings import Remembering
from tests.gateway.identity.forging import NOW, bent, claims, compact, header, public, rsa, settings_for
from tests.gateway.identity.hostile_issuer import JWKS, Answer, HostileIssuer
from tests.gateway.identity.judging import accepted, fault_of
from tests.sandbox.eid.held_clock import HeldClock

Make = Callable[..., Verifier]


@pytest.fixture
async def verifying(issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock) -> AsyncIterator[Make]:
    """Makes verifiers, and ends what they have under way."""
    made: list[Verifier] = []

    def make(*, most: int = 10_000, longest: float = 300, **other: Any) -> Verifier:
        remembering = Remembering(most=most, longest=Duration(longest))
        settings = settings_for(issuer.address, **other)
        made.append(Verifier([settings], http=http, clock=clock, remembering=remembering))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


async def test_the_signature_of_a_token_is_checked_once(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    verifier = verifying()
    token = bent(issuer.address)
    first = await accepted(verifier, token)
    # A token that is judged anew gives a caller that is equal, and not the same.
    assert all([await accepted(verifier, token) is first for _ in range(50)])


async def test_a_token_is_judged_anew_after_a_while(issuer: HostileIssuer, verifying: Make, clock: HeldClock) -> None:
    verifier = verifying(longest=60)
    token = bent(issuer.address)
    for _ in range(3):
        first = await accepted(verifier, token)
        clock.pass_seconds(59)
        assert await accepted(verifier, token) is first
        clock.pass_seconds(1)
        assert await accepted(verifier, token) is not first


async def test_a20_a_token_that_is_remembered_ends_at_its_time(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    verifier = verifying()
    token = bent(issuer.address, exp=NOW + 60)
    await accepted(verifier, token)
    clock.pass_seconds(89)
    await accepted(verifier, token)
    clock.pass_seconds(1)
    assert await fault_of(verifier, token) is Fault.EXPIRED


async def test_a93_a_clock_that_is_set_back_makes_no_token_good_before_its_time(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    verifier = verifying()
    token = bent(issuer.address)
    await accepted(verifier, token)
    clock.pass_seconds(-31)
    assert await fault_of(verifier, token) is Fault.NOT_YET_VALID


async def test_a39_a_key_that_is_withdrawn_takes_its_tokens_with_it(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    """Within the age of the keys, although the token was found good a moment ago."""
    verifier = verifying(longest=3_600)
    token = bent(issuer.address, exp=NOW + 9_000)
    await accepted(verifier, token)
    issuer.publish(public(rsa("k-next")))
    clock.pass_seconds(301)
    assert await fault_of(verifier, token) is Fault.UNTRUSTED


async def test_a39_another_key_of_the_same_name_takes_them_too(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    verifier = verifying(longest=3_600)
    token = bent(issuer.address, exp=NOW + 9_000)
    await accepted(verifier, token)
    issuer.publish([{**public(rsa("another"))[0], "kid": "k-rsa"}])
    clock.pass_seconds(301)
    assert await fault_of(verifier, token) is Fault.UNTRUSTED


async def test_a39_a_new_key_beside_the_old_one_costs_one_more_check(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    verifier = verifying(longest=3_600)
    token = bent(issuer.address, exp=NOW + 9_000)
    old = await accepted(verifier, token)
    issuer.publish(public(rsa("k-rsa"), rsa("k-next")))
    clock.pass_seconds(301)
    new = await accepted(verifier, token)
    assert new == old and new is not old
    assert await accepted(verifier, token) is new


async def test_f24_without_keys_for_too_long_nothing_that_is_remembered_counts(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    verifier = verifying(max_key_age=60, max_key_age_unreachable=120)
    token = bent(issuer.address)
    await accepted(verifier, token)
    issuer.answers[JWKS] = Answer(status=503)
    clock.pass_seconds(121)
    with pytest.raises(IssuerUnavailable):
        await verifier.verify([b"Bearer " + token])


async def test_a07_what_is_remembered_is_the_whole_token(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    """Another signature under the same words is another token."""
    verifier = verifying()
    token = bent(issuer.address)
    await accepted(verifier, token)
    head, body, _ = token.split(b".")
    assert await fault_of(verifier, b".".join((head, body, b"AAAA"))) is Fault.UNTRUSTED


async def test_no_more_is_remembered_than_there_is_room_for(
    issuer: HostileIssuer, verifying: Make, clock: HeldClock
) -> None:
    """What was not used for longest goes first, and tokens that are refused never come in."""
    verifier = verifying(most=2)
    one, two, three = (compact(header(), claims(issuer.address, jti=name)) for name in ("one", "two", "three"))
    known = [await accepted(verifier, token) for token in (one, two)]
    assert await accepted(verifier, one) is known[0]
    await accepted(verifier, three)
    assert await accepted(verifier, one) is known[0]
    await fault_of(verifier, bent(issuer.address, exp=NOW - 60))
    assert len(verifier._verified) == 2
    assert await accepted(verifier, two) is not known[1]
    assert not [name for name in verifier._verified._entries if name in (one, two, three)]
