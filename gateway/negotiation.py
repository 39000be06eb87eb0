"""Which media type an answer has, and whether a request's own can be read (GraphQL over HTTP, sections 4 and 6)."""

import re
from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

from gateway.errors import RequestError


class AnswerType(Enum):
    """How an answer is written."""

    GRAPHQL = b"application/graphql-response+json"
    """The status tells whether the request was fit to be executed."""

    JSON = b"application/json"
    """For clients that know no better: every well-formed request is answered with 200."""


_NAMES = {"application/graphql-response+json": AnswerType.GRAPHQL, "application/json": AnswerType.JSON}
_QVALUE = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
"""RFC 9110, section 12.4.2."""


class _Wish(Struct, frozen=True):
    """One range of an ``Accept`` header."""

    range: str
    weight: float
    place: int


def answer_type(accept: Sequence[bytes]) -> AnswerType:
    """The best type for the ``Accept`` headers: the weightiest, then the first named, then the one that tells more.

    Raises:
        RequestError: 406.
    """
    if not accept:
        return AnswerType.GRAPHQL
    wishes = [_wish(part, place) for place, part in enumerate(b",".join(accept).decode("latin-1").split(","))]
    best: tuple[float, int, AnswerType] | None = None
    for name, offered in _NAMES.items():
        wish = _most_specific(name, wishes)
        if wish is not None and wish.weight > 0 and (best is None or (wish.weight, -wish.place) > best[:2]):
            best = wish.weight, -wish.place, offered
    if best is None:
        raise RequestError(406, "BAD_REQUEST", "Answers are application/graphql-response+json or application/json.")
    return best[2]


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


def _wish(part: str, place: int) -> _Wish:
    wanted, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return _Wish(wanted, _weight(parameters), place)


def _most_specific(name: str, wishes: Sequence[_Wish]) -> _Wish | None:
    """What is said about that very type counts before what is said about all (RFC 9110, section 12.5.1)."""
    for wanted in (name, "application/*", "*/*"):
        for wish in wishes:
            if wish.range == wanted:
                return wish
    return None


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            value = value.strip()
            return float(value) if _QVALUE.fullmatch(value) else 0.0
    return 1.0
