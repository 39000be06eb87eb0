"""Signing in to the explorer: authorization code with PKCE at the e-ID (RFC 6749, RFC 7636), through Authlib."""

import secrets
import warnings
from datetime import datetime, timedelta

import httpx
from authlib.common.errors import AuthlibBaseError
from msgspec import Struct

from connectors.clock import Clock
from gateway.identity.errors import IdentityError
from gateway.identity.fetching import BadKeySet, fetch_metadata
from gateway.identity.settings import IssuerSettings
from gateway.identity.tokens import Verifier
from gateway.portal.sessions import Sessions
from gateway.settings import Explorer

# Authlib announces that it will leave httpx one day; nobody who runs a gateway can do anything about that.
with warnings.catch_warnings(record=True):
    from authlib.integrations.httpx_client import AsyncOAuth2Client

CALLBACK = "/sign-in/callback"
_TIME_TO_SIGN_IN = timedelta(minutes=10)


class SignInFailed(Exception):
    """Nobody was signed in. The text is for the person at the browser."""


class SignedIn(Struct, frozen=True):
    """A person at the explorer."""

    name: str
    access_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "SignedIn(…)"


class _Attempt(Struct, frozen=True):
    state: str
    verifier: str


class SignIn:
    """The flow, from the button to the token."""

    def __init__(self, explorer: Explorer, *, issuer: IssuerSettings, verifier: Verifier, clock: Clock) -> None:
        self._explorer = explorer
        self._issuer = issuer.issuer
        self._verifier = verifier
        self._clock = clock
        self._attempts: Sessions[_Attempt] = Sessions(clock)
        self._signed_in: Sessions[SignedIn] = Sessions(clock)

    async def begin(self) -> tuple[str, str]:
        """Begin an attempt: the address to send the browser to, and the name of the attempt for its cookie."""
        attempt = _Attempt(state=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))
        endpoint = await self._endpoint("authorization_endpoint")
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                endpoint, state=attempt.state, code_verifier=attempt.verifier, nonce=secrets.token_urlsafe(24)
            )
        return str(address), self._attempts.keep(attempt, until=self._clock.now() + _TIME_TO_SIGN_IN)

    async def complete(self, attempt_name: str, *, state: str, code: str) -> str:
        """Finish the attempt: the name of the session for its cookie.

        Raises:
            SignInFailed: the browser came back without a matching attempt, or the e-ID gave no usable token.
        """
        attempt = self._attempts.take(attempt_name)
        if attempt is None or not secrets.compare_digest(attempt.state.encode(), state.encode()):
            raise SignInFailed("This sign-in was begun elsewhere or too long ago. Please try again.")
        token = await self._exchange(code, attempt.verifier)
        try:
            caller = await self._verifier.verify([b"Bearer " + token.encode("ascii", "replace")])
        except IdentityError:
            raise SignInFailed("The e-ID gave a token that this gateway does not take.") from None
        person = SignedIn(name=caller.name or "", access_token=token, expires_at=caller.expires_at)
        return self._signed_in.keep(person, until=caller.expires_at)

    def current(self, session_name: str) -> SignedIn | None:
        """Who is signed in under that cookie."""
        return self._signed_in.get(session_name)

    def end(self, session_name: str) -> None:
        """Forget who was."""
        self._signed_in.take(session_name)

    async def _exchange(self, code: str, verifier: str) -> str:
        try:
            endpoint = await self._endpoint("token_endpoint")
            async with self._client() as client:
                token = await client.fetch_token(endpoint, code=code, code_verifier=verifier)
        except (AuthlibBaseError, httpx.HTTPError, ValueError):
            raise SignInFailed("The e-ID did not complete the sign-in.") from None
        return str(token.get("access_token", ""))

    async def _endpoint(self, name: str) -> str:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=3) as http:
                address = (await fetch_metadata(http, self._issuer)).get(name)
        except (BadKeySet, httpx.HTTPError):
            raise SignInFailed("The e-ID cannot be reached now.") from None
        if not isinstance(address, str):
            raise SignInFailed("The e-ID does not say where to sign in.")
        return address

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._explorer.client_id,
            token_endpoint_auth_method="none",  # noqa: S106 - a public client has no secret
            code_challenge_method="S256",
            scope=" ".join(self._explorer.scopes),
            redirect_uri=self._explorer.address.rstrip("/") + CALLBACK,
            trust_env=False,
            timeout=5,
        )
