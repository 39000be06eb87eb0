"""Why the graph says no. Each is something the caller can act on, and stands in ``errors`` with its stable code.

Refusal
├── Forbidden           not for this caller; also what a caller hears of a citizen who does not exist
├── StepUpRequired      sign in again, with a higher level of assurance (RFC 9470)
├── Unverifiable        the register that knows who represents whom did not answer: fail closed, try again
└── BadRequest          an argument that cannot be used
"""

from typing import Any


class Refusal(Exception):
    """The graph says no. The message is from this file, never from a source or a caller."""

    code = "FORBIDDEN"

    def __init__(self, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extensions: dict[str, Any] = {"code": self.code, **extensions}


class Forbidden(Refusal):
    """Not for this caller. The same words for what is forbidden and for what does not exist."""

    def __init__(self) -> None:
        super().__init__("You may not see this record, or it does not exist.")


class StepUpRequired(Refusal):
    """The sign-in does not carry the assurance that health data asks for (NĐ 69/2024 Đ20)."""

    code = "STEP_UP_REQUIRED"

    def __init__(self, *, acr_values: tuple[str, ...]) -> None:
        super().__init__("Sign in again with a higher level of assurance.", acrValues=list(acr_values))


class Unverifiable(Refusal):
    """Whom the caller may act for cannot be verified now."""

    code = "SOURCE_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("Whom you may act for cannot be verified now. Try again later.", retryable=True)


class BadRequest(Refusal):
    """An argument that cannot be used."""

    code = "BAD_REQUEST"
