"""Tokens of every shape, honest and forged, and the settings that judge them."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from gateway.identity import IssuerSettings
from tests.sandbox.eid.held_clock import NOON

AUDIENCE = "urn:test:gateway"
NUMBER = "079175998001"
NOW = int(NOON.timestamp())

Curve = Literal["P-256", "P-384", "P-521", "secp256k1"]
Part = Mapping[str, Any] | bytes
"""A header or a body: an object, or the very bytes when no JSON library would write them."""


@cache
def rsa(name: str) -> RSAKey:
    """Give an RSA key for RS256, the same for the same name through the whole run."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@cache
def ec(name: str, curve: Curve = "P-256") -> ECKey:
    """Give an EC key that names no algorithm of its own."""
    return ECKey.generate_key(curve, {"kid": name, "use": "sig"})


@cache
def pss(name: str) -> RSAKey:
    """Give an RSA key published for PS256 alone."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "PS256"})


def settings_for(issuer: str, **other: Any) -> IssuerSettings:
    """Give settings for a test issuer on the loop-back address."""
    usual: dict[str, Any] = {
        "issuer": issuer,
        "audiences": (AUDIENCE,),
        "assurance": {"LoA1": 1, "LoA2": 2},
        "allow_http": True,
        "fetch_deadline": 2,
    }
    return IssuerSettings(**{**usual, **other})


def claims(issuer: str, **other: Any) -> dict[str, Any]:
    """Give a citizen's claims; those given as ``None`` are left out."""
    usual: dict[str, Any] = {
        "iss": issuer,
        "sub": "an",
        "aud": AUDIENCE,
        "iat": NOW,
        "exp": NOW + 600,
        "client_id": "citizen-app",
        "scope": "openid health.read",
        "acr": "LoA2",
        "auth_time": NOW - 5,
        "citizen_pid": NUMBER,
        "name": "Nguyễn Thị Mẫu Ân",
        "birthdate": "1975-03-02",
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not None}


def header(kid: str = "k-rsa", algorithm: str = "RS256", **other: Any) -> dict[str, Any]:
    """Give the header of an access token; members given as ``None`` are left out."""
    whole = {"typ": "at+jwt", "alg": algorithm, "kid": kid, **other}
    return {name: value for name, value in whole.items() if value is not None}


def compact(head: Part, body: Part, *, key: Key | None = None, sign: str = "RS256") -> bytes:
    """Give a compact JWS, signed with ``key`` by algorithm ``sign`` whatever the header says."""
    signed = segment(head) + b"." + segment(body)
    signature = JWSRegistry.algorithms[sign].sign(signed, key or rsa("k-rsa"))
    return signed + b"." + base64url(signature)


def segment(part: Part) -> bytes:
    return base64url(part if isinstance(part, bytes) else json.dumps(part).encode())


def base64url(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def public(*keys: Key) -> list[dict[str, Any]]:
    """Give keys as an issuer publishes them."""
    return [dict(key.as_dict(private=False)) for key in keys]


def bent(issuer: str, *, head: Mapping[str, Any] | None = None, **body: Any) -> bytes:
    """Give an honestly signed token with these differences."""
    return compact({**header(), **(head or {})}, claims(issuer, **body))
