"""The account's session at the portal.

A token is bound to the account, our address and a time of about ten minutes (letter 1839/CNTT-PM).
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import md5
from typing import Any

import msgspec
from msgspec import Struct

from connectors.clock import HO_CHI_MINH, Clock
from connectors.contract import Deadline
from connectors.errors import Garbled
from connectors.http import Line
from connectors.session import AccountSession
from connectors.vss.business_codes import TOKEN_TAKEN, UNAUTHENTICATED, finding
from connectors.vss.options import VssOptions
from connectors.vss.wire import TokenAnswer

_ANSWER = msgspec.json.Decoder(TokenAnswer)
_MARGIN = 30.0
"""Seconds before its end at which a token is no longer used: a call may be under way for that long."""
_LEAST = 60.0
"""Seconds for which a new token is used whatever its end says: the portal's clock may be off, and a token that is
refused is renewed anyway."""


class Token(Struct, frozen=True):
    """One session of the account."""

    access: str
    id: str
    until: float
    """On the stop-watch."""

    def __repr__(self) -> str:
        return "Token(…)"


class Session(AccountSession[Token]):
    """Gives out the token of one account."""

    def __init__(self, line: Line, options: VssOptions, clock: Clock) -> None:
        super().__init__(clock)
        self._line = line
        self._path = options.endpoints.token
        self.credentials: Mapping[str, str] = {"username": options.username, "password": _hashed(options)}
        """As the portal wants them, in the token request and in the query of a card check."""
        self._body: dict[str, Any] = {options.token_encoding: self.credentials}

    async def _take(self, deadline: Deadline) -> Token:
        reply = await self._line.send("POST", self._path, deadline=deadline, **self._body)
        answer = reply.decode(_ANSWER)
        if answer.code == UNAUTHENTICATED:
            self._refused()
        if answer.code != TOKEN_TAKEN:
            finding(answer.code)
            raise Garbled("a business code that belongs to a card")
        if answer.key is None or not answer.key.access_token:
            raise Garbled("no token in the answer")
        return Token(answer.key.access_token, answer.key.id_token, self._end(answer.key.expires_in))

    def _end(self, said: str | None) -> float:
        try:
            end = datetime.fromisoformat(said or "")
            left = (end if end.tzinfo else end.replace(tzinfo=HO_CHI_MINH)) - self._clock.now()
            seconds = left.total_seconds() - _MARGIN
        except (ValueError, OverflowError):
            seconds = 0.0
        return self._clock.monotonic() + max(seconds, _LEAST)


def _hashed(options: VssOptions) -> str:
    """The MD5 of the password: the portal's own contract, not a choice of ours."""
    secret = options.password.reveal()
    if options.password_is_md5:
        return secret
    digits = md5(secret.encode(), usedforsecurity=False).hexdigest()
    return digits.upper() if options.md5_case == "upper" else digits
