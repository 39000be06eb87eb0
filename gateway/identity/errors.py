"""What can be wrong with the question "who asks?".

    IdentityError
    ├── InvalidToken        401: this caller is not known; one challenge, one sentence of a fixed catalogue
    ├── NotEntitled         403: the caller is known, and the token does not say what a partner's must say
    └── IssuerUnavailable   503: nobody can be known, because the issuer's keys were never to be had or are too old

The sentence goes to the caller, ``cause`` to the operator's log. Neither ever holds a token, a claim or a key.
"""

from enum import StrEnum


class Fault(StrEnum):
    """The catalogue: all that a caller is ever told about a token."""

    MISSING = "An access token is required."
    MALFORMED = "The access token is not well formed."
    UNTRUSTED = "The access token is not one that this service can trust."
    EXPIRED = "The access token has expired."
    NOT_YET_VALID = "The access token is not valid yet."
    WRONG_AUDIENCE = "The access token is meant for another service."
    WRONG_TYPE = "This is not an access token of a kind that this service takes."
    SENDER_CONSTRAINED = "Access tokens that are bound to a key or certificate are not taken."
    UNBOUND = "Access tokens of this client must be bound to a key or certificate."
    UNIDENTIFIED = "The access token does not say who its holder is in the way this service needs."


class IdentityError(Exception):
    """The caller could not be established.

    ``status`` is the HTTP status, ``code`` goes into ``extensions.code``, ``cause`` is for the operator alone.
    """

    status: int
    code: str
    reason: str = "ISSUER_UNAVAILABLE"
    """One word of ours, for counting."""

    def __init__(self, description: str, *, cause: str) -> None:
        super().__init__(description)
        self.description = description
        self.cause = cause


class InvalidToken(IdentityError):
    """The request carries no access token that this service accepts: HTTP 401 with ``challenge``."""

    status = 401
    code = "UNAUTHENTICATED"

    def __init__(self, fault: Fault, *, cause: str) -> None:
        super().__init__(fault.value, cause=cause)
        self.fault = fault
        self.reason = fault.name

    def challenge(self, realm: str) -> str:
        """Give the value of ``WWW-Authenticate`` (RFC 6750 section 3).

        A request without a token learns the scheme and nothing else (section 3.1). The description is ours and
        plain ASCII, so it needs no quoting.
        """
        if self.fault is Fault.MISSING:
            return f'Bearer realm="{realm}"'
        return f'Bearer realm="{realm}", error="invalid_token", error_description="{self.description}"'


class Lack(StrEnum):
    """What a partner's token has to say and does not: the rest of the catalogue."""

    PURPOSE = "The access token names no purpose of use for which its holder may ask."
    PROFESSIONAL = "The access token does not name the professional who acts."
    PARTNERSHIP = "This client may not ask for anybody's record."


class NotEntitled(IdentityError):
    """The caller is known, but nobody's record can be asked for with this token: HTTP 403."""

    status = 403
    code = "FORBIDDEN"

    def __init__(self, lack: Lack) -> None:
        super().__init__(lack.value, cause=f"a partner's token lacks its {lack.name.lower()}")
        self.lack = lack
        self.reason = f"NO_{lack.name}"

    def challenge(self, realm: str) -> str:
        """Give the value of ``WWW-Authenticate`` (RFC 6750 section 3.1): another token is needed."""
        return f'Bearer realm="{realm}", error="insufficient_scope", error_description="{self.description}"'


class IssuerUnavailable(IdentityError):
    """The issuer's keys cannot be had, so no token of it can be judged: HTTP 503, to be tried again later."""

    status = 503
    code = "IDENTITY_UNAVAILABLE"

    def __init__(self, *, cause: str) -> None:
        super().__init__("Sign-in cannot be checked at the moment.", cause=cause)
