"""The one token of the one ``Authorization`` header, under the scheme with which it was shown."""

import re
from collections.abc import Sequence

from msgspec import Struct

from gateway.identity.errors import Fault, InvalidToken

MOST_BYTES = 8 * 1024
"""Longest token taken: no honest one comes near, and everything after is linear in it."""

_SCHEMES = {b"bearer": "Bearer", b"dpop": "DPoP"}
_TOKEN = re.compile(rb"[A-Za-z0-9._~+/-]+=*")
"""``b64token`` of RFC 6750 section 2.1, which DPoP takes over (RFC 9449 section 7.1)."""


class Credentials(Struct, frozen=True):
    """A token as it was shown; nothing of it is proved yet."""

    scheme: str
    """``Bearer`` or ``DPoP``."""
    token: bytes

    def __repr__(self) -> str:
        return f"Credentials({self.scheme})"


def credentials_of(authorization: Sequence[bytes]) -> Credentials:
    """Give the token of the header's values, as received.

    Raises:
        InvalidToken: there is none, or more than one, or not of a form that a token can have.
    """
    if len(authorization) > 1:
        raise InvalidToken(Fault.MALFORMED, cause="more than one Authorization header")
    word, _, rest = (authorization[0] if authorization else b"").strip(b" ").partition(b" ")
    scheme, token = _SCHEMES.get(word.lower()), rest.lstrip(b" ")
    if scheme is None or not token:
        raise InvalidToken(Fault.MISSING, cause="no token of a scheme that is known")
    if len(token) > MOST_BYTES:
        raise InvalidToken(Fault.MALFORMED, cause="longer than allowed")
    if not _TOKEN.fullmatch(token):
        raise InvalidToken(Fault.MALFORMED, cause="not of the letters of a token")
    return Credentials(scheme, token)
