"""Our errors as GraphQL errors with a stable code. Everything else is masked: its cause goes to the log alone."""

import re
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError

from resolvers.refusals import Refusal

INTERNAL = "INTERNAL_SERVER_ERROR"

_ECHO = re.compile(r"(, found | got invalid value |, found: |: \").*", re.DOTALL)
_LONG_NUMBER = re.compile(r"\d{6,}")


class RequestError(Exception):
    """A request that is not executed: it is answered with a status, a code and a sentence from our own catalogue."""

    def __init__(self, status: int, code: str, message: str, *, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = tuple(headers)

    def formatted(self) -> list[dict[str, Any]]:
        """The ``errors`` of the answer."""
        return [{"message": self.message, "extensions": {"code": self.code}}]


class InvalidDocument(RequestError):
    """A document that does not parse, is over a limit, or does not fit the schema."""

    def __init__(self, code: str, errors: Sequence[GraphQLError]) -> None:
        super().__init__(400, code, errors[0].message)
        self._errors = errors

    def formatted(self) -> list[dict[str, Any]]:
        """One entry per error, with its place in the document."""
        return [located(error, self.code) for error in self._errors]


def located(error: GraphQLError, code: str) -> dict[str, Any]:
    """An error of the library underneath, with its place and without what the caller wrote there.

    A literal or a variable may be a citizen's number; the message is kept up to the point where it would repeat it.
    """
    shown: dict[str, Any] = {"message": without_values(error.message)}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    shown["extensions"] = {"code": code}
    return shown


def without_values(message: str) -> str:
    """The message without values that it repeats from the request."""
    return _LONG_NUMBER.sub("…", _ECHO.sub(" has a value that does not fit.", message))


def formatted(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An error of execution as the caller sees it."""
    cause = error.original_error
    shown: dict[str, Any]
    if isinstance(cause, Refusal):
        shown = {"message": cause.message, "extensions": cause.extensions}
    elif error.path is None:
        return located(error, "BAD_REQUEST")
    else:
        shown = {
            "message": "Something went wrong on our side.",
            "extensions": {"code": INTERNAL, "requestId": request_id},
        }
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        shown["path"] = list(error.path)
    return shown


def is_defect(error: GraphQLError) -> bool:
    """Whether the error is a mistake of ours rather than a word to the caller."""
    return error.path is not None and not isinstance(error.original_error, Refusal)
