"""Attacks 20 to 24, 28 to 30: an honest signature under claims that must not pass, or not count.

31 and 32 are decided by the policy, once the caller is known.
"""

import json
from typing import Any

from gateway.identity import Fault, Verifier
from tests.gateway.identity.forging import (
    AUDIENCE,
    NOW,
    NUMBER,
    bent,
    claims,
    compact,
    header,
)
from tests.gateway.identity.hostile_issuer import HostileIssuer
from tests.gateway.identity.judging import accepted, all_refused


async def test_a20_expired_or_without_a_usable_end(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    past = [bent(lasting_issuer.address, exp=when) for when in (NOW - 30, NOW - 3_600, 0)]
    await all_refused(verifier, past, Fault.EXPIRED)
    shapeless: list[Any] = ["never", str(NOW + 60), True, [NOW + 60], {"v": 1}, NOW + 60.5, -1, 10**30, 253402300800]
    tokens = [bent(lasting_issuer.address, exp=value) for value in shapeless] + [bent(lasting_issuer.address, exp=None)]
    raw = json.dumps(claims(lasting_issuer.address, exp=None)).encode()[:-1]
    tokens += [compact(header(), raw + b', "exp": ' + text + b"}") for text in (b"1e400", b"null", b"NaN", b"Infinity")]
    await all_refused(verifier, tokens, Fault.MALFORMED)


async def test_a21_not_valid_yet(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    early = [
        bent(lasting_issuer.address, nbf=NOW + 31),
        bent(lasting_issuer.address, iat=NOW + 31),
        bent(lasting_issuer.address, nbf=NOW + 9999),
    ]
    await all_refused(verifier, early, Fault.NOT_YET_VALID)
    shapeless = [
        bent(lasting_issuer.address, nbf="soon"),
        bent(lasting_issuer.address, iat="now"),
        bent(lasting_issuer.address, iat=None),
    ]
    await all_refused(verifier, shapeless, Fault.MALFORMED)
    await accepted(verifier, bent(lasting_issuer.address, nbf=NOW + 30, iat=NOW + 30))


async def test_a22_an_issuer_that_is_almost_ours(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    ours = lasting_issuer.address
    names: list[Any] = [None, ours[:-1], ours + "0", ours + "/", ours.upper(), [ours], {"a": ours}, 7, "", " " + ours]
    await all_refused(verifier, [bent(lasting_issuer.address, iss=name) for name in names], Fault.UNTRUSTED)


async def test_a23_meant_for_somebody_else(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    audiences: list[Any] = [
        None,
        "",
        [],
        ["other", "another"],
        AUDIENCE[:-1],
        AUDIENCE + "x",
        AUDIENCE.upper(),
        7,
        {AUDIENCE: 1},
        [AUDIENCE, 7],
        [[AUDIENCE]],
    ]
    await all_refused(verifier, [bent(lasting_issuer.address, aud=value) for value in audiences], Fault.WRONG_AUDIENCE)


async def test_a24_no_usable_subject(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    subjects: list[Any] = [None, "", 7, ["an"], {"a": 1}, True, "an\x00", "x" * 256]
    await all_refused(verifier, [bent(lasting_issuer.address, sub=value) for value in subjects], Fault.UNIDENTIFIED)


async def test_a28_low_missing_or_unknown_assurance_is_level_zero_for_the_policy_to_refuse(
    verifier: Verifier, lasting_issuer: HostileIssuer
) -> None:
    values: list[Any] = [None, "", "LoA0", "loa2", "LoA2 ", ["LoA2"], {"LoA2": 1}, 2, True]
    levels = [(await accepted(verifier, bent(lasting_issuer.address, acr=value))).assurance for value in values]
    assert levels == [0] * len(values)
    assert (await accepted(verifier, bent(lasting_issuer.address, acr="LoA1"))).assurance == 1


async def test_a29_a_scope_that_is_almost_the_right_one_is_not_it(
    verifier: Verifier, lasting_issuer: HostileIssuer
) -> None:
    values: list[Any] = [
        None,
        "other",
        "health",
        "health.read.all",
        "HEALTH.READ",
        "*",
        7,
        {"health.read": 1},
        ["health.read"],
        "openid\thealth.read",
        "openid,health.read",
        "openid\u00a0health.read",
    ]
    for value in values:
        assert "health.read" not in (await accepted(verifier, bent(lasting_issuer.address, scope=value))).scopes


async def test_a30_a_citizens_number_that_is_none(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    numbers: list[Any] = [
        "",
        " ",
        NUMBER[:-1],
        NUMBER + "1",
        NUMBER[:-1] + "A",
        "０７９１７５９９８００１",
        "٠٧٩١٧٥٩٩٨٠٠١",
        NUMBER + "\n",
        NUMBER + "\x00",
        " " + NUMBER,
        "' OR '1'='1",
        "*)(uid=*",
        "079175998|01",
        "079^175~9980",
        "079175998&_i",
        "9" * 4_000,
        [NUMBER],
        {"v": NUMBER},
        int(NUMBER),
        True,
    ]
    await all_refused(
        verifier, [bent(lasting_issuer.address, citizen_pid=value) for value in numbers], Fault.UNIDENTIFIED
    )
    explicit_null = json.dumps({**claims(lasting_issuer.address), "citizen_pid": None}).encode()
    await all_refused(verifier, [compact(header(), explicit_null)], Fault.UNIDENTIFIED)
