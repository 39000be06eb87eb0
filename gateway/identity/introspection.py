"""Asking an issuer whether a token is good (RFC 7662): for tokens that say nothing by themselves, and for revocation.

What was said is believed for the seconds of ``cache`` and no longer: so late at most a revoked token is refused. While
the issuer does not answer, nobody is let in on an older word.
"""

import asyncio
import hashlib
import secrets
import ssl
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import httpx
import structlog
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from connectors.clock import Clock
from gateway.identity.errors import Fault, InvalidToken, IssuerUnavailable
from gateway.identity.fetching import BadAnswer, endpoint_of, post_form
from gateway.identity.settings import Introspection, IssuerSettings, signing_key

log = structlog.get_logger()

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 60
_MOST_REFUSED = 10_000
Claims = Mapping[str, Any]


class Introspector:
    """Asks one issuer, as many questions at once as its settings allow, and each about a token once."""

    def __init__(
        self, issuer: IssuerSettings, settings: Introspection, *, http: httpx.AsyncClient, clock: Clock
    ) -> None:
        self.settings = settings
        self._issuer = issuer
        self._clock = clock
        self._key = None if settings.key is None else signing_key(settings.key)
        self._own = None if settings.identity is None else _with_certificate(settings)
        self._http = self._own or http
        self._endpoint = settings.url
        self._asking: dict[bytes, asyncio.Task[Claims | None]] = {}
        self._refused: OrderedDict[bytes, float] = OrderedDict()

    async def claims_of(self, token: bytes) -> Claims:
        """Give what the issuer says of a token that is good.

        Raises:
            InvalidToken: it is not good (any more), or never was one.
            IssuerUnavailable: the issuer does not say.
        """
        name = hashlib.sha256(token).digest()
        if self._refused.get(name, 0.0) > self._clock.monotonic():
            raise _not_good()
        asking = self._asking.get(name)
        if asking is None:
            if len(self._asking) >= self.settings.concurrency:
                raise IssuerUnavailable(cause="too many tokens are asked about at once")
            asking = self._asking[name] = asyncio.create_task(self._ask(token))
            asking.add_done_callback(lambda done: self._asked(name, done))
        # A caller who goes away does not end the question of the others.
        claims = await asyncio.shield(asking)
        if claims is None:
            self._refuse(name)
            raise _not_good()
        return claims

    async def aclose(self) -> None:
        """End what is under way."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        if self._own is not None:
            await self._own.aclose()

    def _asked(self, name: bytes, done: asyncio.Task[Claims | None]) -> None:
        self._asking.pop(name, None)
        if not done.cancelled():
            done.exception()  # looked at, also where nobody waits for it any more

    def _refuse(self, name: bytes) -> None:
        self._refused[name] = self._clock.monotonic() + self.settings.cache
        self._refused.move_to_end(name)
        if len(self._refused) > _MOST_REFUSED:
            self._refused.popitem(last=False)

    async def _ask(self, token: bytes) -> Claims | None:
        try:
            async with asyncio.timeout(self.settings.deadline):
                if self._endpoint is None:
                    self._endpoint = await endpoint_of(self._http, self._issuer.issuer, "introspection_endpoint")
                said = await post_form(self._http, self._endpoint, self._form(token.decode("ascii")))
        except (BadAnswer, httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            reason = str(error) if isinstance(error, BadAnswer) else type(error).__name__
            log.error("identity.introspection_failed", issuer=self._issuer.issuer, reason=reason)  # noqa: TRY400
            raise IssuerUnavailable(cause="the issuer does not say whether the token is good") from None
        return self._understood(said)

    def _understood(self, said: dict[str, Any]) -> Claims | None:
        if not isinstance(said.get("active"), bool):
            log.error("identity.introspection_failed", issuer=self._issuer.issuer, reason="active is no boolean")
            raise IssuerUnavailable(cause="the issuer does not say whether the token is good")
        if said["active"] and said.get("iss", self._issuer.issuer) != self._issuer.issuer:
            log.error("identity.introspection_failed", issuer=self._issuer.issuer, reason="another issuer's token")
            return None
        return said if said["active"] else None

    def _form(self, token: str) -> dict[str, str]:
        form = {"token": token, "token_type_hint": "access_token", "client_id": self.settings.client_id}
        if self._key is not None:
            form |= {"client_assertion_type": _ASSERTION, "client_assertion": self._assertion(self._key)}
        return form

    def _assertion(self, key: ECKey | RSAKey) -> str:
        """Proves who asks (RFC 7523 section 2.2); meant for the issuer as FAPI 2.0 wants it (section 5.3.3.1)."""
        now = int(self._clock.now().timestamp())
        header = {
            "alg": "ES256" if isinstance(key, ECKey) else "PS256",
            "kid": self.settings.key_id or key.thumbprint(),
        }
        claims = {
            "iss": self.settings.client_id,
            "sub": self.settings.client_id,
            "aud": self._issuer.issuer,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def _with_certificate(settings: Introspection) -> httpx.AsyncClient:
    context = ssl.create_default_context(cafile=str(settings.ca) if settings.ca is not None else None)
    context.load_cert_chain(str(settings.identity))
    return httpx.AsyncClient(trust_env=False, timeout=None, verify=context)  # noqa: S113 - the deadline bounds it


def _not_good() -> InvalidToken:
    return InvalidToken(Fault.REVOKED, cause="its issuer does not call the token good")
