"""Our errors as GraphQL errors with a stable code. Everything else is masked: its cause goes to the log alone.

Messages of the library underneath are useful to whoever writes a query and dangerous to repeat: they quote literals
and variables, which may be a citizen's number. They are shown as far as they talk about names of the schema and of the
document; a message about a value is told in our own words.
"""

import re
from collections.abc import Sequence
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    ObjectFieldNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    print_ast,
)

from resolvers.language import Language
from resolvers.refusals import Refusal

INTERNAL = "INTERNAL_SERVER_ERROR"

_MAX_MESSAGE = 300
_LONG_NUMBER = re.compile(r"\d{6,}")
_SYNTAX = re.compile(
    r"Syntax Error: (Unterminated string"
    r"|Expected (?:Name|String|Int|<EOF>|'[^' ]{1,12}')(?=, found )"
    r"|Unexpected (?:<EOF>|'[^\w' ]{1,3}'))"
)
"""What the grammar wants there, never what it found: that is the caller's own text."""
_WANTED = re.compile(
    r"Expected (?:a )?value of (?:non-null )?type '([\w\[\]!]+)'|(Boolean|Float|ID|Int|String) cannot "
)


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
        super().__init__(400, code, without_values(errors[0]))
        self._errors = errors

    def formatted(self) -> list[dict[str, Any]]:
        """One entry per error, with its place in the document."""
        return [located(error, self.code) for error in self._errors]


class TooExpensive(RequestError):
    """An operation whose price, told beforehand, is over the limit."""

    def __init__(self, price: int, limit: int) -> None:
        super().__init__(
            400, "COST_ESTIMATED_TOO_EXPENSIVE", "The operation is too expensive: ask for less, or in pages."
        )
        self._told = {"price": price, "limit": limit}

    def formatted(self) -> list[dict[str, Any]]:
        """With the price and the limit."""
        (shown,) = super().formatted()
        return [{**shown, "extensions": {**shown["extensions"], **self._told}}]


def located(error: GraphQLError, code: str) -> dict[str, Any]:
    """An error of the library underneath, with its place and without what the caller wrote there."""
    shown: dict[str, Any] = {"message": without_values(error)}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    shown["extensions"] = {"code": code}
    return shown


def without_values(error: GraphQLError) -> str:
    """The message of the library underneath, without any value of the request."""
    if isinstance(error, GraphQLSyntaxError):
        known = _SYNTAX.match(error.message)
        return f"Syntax Error: {known[1]}." if known else "Syntax Error: this cannot be read."
    node = error.nodes[0] if error.nodes else None
    if isinstance(node, VariableDefinitionNode):
        name = f"Variable '${node.variable.name.value}'"
        if error.message.startswith(f"{name} has invalid"):
            return _short(f"{name} needs a value of type '{print_ast(node.type)}'.")
    if isinstance(node, ObjectFieldNode) or (isinstance(node, ValueNode) and not isinstance(node, VariableNode)):
        wanted = _WANTED.match(error.message)
        return f"Expected a value of type '{wanted[1] or wanted[2]}'." if wanted else "A value does not fit its type."
    return _short(error.message)


def formatted(error: GraphQLError, request_id: str, language: Language) -> dict[str, Any]:
    """An error of execution as the caller sees it."""
    if error.path is None:
        return located(error, "BAD_REQUEST")
    cause = error.original_error
    shown: dict[str, Any]
    if isinstance(cause, Refusal):
        shown = {"message": cause.in_words(language), "extensions": cause.extensions}
    elif is_defect(error):
        shown = {
            "message": language.say("errors", INTERNAL),
            "extensions": {"code": INTERNAL, "requestId": request_id},
        }
    else:
        shown = {"message": "An argument has a value that does not fit.", "extensions": {"code": "BAD_REQUEST"}}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    shown["path"] = list(error.path)
    return shown


def is_defect(error: GraphQLError) -> bool:
    """Whether the error is a mistake of ours rather than a word to the caller.

    The library itself finds fault with an argument that is only known when its field is reached; it then points at a
    place in the document. Where it points at none, a value of ours could not be written out.
    """
    cause = error.original_error
    points = isinstance(cause, GraphQLError) and bool(cause.nodes)
    return error.path is not None and not points and not isinstance(cause, Refusal)


def _short(message: str) -> str:
    return _LONG_NUMBER.sub("…", message)[:_MAX_MESSAGE]
