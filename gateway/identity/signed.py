"""Signed access tokens: taken apart, and judged by their header, signature and claims. RFC 7519, RFC 8725, RFC 9068."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode
from msgspec import Struct

from gateway.identity.algorithms import PublicKey
from gateway.identity.errors import Fault, InvalidToken
from gateway.identity.settings import IssuerSettings
from gateway.identity.strict_json import parse_object

_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MOST_KID = 256

_HEADERS_REFUSED = frozenset({"jku", "jwk", "jwks", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"})
"""Members that bring their own key, change what is signed, or announce another token inside (RFC 8725 section 3.10).

None of them is ever followed; a token that has one is refused, because its maker expected it to be.
"""

_MARKS_OF_OTHER_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "events"})
"""Claims of ID tokens, logout tokens and security events, which also ``typ`` should have told apart."""


class Signed(Struct, frozen=True):
    """A token taken apart; nothing of it is proved yet."""

    raw: bytes
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def __repr__(self) -> str:
        return "Signed()"


def is_signed(token: bytes) -> bool:
    """Whether a token has the form of a compact JWS; any other is opaque to everybody but its issuer."""
    return token.count(b".") == 2


def read_signed(raw: bytes) -> Signed:
    """Take a token apart.

    Raises:
        InvalidToken: it is not three parts of base64url, or two of them are no JSON objects.
    """
    if not _COMPACT.fullmatch(raw):
        raise InvalidToken(Fault.MALFORMED, cause="not three parts of base64url")
    header, claims, _ = raw.split(b".")
    try:
        return Signed(raw, parse_object(urlsafe_b64decode(header)), parse_object(urlsafe_b64decode(claims)))
    except ValueError:
        raise InvalidToken(Fault.MALFORMED, cause="header or claims are not a JSON object") from None


def checked_header(header: Mapping[str, Any], settings: IssuerSettings) -> tuple[str, str]:
    """Give the key id and the algorithm, once the header says nothing but what it may.

    Raises:
        InvalidToken: it says something else.
    """
    kid, algorithm, kind = header.get("kid"), header.get("alg"), header.get("typ")
    if not isinstance(algorithm, str) or algorithm not in settings.algorithms:
        raise InvalidToken(Fault.UNTRUSTED, cause="alg is not allowed for this issuer")
    if header.keys() & _HEADERS_REFUSED:
        raise InvalidToken(Fault.UNTRUSTED, cause="the header has a member that is never taken")
    if not isinstance(kind, str) or not _is_taken(kind, settings.token_types):
        raise InvalidToken(Fault.WRONG_TYPE, cause="typ is not allowed for this issuer")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MOST_KID:
        raise InvalidToken(Fault.UNTRUSTED, cause="kid is missing or not a usable text")
    return kid, algorithm


def _is_taken(kind: str, token_types: Iterable[str]) -> bool:
    """Media types are compared without regard to case, ``application/`` may be left out (RFC 7515 section 4.1.9)."""
    return kind.lower().removeprefix("application/") in {name.lower() for name in token_types}


def check_signature(raw: bytes, keys: Iterable[PublicKey], registry: JWSRegistry) -> None:
    """Pass if one of the keys made the signature.

    Raises:
        InvalidToken: none did.
    """
    for key in keys:
        try:
            jws.deserialize_compact(raw, key, registry=registry)
        except (JoseError, ValueError):
            continue
        return
    raise InvalidToken(Fault.UNTRUSTED, cause="the signature does not hold")


def check_audience(claims: Mapping[str, Any], settings: IssuerSettings) -> None:
    """Pass if it is an access token, and one for this service.

    Raises:
        InvalidToken: it is not.
    """
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or not all(isinstance(one, str) for one in audiences):
        raise InvalidToken(Fault.WRONG_AUDIENCE, cause="aud is missing or not text")
    if not set(audiences) & set(settings.audiences):
        raise InvalidToken(Fault.WRONG_AUDIENCE, cause="aud does not name this service")
    if claims.keys() & _MARKS_OF_OTHER_TOKENS:
        raise InvalidToken(Fault.WRONG_TYPE, cause="a claim marks it as another kind of token")
