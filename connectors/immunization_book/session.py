"""The account's session at the book.

A token is a JWT; its ``exp`` alone is looked at, to know when to sign in again. It is not verified: it is the book's
own, and nobody but the book believes it.
"""

import base64

import msgspec
from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import Denied, Garbled
from connectors.http import Line
from connectors.immunization_book.options import ImmunizationBookOptions
from connectors.immunization_book.wire import Claims, LoginAnswer
from connectors.session import AccountSession

SUCCESS = 1
"""``code`` of every answer that is one."""

_ANSWER = msgspec.json.Decoder(LoginAnswer)
_CLAIMS = msgspec.json.Decoder(Claims)
_MARGIN = 30.0
"""Seconds before its end at which a token is no longer used: a call may be under way for that long."""
_LEAST, _MOST = 60.0, 3600.0
"""Seconds for which a token is used whatever its end says: the book's clock may be off, a token without an end is
renewed now and then, and one that is refused is renewed anyway."""
_FAR = 1e11
"""Seconds since 1970 beyond which no end makes a difference."""


class Token(Struct, frozen=True):
    """One session of the account."""

    bearer: str
    until: float
    """On the stop-watch."""

    def __repr__(self) -> str:
        return "Token(…)"


class Session(AccountSession[Token]):
    """Gives out the token of one account."""

    def __init__(self, line: Line, options: ImmunizationBookOptions, clock: Clock) -> None:
        super().__init__(clock)
        self._line = line
        self._path = options.endpoints.auth
        self._credentials = {
            "phoneNumber": options.phone.reveal(),
            "pass": options.password.reveal(),
            "osType": "",
            "osVersion": "",
            "deviceId": options.device,
            "notificationToken": "",
        }

    async def _take(self, deadline: Deadline) -> Token:
        reply = await self._line.send("POST", self._path, deadline=deadline, json=self._credentials)
        answer = reply.decode(_ANSWER)
        if answer.code != SUCCESS:
            self._refused()
            raise Denied("the book does not accept the account")
        if answer.data is None or not _is_header_safe(answer.data.token):
            raise Garbled("no token in the answer")
        return Token(answer.data.token, self._clock.monotonic() + self._seconds(answer.data.token))

    def _seconds(self, token: str) -> float:
        """For how long the token is used."""
        end = _claims(token).exp
        if end is None:
            return _MOST
        # Bounded first: a number of any size may stand there.
        left = min(max(end, 0), _FAR) - self._clock.now().timestamp() - _MARGIN
        return min(max(left, _LEAST), _MOST)


def _is_header_safe(token: str) -> bool:
    """Whether it can stand in a header (RFC 6750, 2.1: visible ASCII), which nothing else may follow."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _claims(token: str) -> Claims:
    """The claims of a token; none where it is not a JWT."""
    payload = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        return _CLAIMS.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Claims()
