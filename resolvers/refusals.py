"""Why the graph says no. Each is something the caller can act on, and stands in ``errors`` with its stable code.

Refusal
├── Forbidden           not for this caller; also what a caller hears of a citizen who does not exist
├── SignInEnded         the access token has expired while a subscription lasted
├── StepUpRequired      sign in again, with a higher level of assurance (RFC 9470)
├── Unverifiable        the register that knows who represents whom did not answer: fail closed, try again
├── TrustSilent         what citizens allowed and forbade cannot be read or written now: fail closed, try again
├── LogSilent           who looked cannot be read or reported now: try again
├── KeyReused           an idempotency key that was used for something else
└── BadRequest          an argument that cannot be used
"""

from typing import Any

from resolvers.language import Language


class Refusal(Exception):
    """The graph says no, in our own words: never those of a source or a caller."""

    code = "FORBIDDEN"

    def __init__(self, message: str | None = None, **extensions: Any) -> None:
        super().__init__(message or self.code)
        self._message = message
        self.extensions: dict[str, Any] = {"code": self.code, **extensions}

    def in_words(self, language: Language) -> str:
        """The message. What is for people is in their language; what is for whoever writes a query is in English."""
        return self._message or language.say("errors", self.code)


class Forbidden(Refusal):
    """Not for this caller. The same words for what is forbidden and for what does not exist."""

    def __init__(self) -> None:
        super().__init__()


class SignInEnded(Refusal):
    """The access token expired meanwhile."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__("The access token has expired.")


class StepUpRequired(Refusal):
    """The sign-in does not carry the assurance that is asked for here, or is too old (NĐ 69/2024 Đ20, RFC 9470)."""

    code = "STEP_UP_REQUIRED"

    def __init__(self, *, acr_values: tuple[str, ...], max_age: int | None = None) -> None:
        super().__init__(acrValues=list(acr_values))
        if max_age is not None:
            self.extensions["maxAge"] = max_age


class Unverifiable(Refusal):
    """Whom the caller may act for cannot be verified now."""

    code = "SOURCE_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__(retryable=True)


class TrustSilent(Refusal):
    """What citizens allowed cannot be read or written now."""

    code = "CONSENTS_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__(retryable=True)


class LogSilent(Refusal):
    """The access log cannot be read now."""

    code = "ACCESS_LOG_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__(retryable=True)


class KeyReused(Refusal):
    """The idempotency key was used for something else."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("'idempotencyKey' was used for something else: every act has a key of its own.")


class BadRequest(Refusal):
    """An argument that cannot be used."""

    code = "BAD_REQUEST"
