"""The other side of the counter: a client that signs a person in over HTTP, as an application does."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet
from msgspec import Struct

from tests.sandbox.eid.assertions import ASSERTION_TYPE
from tests.sandbox.eid.expiring import handle
from tests.sandbox.eid.model import Client, RandomBytes

_PENDING = re.compile(r'name="pending" value="([^"]+)"')


class SignedIn(Struct, frozen=True, kw_only=True):
    """The token endpoint's answer, its ID token already checked."""

    access_token: str
    id_token: str
    scope: str
    expires_in: int
    token_type: str

    def __repr__(self) -> str:
        return f"SignedIn(scope={self.scope!r}, expires_in={self.expires_in})"


async def sign_in(
    http: httpx.AsyncClient, *, issuer: str, client: Client, person: str, level: str, random: RandomBytes
) -> SignedIn:
    """Walk the authorization code flow with PKCE, ``state``, ``nonce`` and ``iss``, choosing ``person`` on the page.

    Raises:
        AssertionError: the e-ID did not answer as the protocol says.
        httpx.HTTPError: it could not be reached.
    """
    about = (await http.get(f"{issuer}/.well-known/openid-configuration")).json()
    verifier, state, nonce = handle(random), handle(random), handle(random)
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": " ".join(client.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": _s256(verifier),
        "code_challenge_method": "S256",
        "prompt": "login",
    }
    code = await _code(http, about, asked, choice={"person": person, "level": level})
    form = {
        "grant_type": "authorization_code",
        "client_id": client.client_id,
        "code": code,
        "redirect_uri": client.redirect_uris[0],
        "code_verifier": verifier,
    }
    answer = await http.post(about["token_endpoint"], data=form)
    assert answer.status_code == 200, answer.text
    keys = KeySet.import_key_set((await http.get(about["jwks_uri"])).json())
    claims = jwt.decode(answer.json()["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (issuer, client.client_id, nonce)
    return SignedIn(**answer.json())


async def _code(
    http: httpx.AsyncClient, about: dict[str, Any], asked: dict[str, str], *, choice: dict[str, str]
) -> str:
    shown = await http.get(about["authorization_endpoint"], params=asked)
    pending = _PENDING.search(shown.text)
    assert pending is not None, f"no page to choose a person: {shown.status_code}"
    chosen = await http.post(f"{about['authorization_endpoint']}/choice", data={"pending": pending.group(1), **choice})
    assert chosen.status_code == 303, chosen.status_code
    back = parse_qs(urlsplit(chosen.headers["location"]).query)
    assert (back["state"], back["iss"]) == ([asked["state"]], [about["issuer"]])
    return back["code"][0]


async def organisation_token(
    http: httpx.AsyncClient,
    *,
    issuer: str,
    client: Client,
    now: int,
    random: RandomBytes,
    proof: str | None = None,
    **asked: str,
) -> str:
    """Get an organisation's access token with a signed assertion, over HTTP.

    Args:
        http: with which to ask.
        issuer: the e-ID.
        client: whose token.
        now: by the city's clock.
        random: gives random bytes.
        proof: of the key to which the token shall be bound.
        asked: further parameters, such as ``purpose_of_use``.
    """
    answer = await http.post(
        f"{issuer}/token",
        headers={} if proof is None else {"DPoP": proof},
        data={
            **asked,
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(client, audience=f"{issuer}/token", now=now, name=handle(random)),
        },
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def assertion(client: Client, *, audience: str, now: int, name: str, **other: Any) -> str:
    """Give an assertion signed with the organisation's key (RFC 7523 section 3); ``other`` claims win."""
    assert client.key is not None, "only an organisation has a key"
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": audience,
        "iat": now,
        "exp": now + 60,
        "jti": name,
        **other,
    }
    return jwt.encode({"alg": "ES256", "kid": client.key.kid}, claims, client.key)


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
