"""Proofs of possession of every shape, honest and forged, and what a request shows with them."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey, Key

from gateway.identity.possession import Possession, Shown
from tests.gateway.identity.forging import NOW, Part, base64url, bent, compact
from tests.sandbox.eid.held_clock import HeldClock

ADDRESS = "https://graph.test"
PATH = "/graphql"
KEY = ECKey.generate_key("P-256")
SECRET = b"shared by all gateways of one address"


def possession(clock: HeldClock, **other: Any) -> Possession:
    """A judge for the address of these tests."""
    return Possession(**{"clock": clock, "address": ADDRESS, "secret": SECRET, **other})


def bound(issuer: str, key: Key = KEY, **body: Any) -> bytes:
    """An honest token that is bound to that key."""
    return bent(issuer, cnf={"jkt": key.thumbprint()}, **body)


def head(key: Key = KEY, **other: Any) -> dict[str, Any]:
    """The header of a proof; members given as ``None`` are left out."""
    whole = {"typ": "dpop+jwt", "alg": "ES256", "jwk": dict(key.as_dict(private=False)), **other}
    return {name: value for name, value in whole.items() if value is not None}


def words(token: bytes, nonce: str | None, **other: Any) -> dict[str, Any]:
    """The claims of a proof; those given as ``None`` are left out."""
    usual = {
        "jti": secrets.token_hex(8),
        "htm": "POST",
        "htu": ADDRESS + PATH,
        "iat": NOW,
        "ath": base64url(hashlib.sha256(token).digest()).decode(),
        "nonce": nonce,
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not None}


def proof(header: Part, body: Mapping[str, Any] | bytes, *, key: Key = KEY, sign: str = "ES256") -> bytes:
    """A proof, signed with that key whatever the header says."""
    return compact(header, body, key=key, sign=sign)


def shown(*proofs: bytes, **other: Any) -> Shown:
    """What a request shows with these proofs."""
    return Shown(**{"method": "POST", "path": PATH, "proofs": proofs, **other})
