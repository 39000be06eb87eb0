"""Which media type an answer has, and whether a request's own can be read (GraphQL over HTTP, sections 4 and 6)."""

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from gateway.errors import RequestError


class AnswerType(Enum):
    """How an answer is written."""

    GRAPHQL = b"application/graphql-response+json"
    """The status tells whether the request was fit to be executed."""

    JSON = b"application/json"
    """For clients that know no better: every well-formed request is answered with 200."""


class Framing(Enum):
    """How several payloads make one answer."""

    MULTIPART = b"multipart/mixed"
    """Incremental Delivery over HTTP: a part for each."""

    EVENTS = b"text/event-stream"
    """GraphQL over SSE, distinct connections: an event for each."""


class Form(Enum):
    """How a payload of incremental delivery is written. There is no final standard; clients say which they know."""

    PATHS = "deferSpec=20220824"
    """Each part with its path (graphql-js 17.0.0-alpha.2): what urql, Relay and others take who say nothing."""

    IDS = "incrementalSpec=v0.2"
    """Parts by the ids that were announced (graphql-js 17.0.0-alpha.9)."""


class Streaming(Struct, frozen=True):
    """An answer in several payloads."""

    framing: Framing
    form: Form


class Accepted(Struct, frozen=True):
    """What the caller takes; at least one of the two."""

    whole: AnswerType | None
    """For an answer in one piece."""
    streaming: Streaming | None
    """For one that comes bit by bit. Only who names such a type is sent it: ``*/*`` is said by those who never read."""


ANYTHING = Accepted(AnswerType.GRAPHQL, None)
_MOST_REMEMBERED = 128
"""Values of a header whose meaning is remembered: clients of one kind all send the same. None is over 32 KiB."""
_NAMES = {"application/graphql-response+json": AnswerType.GRAPHQL, "application/json": AnswerType.JSON}
_FRAMINGS = {framing.value.decode(): framing for framing in Framing}
_FORMS = {form.value.lower(): form for form in Form}
_SPECIFICATIONS = frozenset(name.partition("=")[0] for name in _FORMS) | {"subscriptionspec"}
_QVALUE = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
"""RFC 9110, section 12.4.2."""


class _Wish(Struct, frozen=True):
    """One range of an ``Accept`` header."""

    range: str
    parameters: frozenset[str]
    weight: float
    place: int


def accepted(accept: Sequence[bytes]) -> Accepted:
    """What the ``Accept`` headers allow; of each kind the weightiest, then the first named.

    Raises:
        RequestError: 406.
    """
    return _accepted(b",".join(accept)) if accept else ANYTHING


def require_json(content_type: Sequence[bytes]) -> None:
    """Refuse a body that does not say that it is JSON in UTF-8.

    Raises:
        RequestError: 415.
    """
    if len(content_type) != 1 or not _is_json(content_type[0]):
        raise RequestError(415, "BAD_REQUEST", "The body must be application/json in UTF-8.")


@lru_cache(maxsize=_MOST_REMEMBERED)
def _accepted(accept: bytes) -> Accepted:
    wishes = [_wish(part, place) for place, part in enumerate(accept.decode("latin-1").split(","))]
    found = Accepted(_whole(wishes), _streaming(wishes))
    if found.whole is None and found.streaming is None:
        raise RequestError(406, "BAD_REQUEST", "Answers are application/graphql-response+json or application/json.")
    return found


@lru_cache(maxsize=_MOST_REMEMBERED)
def _is_json(content_type: bytes) -> bool:
    media_type, *parameters = (piece.strip().lower() for piece in content_type.split(b";"))
    known = {b"charset=utf-8", b'charset="utf-8"'}
    return media_type == b"application/json" and all(parameter in known for parameter in parameters if parameter)


def _whole(wishes: Sequence[_Wish]) -> AnswerType | None:
    best: tuple[float, int, AnswerType] | None = None
    for name, offered in _NAMES.items():
        wish = _most_specific(name, wishes)
        if wish is not None and wish.weight > 0 and (best is None or (wish.weight, -wish.place) > best[:2]):
            best = wish.weight, -wish.place, offered
    return best[2] if best else None


def _streaming(wishes: Sequence[_Wish]) -> Streaming | None:
    best: tuple[float, int, Streaming] | None = None
    for wish in wishes:
        framing, form = _FRAMINGS.get(wish.range), _form(wish.parameters)
        if framing and form and wish.weight > 0 and (best is None or (wish.weight, -wish.place) > best[:2]):
            best = wish.weight, -wish.place, Streaming(framing, form)
    return best[2] if best else None


def _form(parameters: frozenset[str]) -> Form | None:
    """The form that was asked for; none where another specification is meant than those that are known here."""
    meant = {parameter for parameter in parameters if parameter.partition("=")[0] in _SPECIFICATIONS}
    if not meant:
        return Form.PATHS
    return next((_FORMS[parameter] for parameter in meant if parameter in _FORMS), None)


def _wish(part: str, place: int) -> _Wish:
    wanted, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return _Wish(wanted, frozenset(parameters), _weight(parameters), place)


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
