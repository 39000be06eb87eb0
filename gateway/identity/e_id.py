"""The e-ID as the explorer sees it: where its endpoints are, and its token endpoint. Little time, few bytes."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx

from gateway.identity.fetching import BadAnswer, fetch_metadata
from gateway.identity.strict_json import parse_object

PATIENCE = 5.0
"""Seconds for one exchange with the e-ID, from the first byte to the last."""
MOST_BYTES = 64 * 1024
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
}


class SignInFailed(Exception):
    """Nobody was signed in. The text is for the person at the browser and is one of ours."""

    status = 400


class EIdUnavailable(SignInFailed):
    """The e-ID cannot be reached or does not speak the protocol: the person can only try again later."""

    status = 503


class EId:
    """One issuer, spoken to as its public client."""

    def __init__(self, issuer: str, *, http: httpx.AsyncClient) -> None:
        self._issuer = issuer
        self._http = http

    async def endpoint(self, name: str) -> str | None:
        """The address under that name in the issuer's metadata; None when it publishes none.

        Raises:
            EIdUnavailable: no metadata, or an address that is none.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                address = (await fetch_metadata(self._http, self._issuer)).get(name)
        except (BadAnswer, httpx.HTTPError, TimeoutError):
            raise EIdUnavailable("The e-ID cannot be reached now.") from None
        if address is None:
            return None
        if not isinstance(address, str) or not is_sound(address, issuer=self._issuer):
            raise EIdUnavailable("The e-ID publishes an address that cannot be used.")
        return address

    async def access_token(self, form: str) -> str:
        """Exchange a code for an access token (RFC 6749 section 4.1.3).

        Args:
            form: the body of the request, already encoded.

        Raises:
            SignInFailed: the e-ID refuses the code, or answers with something else than a bearer token.
            EIdUnavailable: it does not answer.
        """
        endpoint = await self.endpoint("token_endpoint")
        if endpoint is None:
            raise EIdUnavailable("The e-ID does not say where to sign in.")
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await _post(self._http, endpoint, form)
        except (httpx.HTTPError, TimeoutError):
            raise EIdUnavailable("The e-ID cannot be reached now.") from None
        token, kind = answer.get("access_token"), answer.get("token_type")
        # A token of a type that is not understood must not be used (RFC 6749 section 7.1); DPoP is such a type.
        if not isinstance(token, str) or not isinstance(kind, str) or kind.lower() != "bearer":
            raise _not_completed()
        return token


def is_sound(address: str, *, issuer: str) -> bool:
    """Whether a browser or a code may be sent there: a web address, no less protected than the issuer itself."""
    try:
        parts = urlsplit(address)
        complete = bool(parts.hostname) and parts.port != 0
        httpx.URL(address)  # judges what urlsplit lets pass, and the other way round
    except (ValueError, httpx.InvalidURL):
        return False
    plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    protected = parts.scheme in {"https", urlsplit(issuer).scheme}
    return complete and plain and protected and not parts.fragment and "@" not in parts.netloc


async def _post(http: httpx.AsyncClient, address: str, form: str) -> dict[str, Any]:
    async with http.stream("POST", address, content=form, headers=_HEADERS, follow_redirects=False) as answer:
        if answer.is_server_error:
            raise EIdUnavailable("The e-ID cannot be reached now.")
        if answer.status_code != httpx.codes.OK or answer.headers.get("content-encoding", "identity") != "identity":
            raise _not_completed()
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                raise _not_completed()
    try:
        return parse_object(bytes(body))
    except ValueError:
        raise _not_completed() from None


def _not_completed() -> SignInFailed:
    return SignInFailed("The e-ID did not complete the sign-in.")
