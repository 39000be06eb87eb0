"""The facility account at the insurance portal, and the tokens it fetches."""

import base64
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.clock import Clock
from tests.sandbox.servers.insurance_match import Wrong, same_name

TOKEN_LIFE = timedelta(minutes=10)
_TICK = "%Y-%m-%dT%H:%M:%S.0000000Z"


@dataclass(frozen=True)
class Account:
    """A facility's account.

    Its text form shows neither password nor staff.
    """

    username: str
    password: str = field(repr=False)
    staff: dict[str, str] = field(repr=False)
    """Names of the registered staff members, by their citizen number."""
    signing_key: bytes = field(repr=False, default_factory=lambda: secrets.token_bytes(32))
    """Of the portal, for the tokens of this account."""

    def admits(self, username: str, password_md5: str) -> bool:
        """Whether these are its credentials; the hexadecimal digits in either case."""
        # MD5 is the portal's own contract, not a choice of ours.
        own = hashlib.md5(self.password.encode(), usedforsecurity=False).hexdigest()
        right = hmac.compare_digest(password_md5.lower().encode(), own.encode())
        return right and hmac.compare_digest(username.encode(), self.username.encode())

    def check_staff(self, name: str, number: str) -> None:
        """Refuse a staff member who is not registered.

        Raises:
            Wrong: 205 when not given, 054 for an unknown number, 055 for another name.
        """
        if not name.strip() or not number:
            raise Wrong("205")
        if number not in self.staff:
            raise Wrong("054")
        if not same_name(name, self.staff[number]):
            raise Wrong("055")


class Tokens:
    """Tokens of one account: bound to the caller's address and to a moment (VSS letter 1839/CNTT-PM).

    Nothing is stored: a token is its moment of expiry and a keyed hash over that, the account and the address.
    """

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock

    def take(self, address: str) -> dict[str, str]:
        """The ``APIKey`` of a token for a caller at this address; ``expires_in`` is a date-time, not seconds."""
        expires = (self._clock.now().astimezone(UTC) + TOKEN_LIFE).replace(microsecond=0)
        token = self._made(expires, address)
        return {
            "access_token": token,
            "id_token": _id_token(token),
            "token_type": "Bearer",
            "username": self._account.username,
            "expires_in": expires.strftime(_TICK),
        }

    def valid(self, token: str, address: str, id_token: str | None = None) -> bool:
        """Whether the token is of this account and address and lives; with the ``id_token`` that came along."""
        stamp = token.partition(".")[0]
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):  # year 5138
            return False
        expires = datetime.fromtimestamp(int(stamp), UTC)
        fits = hmac.compare_digest(token.encode(), self._made(expires, address).encode())
        belongs = id_token is None or id_token == _id_token(token)
        return fits and belongs and self._clock.now() < expires

    def _made(self, expires: datetime, address: str) -> str:
        stamp = str(int(expires.timestamp()))
        text = f"{self._account.username}\n{address}\n{stamp}".encode()
        digest = hmac.digest(self._account.signing_key, text, "sha256")
        return f"{stamp}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _id_token(token: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, token))
