"""An ``Authorization`` header becomes a ``Caller``, or one refusal. RFC 6750, RFC 7519, RFC 8725, RFC 9068."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx
import structlog
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode
from msgspec import Struct

from connectors.clock import Clock
from gateway.identity.algorithms import PublicKey
from gateway.identity.claims import caller_of, client_of, is_moment
from gateway.identity.errors import Fault, InvalidToken
from gateway.identity.keys import IssuerKeys
from gateway.identity.partners import NO_PARTNERS, Partners
from gateway.identity.settings import IssuerSettings
from gateway.identity.strict_json import parse_object
from resolvers.access.caller import Caller

log = structlog.get_logger()

MOST_BYTES = 8 * 1024
"""Longest token taken: no honest one comes near, and everything after is linear in it."""

_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MOST_KID = 256

_HEADERS_REFUSED = frozenset({"jku", "jwk", "jwks", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"})
"""Members that bring their own key, change what is signed, or announce another token inside (RFC 8725 section 3.10).

None of them is ever followed; a token that has one is refused, because its maker expected it to be.
"""

_MARKS_OF_OTHER_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "events"})
"""Claims of ID tokens, logout tokens and security events, which also ``typ`` should have told apart."""


class _Read(Struct, frozen=True):
    """A token taken apart; nothing of it is proved yet."""

    raw: bytes
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class _Trusted(Struct, frozen=True):
    """One issuer: how its tokens are judged and with which keys."""

    settings: IssuerSettings
    keys: IssuerKeys
    registry: JWSRegistry


class Verifier:
    """Judges access tokens of the configured issuers. Made once, used for every request."""

    def __init__(
        self,
        issuers: Iterable[IssuerSettings],
        *,
        http: httpx.AsyncClient,
        clock: Clock,
        partners: Partners = NO_PARTNERS,
    ) -> None:
        """Trust these issuers.

        Args:
            issuers: each with its own algorithms, audiences and names of claims.
            partners: the organisations that are known.
            http: fetches the keys; its certificates and connection pool are the maker's affair.
            clock: the wall clock judges tokens, the stop-watch the age of keys.

        Raises:
            ValueError: an issuer is configured twice.
        """
        self._clock = clock
        self._partners = partners
        self._trusted: dict[str, _Trusted] = {}
        for settings in issuers:
            if settings.issuer in self._trusted:
                raise ValueError(f"issuer {settings.issuer} is configured twice")
            for setting in settings.weaknesses():
                log.warning("identity.weak_setting", issuer=settings.issuer, setting=setting)
            # Members of the header that nobody knows must be ignored (RFC 7515 section 4).
            registry = JWSRegistry(algorithms=settings.algorithms, strict_check_header=False)
            self._trusted[settings.issuer] = _Trusted(settings, IssuerKeys(settings, http=http, clock=clock), registry)

    async def verify(self, authorization: Sequence[bytes]) -> Caller:
        """Give the caller.

        Args:
            authorization: the values of all ``Authorization`` headers of the request, as received. A token
                anywhere else (query, cookie, body, other header) does not exist for this service.

        Raises:
            InvalidToken: no caller is proved: always a 401, whatever was wrong.
            NotEntitled: a partner's token does not say what it must say: a 403.
            IssuerUnavailable: the issuer's keys cannot be had: a 503.
        """
        token = _read(_bearer(authorization))
        trusted = self._trusted_for(token.claims.get("iss"))
        kid, algorithm = _checked_header(token.header, trusted.settings)
        _check_signature(token.raw, await trusted.keys.find(kid, algorithm), trusted.registry)
        self._check_times(token.claims, trusted.settings.leeway)
        _check_purpose(token.claims, trusted.settings)
        self._check_partner(token, trusted.settings)
        return caller_of(token.claims, trusted.settings, self._partners)

    async def warm(self) -> bool:
        """Fetch every issuer's keys; tell whether all have some. A failure is logged and tried again on demand."""
        return all([await trusted.keys.warm() for trusted in self._trusted.values()])

    async def aclose(self) -> None:
        """End what is under way. The client that was passed in stays open."""
        for trusted in self._trusted.values():
            await trusted.keys.aclose()

    def _trusted_for(self, issuer: Any) -> _Trusted:
        """Choose by a claim nobody has proved yet: it can only choose among issuers we trust anyway."""
        trusted = self._trusted.get(issuer) if isinstance(issuer, str) else None
        if trusted is None:
            raise InvalidToken(Fault.UNTRUSTED, cause="the issuer is not configured")
        return trusted

    def _check_partner(self, token: _Read, settings: IssuerSettings) -> None:
        """A partner's tokens are judged more strictly than its issuer's others."""
        registered = self._partners.of(settings.issuer, client_of(token.claims, settings))
        if registered is None:
            return
        if token.header["alg"] not in registered.partner.algorithms:
            raise InvalidToken(Fault.UNTRUSTED, cause="alg is not allowed for this partner")
        if registered.partner.bound != "none":
            raise InvalidToken(Fault.UNBOUND, cause="the partner's token is not bound")

    def _check_times(self, claims: Mapping[str, Any], leeway: float) -> None:
        now = self._clock.now().timestamp()
        if not is_moment(claims.get("exp")) or not is_moment(claims.get("iat")):
            raise InvalidToken(Fault.MALFORMED, cause="exp or iat is missing or not whole seconds")
        if not is_moment(claims.get("nbf", 0)):
            raise InvalidToken(Fault.MALFORMED, cause="nbf is not whole seconds")
        if claims["exp"] + leeway <= now:
            raise InvalidToken(Fault.EXPIRED, cause="exp is past")
        if max(claims["iat"], claims.get("nbf", 0)) - leeway > now:
            raise InvalidToken(Fault.NOT_YET_VALID, cause="iat or nbf is still to come")


def _bearer(authorization: Sequence[bytes]) -> bytes:
    """Give the one token of the one header, of the form of a compact JWS."""
    if len(authorization) > 1:
        raise InvalidToken(Fault.MALFORMED, cause="more than one Authorization header")
    scheme, _, credentials = (authorization[0] if authorization else b"").strip(b" ").partition(b" ")
    if scheme.lower() != b"bearer" or not credentials:
        raise InvalidToken(Fault.MISSING, cause="no bearer token")
    raw = credentials.lstrip(b" ")
    if len(raw) > MOST_BYTES:
        raise InvalidToken(Fault.MALFORMED, cause="longer than allowed")
    if not _COMPACT.fullmatch(raw):
        raise InvalidToken(Fault.MALFORMED, cause="not three parts of base64url")
    return raw


def _read(raw: bytes) -> _Read:
    header, claims, _ = raw.split(b".")
    try:
        return _Read(raw, parse_object(urlsafe_b64decode(header)), parse_object(urlsafe_b64decode(claims)))
    except ValueError:
        raise InvalidToken(Fault.MALFORMED, cause="header or claims are not a JSON object") from None


def _checked_header(header: Mapping[str, Any], settings: IssuerSettings) -> tuple[str, str]:
    """Give the key id and the algorithm, once the header says nothing but what it may."""
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


def _check_signature(raw: bytes, keys: Iterable[PublicKey], registry: JWSRegistry) -> None:
    for key in keys:
        try:
            jws.deserialize_compact(raw, key, registry=registry)
        except (JoseError, ValueError):
            continue
        return
    raise InvalidToken(Fault.UNTRUSTED, cause="the signature does not hold")


def _check_purpose(claims: Mapping[str, Any], settings: IssuerSettings) -> None:
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or not all(isinstance(one, str) for one in audiences):
        raise InvalidToken(Fault.WRONG_AUDIENCE, cause="aud is missing or not text")
    if not set(audiences) & set(settings.audiences):
        raise InvalidToken(Fault.WRONG_AUDIENCE, cause="aud does not name this service")
    if claims.keys() & _MARKS_OF_OTHER_TOKENS:
        raise InvalidToken(Fault.WRONG_TYPE, cause="a claim marks it as another kind of token")
    if "cnf" in claims:
        # RFC 7800: its holder must prove possession of a key. Taken as a plain bearer token, a stolen one would do.
        raise InvalidToken(Fault.SENDER_CONSTRAINED, cause="the token is bound (cnf)")
