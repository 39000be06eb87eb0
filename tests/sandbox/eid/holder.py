"""Somebody who holds a bound token, and makes what each request has to show with it."""

import base64
import hashlib
import secrets
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.clock import Clock

NONCE = "dpop-nonce"


class Holder:
    """A token, and the key or certificate to which it is bound.

    Args:
        token: as the e-ID gave it.
        key: to which it is bound (RFC 9449).
        certificate: to which it is bound (RFC 8705), in DER; told in a header, as a proxy in front does.
        clock: the time of proofs.
    """

    def __init__(self, token: str, *, key: ECKey | None = None, certificate: bytes | None = None, clock: Clock) -> None:
        self.token = token
        self.nonce: str | None = None
        """The gateway's last."""
        self._key = key
        self._certificate = certificate
        self._clock = clock

    def __repr__(self) -> str:
        return "Holder()"

    def headers(self, method: str, url: str) -> dict[str, str]:
        """What a request to that address has to show. A proof is good once."""
        told = {}
        if self._certificate is not None:
            told["Client-Cert"] = f":{base64.b64encode(self._certificate).decode()}:"
        if self._key is None:
            return {"Authorization": f"Bearer {self.token}", **told}
        made = proof(self._key, method, url, now=self._clock.now().timestamp(), token=self.token, nonce=self.nonce)
        return {"Authorization": f"DPoP {self.token}", "DPoP": made, **told}

    async def ask(self, http: httpx.AsyncClient, method: str, url: str, **request: Any) -> httpx.Response:
        """Send a request; once more where the gateway wants a nonce in the proof (RFC 9449 section 9)."""
        other = request.pop("headers", {})
        answer = await http.request(method, url, headers={**other, **self.headers(method, url)}, **request)
        if answer.status_code != 401 or NONCE not in answer.headers:
            return answer
        self.nonce = answer.headers[NONCE]
        return await http.request(method, url, headers={**other, **self.headers(method, url)}, **request)


def proof(key: ECKey, method: str, url: str, *, now: float, token: str | None = None, nonce: str | None = None) -> str:
    """A proof of possession of that key (RFC 9449 section 4.2)."""
    claims: dict[str, Any] = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": url, "iat": int(now)}
    if token is not None:
        digest = hashlib.sha256(token.encode()).digest()
        claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if nonce is not None:
        claims["nonce"] = nonce
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": dict(key.as_dict(private=False))}
    return jwt.encode(header, claims, key)
