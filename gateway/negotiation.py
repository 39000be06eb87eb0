"""Which media type an answer has, and whether a request's own can be read (GraphQL over HTTP, sections 4 and 6)."""

from collections.abc import Sequence
from enum import Enum

from gateway.errors import RequestError


class AnswerType(Enum):
    """How an answer is written."""

    GRAPHQL = b"application/graphql-response+json"
    """The status tells whether the request was fit to be executed."""

    JSON = b"application/json"
    """For clients that know no better: every well-formed request is answered with 200."""


_RANGES = {
    "application/graphql-response+json": AnswerType.GRAPHQL,
    "application/json": AnswerType.JSON,
    "application/*": AnswerType.GRAPHQL,
    "*/*": AnswerType.GRAPHQL,
}


def answer_type(accept: Sequence[bytes]) -> AnswerType:
    """The best type for the ``Accept`` headers.

    Raises:
        RequestError: 406.
    """
    if not accept:
        return AnswerType.GRAPHQL
    best: AnswerType | None = None
    best_weight = 0.0
    for part in b",".join(accept).decode("latin-1").split(","):
        wanted, *parameters = (piece.strip().lower() for piece in part.split(";"))
        offered = _RANGES.get(wanted)
        weight = _weight(parameters)
        if offered is not None and weight > best_weight:
            best, best_weight = offered, weight
    if best is None:
        raise RequestError(406, "BAD_REQUEST", "Answers are application/graphql-response+json or application/json.")
    return best


def require_json(content_type: Sequence[bytes]) -> None:
    """Refuse a body that does not say that it is JSON in UTF-8.

    Raises:
        RequestError: 415.
    """
    if len(content_type) == 1:
        media_type, *parameters = (piece.strip().lower() for piece in content_type[0].split(b";"))
        known = {b"charset=utf-8", b'charset="utf-8"'}
        if media_type == b"application/json" and all(parameter in known for parameter in parameters if parameter):
            return
    raise RequestError(415, "BAD_REQUEST", "The body must be application/json in UTF-8.")


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
