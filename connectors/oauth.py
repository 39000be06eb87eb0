"""An account at an OAuth 2.0 authorization server: client credentials, proven by a signed assertion.

This is SMART Backend Services (HL7 SMART App Launch 2.2): the grant of RFC 6749 section 4.4, the client authenticated
by a JWT of RFC 7523 signed with RS384 or ES384. It rides below every kind: a block says ``oauth``, its line does it.

A source is not trusted to say where the token endpoint is: what it names elsewhere is refused, lest an assertion made
for one system is carried to another. The token itself is a word of the authorization server; nothing is read from it.
"""

import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import Denied, Garbled
from connectors.options import BadOptions, OAuthOptions
from connectors.reply import Reply
from connectors.session import AccountSession

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 120
"""Life of an assertion. Five minutes are allowed; the rest is left to a server whose clock is behind."""
_MARGIN = 30.0
"""Seconds before its end at which a token is no longer used: a call may be under way for that long."""
_LEAST, _MOST = 30.0, 3600.0
"""Seconds for which a token is used whatever its end says: a lie must not make us take one for every question, nor
keep one for ever. A token that is refused is renewed anyway."""
_LEAST_RSA_BITS = 2048
_WORD = re.compile(r"[\x21-\x7e]+")
"""Visible ASCII: what a header can carry with nothing behind it (RFC 6750 section 2.1)."""


class Send(Protocol):
    """One call over a line that carries no credentials of the source (``http.Line.send``)."""

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        deadline: Deadline,
        form: dict[str, str] | None = None,
        accept: frozenset[int] = frozenset({200}),
    ) -> Reply:
        """The reply, its status among those accepted; raises ``SourceError``."""


class AccessToken(Struct, frozen=True):
    """What the authorization server gave."""

    bearer: str
    until: float
    """On the stop-watch."""

    def __repr__(self) -> str:
        return "AccessToken(…)"


class _Configuration(Struct, frozen=True):
    """Of ``.well-known/smart-configuration``."""

    token_endpoint: str


class _Granted(Struct, frozen=True):
    """A successful answer of the token endpoint (RFC 6749 section 5.1)."""

    access_token: str
    token_type: str
    expires_in: float | str | None = None

    def __repr__(self) -> str:
        return "_Granted(…)"


_CONFIGURATION = msgspec.json.Decoder(_Configuration)
_GRANTED = msgspec.json.Decoder(_Granted)


class OAuthSession(AccountSession[AccessToken]):
    """Gives out the access token of one client."""

    def __init__(
        self, options: OAuthOptions, *, source: str, send: Send, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        """Read the key; nothing is said to anybody yet.

        Args:
            options: the client.
            source: URL of the source, below which it may say where its token endpoint is.
            send: one call; without credentials and not repeated, for an assertion counts once.
            clock: for the end of assertions and tokens.
            new_id: names an assertion.

        Raises:
            BadOptions: the key is not one that the profile knows.
        """
        super().__init__(clock)
        self._options = options
        self._source = source.rstrip("/")
        self._send = send
        self._new_id = new_id
        self._key, self._algorithm = _signing_key(options.key.reveal())
        self._key_id = options.key_id or self._key.thumbprint()

    def give_up(self) -> None:
        """The source refuses new tokens as well: it is left alone for a while."""
        self._refused()

    async def _take(self, deadline: Deadline) -> AccessToken:
        endpoint = self._options.token_url or await self._discovered(deadline)
        form = {
            "grant_type": "client_credentials",
            "scope": self._options.scope,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(endpoint),
        }
        reply = await self._send("POST", endpoint, deadline=deadline, form=form, accept=frozenset({200, 400, 401}))
        if reply.status != 200:
            self._refused()
            raise Denied("the authorization server does not accept the client")
        granted = reply.decode(_GRANTED)
        if granted.token_type.lower() != "bearer" or not _WORD.fullmatch(granted.access_token):
            raise Garbled("no bearer token in the answer")
        return AccessToken(granted.access_token, self._clock.monotonic() + _seconds(granted.expires_in))

    async def _discovered(self, deadline: Deadline) -> str:
        """The token endpoint that the source names."""
        reply = await self._send("GET", f"{self._source}/.well-known/smart-configuration", deadline=deadline)
        endpoint = reply.decode(_CONFIGURATION).token_endpoint
        if not self._options.may_go_to(endpoint) or urlsplit(endpoint).hostname != urlsplit(self._source).hostname:
            raise Garbled("a token endpoint that is not to be trusted")
        return endpoint

    def _assertion(self, endpoint: str) -> str:
        header = {"alg": self._algorithm, "kid": self._key_id, "typ": "JWT"}
        claims = {
            "iss": self._options.client_id,
            "sub": self._options.client_id,
            "aud": endpoint,
            "exp": int(self._clock.now().timestamp()) + _ASSERTION_SECONDS,
            "jti": self._new_id(),
        }
        return jwt.encode(header, claims, self._key, algorithms=[self._algorithm])


def _signing_key(pem: str) -> tuple[RSAKey | ECKey, str]:
    """The key, and the algorithm of the profile that goes with it."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        # The library's sentence may quote the key.
        raise BadOptions("oauth.key: expected a private key in PEM, without a password") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
        return RSAKey.import_key(key), "RS384"
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP384R1):
        return ECKey.import_key(key), "ES384"
    raise BadOptions(f"oauth.key: expected RSA of {_LEAST_RSA_BITS} bits or more (RS384), or P-384 (ES384)")


def _seconds(said: float | str | None) -> float:
    """For how long a token is used whose life the server gives in seconds."""
    try:
        life = float(said) if said is not None else _LEAST
    except (ValueError, OverflowError):
        life = _LEAST
    # Written so that what is no number at all (NaN) falls on the safe side.
    return max(_LEAST, min(life, _MOST) - _MARGIN) if life > 0 else _LEAST
