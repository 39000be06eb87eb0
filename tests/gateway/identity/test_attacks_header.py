"""Attacks 12 to 19, numbered as in the project's list: what a header may not say, and other kinds of token."""

import json
from typing import Any

import httpx
from structlog.testing import capture_logs

from gateway.identity import Fault, Verifier
from tests.gateway.identity.forging import (
    AUDIENCE,
    NOW,
    bent,
    claims,
    compact,
    ec,
    header,
    public,
    rsa,
    settings_for,
)
from tests.gateway.identity.hostile_issuer import HostileIssuer
from tests.gateway.identity.judging import accepted, all_refused
from tests.sandbox.eid.held_clock import HeldClock

KIDS: tuple[Any, ...] = (
    "unknown",
    "../../etc/passwd",
    "' OR 1=1 --",
    "$(id)",
    "k-rsa\x00",
    "k-rsa\r\nX: y",
    "x" * 257,
    "x" * 4_096,
    "",
    7,
    None,
    ["k-rsa"],
    {"kid": "k-rsa"},
    "K-RSA",
    " k-rsa",
)


async def test_a12_unknown_or_poisoned_kid(issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock) -> None:
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    await accepted(verifier, bent(issuer.address))
    clock.pass_seconds(30)
    with capture_logs() as events:
        await all_refused(verifier, [bent(issuer.address, head={"kid": kid}) for kid in KIDS], Fault.UNTRUSTED)
    assert events == []
    assert issuer.times() == 2


async def test_a13_a_key_brought_along_in_the_header_is_never_fetched_nor_used(
    issuer: HostileIssuer, http: httpx.AsyncClient, clock: HeldClock
) -> None:
    verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock)
    stranger = public(rsa("stranger"))[0]
    elsewhere = f"{issuer.address}/stolen"
    brought: list[dict[str, Any]] = [
        {"jku": elsewhere},
        {"x5u": elsewhere},
        {"x5c": ["MIIB"]},
        {"jwk": stranger},
        {"jwks": {"keys": [stranger]}},
    ]
    for head in brought:
        honest = bent(issuer.address, head=head)
        forged = compact({**header(), **head}, claims(issuer.address), key=rsa("stranger"))
        await all_refused(verifier, [honest, forged], Fault.UNTRUSTED)
    assert "/stolen" not in issuer.asked


async def test_a14_an_issuer_nobody_configured_is_not_even_asked(verifier: Verifier, issuer: HostileIssuer) -> None:
    await all_refused(verifier, [bent(issuer.address)], Fault.UNTRUSTED)
    assert issuer.asked == []


async def test_a15_critical_members_unencoded_payload_and_compression(
    verifier: Verifier, lasting_issuer: HostileIssuer
) -> None:
    heads: list[dict[str, Any]] = [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"crit": ["absent"]},
        {"crit": ["b64"], "b64": False},
        {"b64": False},
        {"b64": True},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
    ]
    await all_refused(verifier, [bent(lasting_issuer.address, head=head) for head in heads], Fault.UNTRUSTED)


async def test_a16_duplicate_members(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    head, body = json.dumps(header()).encode(), json.dumps(claims(lasting_issuer.address)).encode()
    twice = [
        compact(head[:-1] + b', "alg": "RS256"}', body),
        compact(head[:-1] + b', "kid": "k-rsa"}', body),
        compact(head, body[:-1] + b', "citizen_pid": "079085998002"}'),
        compact(head, body[:-1] + b', "\\u0063itizen_pid": "079085998002"}'),
        compact(head, body[:-1] + b', "x": {"y": 1, "y": 2}}'),
    ]
    assert (await accepted(verifier, compact(head, body))).subject == "an"
    await all_refused(verifier, twice, Fault.MALFORMED)


async def test_a17_types_of_other_tokens(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    types: list[Any] = [
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "JWT",
        "jwt",
        "at+jwt ",
        "application/application/at+jwt",
        "",
        None,
        7,
        ["at+jwt"],
    ]
    tokens = [bent(lasting_issuer.address, head={"typ": kind}) for kind in types]
    await all_refused(verifier, [*tokens, compact(header(typ=None), claims(lasting_issuer.address))], Fault.WRONG_TYPE)


async def test_a18_an_id_token_also_when_it_names_us(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    tokens = [
        bent(lasting_issuer.address, head={"typ": "JWT"}, aud=["citizen-app", AUDIENCE], nonce="n"),
        bent(lasting_issuer.address, aud=["citizen-app", AUDIENCE], nonce="n"),
        bent(lasting_issuer.address, at_hash="x"),
        bent(lasting_issuer.address, c_hash="x"),
        bent(lasting_issuer.address, events={"http://schemas.openid.net/event/backchannel-logout": {}}),
    ]
    await all_refused(verifier, tokens, Fault.WRONG_TYPE)


async def test_a19_a_client_assertion_or_refresh_token(verifier: Verifier, lasting_issuer: HostileIssuer) -> None:
    address = lasting_issuer.address
    own = {"iss": "hospital-a", "sub": "hospital-a", "aud": address, "iat": NOW, "exp": NOW + 60, "jti": "1"}
    assertion = compact({"alg": "ES256", "kid": "k-ec"}, own, key=ec("k-ec"), sign="ES256")
    refresh = bent(lasting_issuer.address, head={"typ": "rt+jwt"}, aud=address)
    await all_refused(verifier, [assertion, refresh], Fault.UNTRUSTED, Fault.WRONG_TYPE)
