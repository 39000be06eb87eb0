"""Proofs of possession of a key: DPoP (RFC 9449 section 4.3), step by step. A proof is never kept, only its name."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode
from msgspec import Struct

from connectors.clock import Clock
from gateway.identity.algorithms import UnfitKey, fits, public_key
from gateway.identity.dpop_settings import DpopSettings
from gateway.identity.errors import Fault, InvalidToken
from gateway.identity.nonces import Nonces
from gateway.identity.replays import Replays
from gateway.identity.strict_json import parse_object

PROOF_ALGORITHMS = ("ES256", "PS256")
"""As for the tokens of partners (FAPI 2.0 security profile, section 5.4.1)."""

_MOST_BYTES = 4 * 1024
_MOST_NAME = 256
_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HEADERS_REFUSED = frozenset({"jku", "jwks", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"})
_REGISTRY = JWSRegistry(algorithms=list(PROOF_ALGORITHMS), strict_check_header=False)
_REGISTRY.max_header_length = _MOST_BYTES  # the library thinks of headers without a key; an RSA key takes 400 bytes
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Expected(Struct, frozen=True, kw_only=True):
    """For which request, token and key a proof has to be made."""

    method: str
    address: str
    """Scheme and host under which callers reach this gateway; never what the request's own ``Host`` says."""
    path: str
    token_hash: str
    """``ath``: SHA-256 of the token in base64url."""
    key: str
    """Thumbprint of the key to which the token is bound (RFC 7638)."""


class ProofReader:
    """Judges proofs."""

    def __init__(self, *, settings: DpopSettings, nonces: Nonces, replays: Replays, clock: Clock) -> None:
        self._settings = settings
        self._nonces = nonces
        self._replays = replays
        self._clock = clock

    async def check(self, proofs: Sequence[bytes], expected: Expected) -> None:
        """Pass if there is one proof, for this request and token, by this key, made just now and not used yet.

        Raises:
            InvalidToken: there is not; with a nonce for the next one where that was missing or too old.
            ReplaysUnavailable: nobody can say whether it was used.
        """
        if len(proofs) != 1:
            raise _refused("no proof, or more than one")
        header, claims = _read(proofs[0])
        thumbprint = _check_key(header, proofs[0])
        if not hmac.compare_digest(thumbprint, expected.key):
            raise _refused("made with another key than the token's")
        self._check_claims(claims, expected)
        if not self._nonces.takes(claims.get("nonce")):
            raise InvalidToken(Fault.NONCE, cause="the proof has no nonce of ours that is fresh")
        name = hashlib.sha256(f"{thumbprint} {claims['jti']}".encode("utf-8", "surrogatepass")).hexdigest()
        window = self._settings.proof_lifetime + 2 * self._settings.leeway
        if not await self._replays.first(name, window):
            raise _refused("used before")

    def _check_claims(self, claims: Mapping[str, Any], expected: Expected) -> None:
        name, made_at, token_hash = claims.get("jti"), claims.get("iat"), claims.get("ath")
        if not isinstance(name, str) or not 0 < len(name) <= _MOST_NAME:
            raise _refused("jti is missing or not a usable text")
        if claims.get("htm") != expected.method:
            raise _refused("made for another method")
        if not _is_same_place(claims.get("htu"), expected.address, expected.path):
            raise _refused("made for another address")
        if not isinstance(token_hash, str) or not _equal(token_hash, expected.token_hash):
            raise _refused("made for another token")
        now = self._clock.now().timestamp()
        if (
            type(made_at) is not int
            or not now - self._settings.proof_lifetime <= made_at <= now + self._settings.leeway
        ):
            raise _refused("iat is missing, too old or still to come")


def _read(raw: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(raw) > _MOST_BYTES or not _COMPACT.fullmatch(raw):
        raise _refused("not three parts of base64url, or longer than allowed")
    header, claims, _ = raw.split(b".")
    try:
        return parse_object(urlsafe_b64decode(header)), parse_object(urlsafe_b64decode(claims))
    except ValueError:
        raise _refused("header or claims are not a JSON object") from None


def _check_key(header: Mapping[str, Any], raw: bytes) -> str:
    """Give the thumbprint of the key that made the proof, once its signature holds."""
    algorithm, jwk = header.get("alg"), header.get("jwk")
    if header.get("typ") != "dpop+jwt":
        raise _refused("typ is not dpop+jwt")
    if not isinstance(algorithm, str) or algorithm not in PROOF_ALGORITHMS:
        raise _refused("alg is not allowed for proofs")
    if header.keys() & _HEADERS_REFUSED or not isinstance(jwk, dict):
        raise _refused("no jwk, or a member of the header that is never taken")
    try:
        # A key in a proof has no name of its own; the bounds are those of published keys.
        key = public_key({**jwk, "kid": "proof"}, (algorithm,))
        if not fits(key, algorithm):
            raise _refused("the key does not fit the algorithm")
        jws.deserialize_compact(raw, key, registry=_REGISTRY)
        return key.thumbprint()
    except (UnfitKey, JoseError, ValueError):
        raise _refused("the key is not fit, or its signature does not hold") from None


def _is_same_place(told: object, address: str, path: str) -> bool:
    """Whether ``htu`` names this request's address: query and fragment apart, and however it is percent-encoded."""
    if not isinstance(told, str) or len(told) > _MOST_BYTES:
        return False
    try:
        return _place(told) == _place(address + path)
    except ValueError:
        return False


def _place(address: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(address)
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address of ours names no user")
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port, unquote(parts.path, errors="strict") or "/"


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _refused(cause: str) -> InvalidToken:
    return InvalidToken(Fault.PROOF, cause=f"DPoP proof: {cause}")
