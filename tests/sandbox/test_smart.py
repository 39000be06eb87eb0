"""The token office of the vaccination register takes what SMART Backend Services allows, and nothing else."""

import secrets
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette

from tests.sandbox.eid.assertions import ASSERTION_TYPE
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.servers.smart import SCOPE, TokenOffice

KEY = ECKey.generate_key("P-384")
BASE = "http://register/fhir"
CLOCK = HeldClock()
NOW = int(CLOCK.now().timestamp())


def form(*, header: dict[str, Any] | None = None, key: ECKey = KEY, more: Any = None, **claims: Any) -> dict[str, str]:
    said = {"iss": "c", "sub": "c", "aud": f"{BASE}/oauth/token", "exp": NOW + 300, "jti": secrets.token_hex(8)}
    head = {"alg": "ES384", "kid": KEY.thumbprint(), "typ": "JWT"} | (header or {})
    return {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": jwt.encode(head, said | claims, key, algorithms=[head["alg"]]),
    } | (more or {})


async def answers(*forms: dict[str, str]) -> list[httpx.Response]:
    """One office, asked in this order; the last answer is what it says about the token of the first."""
    office = TokenOffice(base_url=BASE, client_id="c", key=KEY, clock=CLOCK, random=secrets.token_bytes)
    app = Starlette(routes=[*office.routes("/fhir")])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as http:
        given = [await http.post(f"{BASE}/oauth/token", data=one) for one in forms]
    if given[0].status_code == 200:
        assert office.accepts(f"Bearer {given[0].json()['access_token']}")
    assert not office.accepts("Bearer x")
    return given


async def test_an_assertion_is_worth_one_token_once() -> None:
    one = form()
    first, second = await answers(one, one)
    assert (first.status_code, first.json()["expires_in"]) == (200, 300)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": NOW + 301},
        {"exp": NOW},
        {"exp": "soon"},
        {"aud": BASE},
        {"iss": "d"},
        {"sub": "d"},
        {"jti": ""},
        {"header": {"kid": "other"}},
        {"header": {"typ": "at+jwt"}},
        {"key": ECKey.generate_key("P-384")},
        {"key": ECKey.generate_key("P-256"), "header": {"alg": "ES256"}},
        {"more": {"client_assertion": "x.y.z"}},
        {"more": {"client_assertion_type": "x"}},
        {"more": {"grant_type": "password"}},
        {"more": {"scope": "system/*.cruds"}},
    ],
)
async def test_what_the_profile_does_not_allow(wrong: dict[str, Any]) -> None:
    (answer,) = await answers(form(**wrong))
    assert answer.status_code == 400
