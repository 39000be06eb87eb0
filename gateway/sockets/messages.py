"""What a client may say on a socket, read strictly, and the codes with which a socket is closed (graphql-transport-ws).

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from enum import IntEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from gateway.operations.request import strictly_parsed

SUBPROTOCOL = "graphql-transport-ws"

Id = Annotated[str, Meta(min_length=1, max_length=128)]
"""Of an operation, given by the client."""


class CloseCode(IntEnum):
    """Why a socket ends. Clients come back by themselves after those below 4000 and after 4403 and 4408."""

    DEFECT = 1011
    RESTART = 1012
    LATER = 1013
    BAD_MESSAGE = 4400
    NOT_BEGUN = 4401
    FORBIDDEN = 4403
    TOO_LATE = 4408
    ALREADY = 4409
    BEGUN_TWICE = 4429


class Closing(Exception):
    """The socket ends now. Its text is for the client: our own words, nothing of what was said."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Init(Struct, frozen=True, tag_field="type", tag="connection_init"):
    """The first word, which may carry the token."""

    payload: dict[str, Any] | None = None


class Ping(Struct, frozen=True, tag_field="type", tag="ping"):
    """Is anybody there?"""


class Pong(Struct, frozen=True, tag_field="type", tag="pong"):
    """Somebody is there."""


class Subscribe(Struct, frozen=True, tag_field="type", tag="subscribe"):
    """An operation begins."""

    id: Id
    payload: dict[str, Any]


class Complete(Struct, frozen=True, tag_field="type", tag="complete"):
    """The client is done with an operation."""

    id: Id


Message = Init | Ping | Pong | Subscribe | Complete


def read(text: str | None) -> Message:
    """The message in one frame of text; a frame that is no text has none.

    Raises:
        Closing: it is none.
    """
    try:
        message: Message = msgspec.convert(strictly_parsed((text or "").encode()), Message)
    except (ValueError, msgspec.ValidationError):
        raise Closing(CloseCode.BAD_MESSAGE, "This is no message of graphql-transport-ws.") from None
    return message
