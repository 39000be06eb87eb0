"""Signing in to the explorer: authorization code with PKCE at the e-ID (RFC 6749, RFC 7636), worded by Authlib.

The access token is all that is wanted. It is judged by the gateway's own verifier like any other, and no claim of an
ID token is used; the nonce is sent because some issuers insist on one.
"""

import secrets
from datetime import datetime, timedelta

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from msgspec import Struct

from connectors.clock import Clock
from gateway.identity.e_id import EId, EIdUnavailable, SignInFailed
from gateway.identity.errors import InvalidToken, IssuerUnavailable
from gateway.identity.tokens import Verifier
from gateway.portal.sessions import Sessions
from gateway.settings import Explorer
from resolvers.access.caller import Caller

CALLBACK = "/sign-in/callback"
TIME_TO_SIGN_IN = timedelta(minutes=10)


class SignedIn(Struct, frozen=True):
    """A person at the explorer."""

    name: str
    """Empty when the token does not say it."""
    access_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "SignedIn(…)"


class _Attempt(Struct, frozen=True):
    state: str
    verifier: str

    def __repr__(self) -> str:
        return "_Attempt(…)"


class SignIn:
    """The flow, from the button to the token and back out."""

    def __init__(self, explorer: Explorer, *, e_id: EId, verifier: Verifier, clock: Clock) -> None:
        self._explorer = explorer
        self._address = explorer.address.rstrip("/")
        self._e_id = e_id
        self._verifier = verifier
        self._clock = clock
        self._attempts: Sessions[_Attempt] = Sessions(clock)
        self._signed_in: Sessions[SignedIn] = Sessions(clock)

    async def begin(self) -> tuple[str, str]:
        """Begin an attempt: the address to send the browser to, and the name of the attempt for its cookie.

        Raises:
            EIdUnavailable: the e-ID cannot be asked where that is.
        """
        endpoint = await self._e_id.endpoint("authorization_endpoint")
        if endpoint is None:
            raise EIdUnavailable("The e-ID does not say where to sign in.")
        attempt = _Attempt(state=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))
        address: str = prepare_grant_uri(
            endpoint,
            client_id=self._explorer.client_id,
            response_type="code",
            redirect_uri=self._address + CALLBACK,
            scope=list(self._explorer.scopes),
            state=attempt.state,
            nonce=secrets.token_urlsafe(24),
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return address, self._attempts.keep(attempt, until=self._clock.now() + TIME_TO_SIGN_IN)

    async def complete(self, attempt_name: str, *, state: str, code: str) -> str:
        """Finish the attempt: the name of the session for its cookie.

        Args:
            attempt_name: from the cookie of the browser that came back.
            state: as the e-ID sent it back with the browser.
            code: the authorization code; empty when the e-ID or the person said no.

        Raises:
            SignInFailed: the browser came back without a matching attempt, or the e-ID gave no usable token.
        """
        attempt = self._attempts.take(attempt_name)
        if attempt is None or not secrets.compare_digest(attempt.state.encode(), state.encode()):
            raise SignInFailed("This sign-in was begun elsewhere or too long ago. Please try again.")
        if not code:
            raise SignInFailed("The e-ID did not sign you in.")
        token = await self._e_id.access_token(self._request(code, attempt))
        caller = await self._caller(token)
        person = SignedIn(name=caller.name or "", access_token=token, expires_at=caller.expires_at)
        return self._signed_in.keep(person, until=caller.expires_at)

    def current(self, session_name: str) -> SignedIn | None:
        """Who is signed in under that cookie."""
        return self._signed_in.get(session_name)

    def forget(self, session_name: str) -> bool:
        """Forget who was signed in under that cookie; tell whether anybody was."""
        return self._signed_in.take(session_name) is not None

    async def way_out(self) -> str:
        """Where a browser ends the e-ID's own session and comes back (OpenID Connect RP-Initiated Logout section 2).

        Without it the next sign-in would not ask who it is. The front page, if the e-ID has no such place or is away.
        """
        try:
            endpoint = await self._e_id.endpoint("end_session_endpoint")
        except EIdUnavailable:
            endpoint = None
        if endpoint is None:
            return "/"
        back = [("client_id", self._explorer.client_id), ("post_logout_redirect_uri", f"{self._address}/")]
        return str(add_params_to_uri(endpoint, back))

    def _request(self, code: str, attempt: _Attempt) -> str:
        """The token request of a public client: it names itself, and the verifier stands for the secret it has not."""
        return str(
            prepare_token_request(
                "authorization_code",
                redirect_uri=self._address + CALLBACK,
                code=code,
                client_id=self._explorer.client_id,
                code_verifier=attempt.verifier,
            )
        )

    async def _caller(self, token: str) -> Caller:
        try:
            return await self._verifier.verify([b"Bearer " + token.encode("ascii", "replace")])
        except IssuerUnavailable:
            raise EIdUnavailable("The e-ID cannot be reached now.") from None
        except InvalidToken:
            raise SignInFailed("The e-ID gave a token that this gateway does not take.") from None
