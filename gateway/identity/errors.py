"""What can be wrong with the question "who asks?".

    IdentityError
    ├── InvalidToken        401: this caller is not known; one challenge, one sentence of a fixed catalogue
    ├── NotEntitled         403: the caller is known, and the token does not say what a partner's must say
    ├── IssuerUnavailable   503: nobody can be known, because the issuer's keys were never to be had or are too old
    └── ReplaysUnavailable  503: nobody can say whether a proof was used before

The sentence goes to the caller, ``cause`` to the operator's log. Neither ever holds a token, a claim or a key.
"""

from enum import StrEnum

ALGORITHMS_OF_PROOFS = "ES256 PS256"
"""As challenges tell them (RFC 9449 section 7.1)."""


class Fault(StrEnum):
    """The catalogue: all that a caller is ever told about a token."""

    MISSING = "An access token is required."
    MALFORMED = "The access token is not well formed."
    UNTRUSTED = "The access token is not one that this service can trust."
    EXPIRED = "The access token has expired."
    REVOKED = "The access token is unknown to its issuer, or was revoked."
    NOT_YET_VALID = "The access token is not valid yet."
    WRONG_AUDIENCE = "The access token is meant for another service."
    WRONG_TYPE = "This is not an access token of a kind that this service takes."
    SENDER_CONSTRAINED = "The access token is bound in a way that this service does not know."
    CERTIFICATE = "The access token is bound to a certificate, which this connection does not prove."
    PROOF = "The access token is bound to a key, of which this request holds no good proof."
    NONCE = "The proof must hold a fresh nonce of this service."
    UNBOUND = "The access token is not bound to a key or certificate as it should be."
    UNIDENTIFIED = "The access token does not say who its holder is in the way this service needs."


class IdentityError(Exception):
    """The caller could not be established.

    ``status`` is the HTTP status, ``code`` goes into ``extensions.code``, ``cause`` is for the operator alone.
    """

    status: int
    code: str
    reason: str = "ISSUER_UNAVAILABLE"
    """One word of ours, for counting."""
    metadata: str | None = None
    """Where this service describes itself (RFC 9728), for a challenge."""

    def __init__(self, description: str, *, cause: str) -> None:
        super().__init__(description)
        self.description = description
        self.cause = cause

    def headers(self, realm: str) -> list[tuple[str, str]]:  # noqa: ARG002 - for those that challenge
        """Give what the answer says beside its body."""
        return [("Retry-After", "5")]

    def _challenge(self, scheme: str, realm: str, **parameters: str) -> str:
        """One challenge. All values are ours and plain ASCII without quotes, so they need no escaping."""
        told = {"realm": realm, **parameters}
        if scheme == "DPoP":
            told["algs"] = ALGORITHMS_OF_PROOFS
        if self.metadata is not None:
            told["resource_metadata"] = self.metadata
        return f"{scheme} " + ", ".join(f'{name}="{value}"' for name, value in told.items())


class InvalidToken(IdentityError):
    """The request carries no access token that this service accepts: HTTP 401 with ``challenge``."""

    status = 401
    code = "UNAUTHENTICATED"
    scheme = "Bearer"
    """With which the token was shown."""
    nonce: str | None = None
    """For the next proof, where the last had none that is fresh."""

    def __init__(self, fault: Fault, *, cause: str) -> None:
        super().__init__(fault.value, cause=cause)
        self.fault = fault
        self.reason = fault.name

    def headers(self, realm: str) -> list[tuple[str, str]]:
        """Give the challenges, and the nonce that the next proof shall hold."""
        nonce = [("DPoP-Nonce", self.nonce)] if self.nonce is not None else []
        return [*(("WWW-Authenticate", one) for one in self.challenges(realm)), *nonce]

    def challenges(self, realm: str) -> list[str]:
        """Give the values of ``WWW-Authenticate`` (RFC 6750 section 3, RFC 9449 section 7.1).

        A request without a token learns the schemes and nothing else (RFC 6750 section 3.1).
        """
        if self.fault is Fault.MISSING:
            return [self._challenge("Bearer", realm), self._challenge("DPoP", realm)]
        error = {Fault.PROOF: "invalid_dpop_proof", Fault.NONCE: "use_dpop_nonce"}.get(self.fault)
        scheme = self.scheme if error is None else "DPoP"
        return [self._challenge(scheme, realm, error=error or "invalid_token", error_description=self.description)]


class Lack(StrEnum):
    """What a partner's token has to say and does not: the rest of the catalogue."""

    PURPOSE = "The access token names no purpose of use for which its holder may ask."
    PROFESSIONAL = "The access token does not name the professional who acts."
    SCOPE = "The access token lacks a scope that is needed to ask for records."
    PARTNERSHIP = "This client may not ask for anybody's record."


class NotEntitled(IdentityError):
    """The caller is known, but nobody's record can be asked for with this token: HTTP 403."""

    status = 403
    code = "FORBIDDEN"

    def __init__(self, lack: Lack, *, scope: str | None = None) -> None:
        super().__init__(lack.value, cause=f"the token lacks its {lack.name.lower()}")
        self.lack = lack
        self._scope = {} if scope is None else {"scope": scope}
        self.reason = f"NO_{lack.name}"

    def headers(self, realm: str) -> list[tuple[str, str]]:
        """Give the challenge (RFC 6750 section 3.1): another token is needed."""
        told = {"error": "insufficient_scope", **self._scope, "error_description": self.description}
        return [("WWW-Authenticate", self._challenge("Bearer", realm, **told))]


class IssuerUnavailable(IdentityError):
    """The issuer's keys cannot be had, so no token of it can be judged: HTTP 503, to be tried again later."""

    status = 503
    code = "IDENTITY_UNAVAILABLE"

    def __init__(self, *, cause: str) -> None:
        super().__init__("Sign-in cannot be checked at the moment.", cause=cause)


class ReplaysUnavailable(IdentityError):
    """Nobody can say whether a proof was used before: HTTP 503. Without that memory a proof is worth nothing."""

    status = 503
    code = "IDENTITY_UNAVAILABLE"
    reason = "REPLAYS_UNAVAILABLE"

    def __init__(self, *, cause: str) -> None:
        super().__init__("Sign-in cannot be checked at the moment.", cause=cause)
