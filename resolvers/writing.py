"""How it went with something that was written: in words of its own, for a failed write is no missing record."""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from connectors.clock import Clock
from connectors.errors import Denied, Overloaded, Rejected, SourceError, Unconfirmed
from connectors.records import Described, SourceInfo, doc
from connectors.writing import Receipt


class WriteState(Described):
    """Whether it stands in the source."""

    CONFIRMED = "CONFIRMED", "The source confirmed that it holds it."
    UNCONFIRMED = (
        "UNCONFIRMED",
        "It was sent and no confirmation came: it may stand there or not. Send it again with the same idempotency key.",
    )
    REFUSED = "REFUSED", "The source does not take it. Nothing was written now."
    UNAVAILABLE = "UNAVAILABLE", "The source could not be reached, or could not say. Nothing was written now."
    NO_RECIPIENT = "NO_RECIPIENT", "No source is known that takes it. Nothing was written now."


class WriteOutcome(Struct, frozen=True, kw_only=True):
    """How it went with one entry."""

    source: Annotated[SourceInfo | None, doc("The source to which it was given; none when there is none.")] = None
    state: Annotated[WriteState, doc("How it went.")]
    code: Annotated[str | None, doc("Stable word for a failure, such as WRITE_UNCONFIRMED.")] = None
    retryable: Annotated[bool, doc("Whether sending it again with the same idempotency key may help.")] = False
    retry_after: Annotated[datetime | None, doc("When the source wishes to be asked again.")] = None


class Written(Struct, frozen=True, kw_only=True):
    """What came of an entry."""

    outcome: WriteOutcome
    receipt: Receipt | None = None


def failed(source: SourceInfo, error: SourceError, clock: Clock) -> Written:
    """What an error means for what was to be written."""
    state = WriteState.UNAVAILABLE
    if isinstance(error, Unconfirmed):
        state = WriteState.UNCONFIRMED
    elif isinstance(error, Denied | Rejected):
        state = WriteState.REFUSED
    return Written(
        outcome=WriteOutcome(
            source=source,
            state=state,
            code=error.code,
            retryable=error.retryable,
            retry_after=clock.now() + error.retry_after if isinstance(error, Overloaded) else None,
        )
    )


def nobody(code: str, *, retryable: bool = False) -> Written:
    """Nobody was given it."""
    return Written(outcome=WriteOutcome(state=WriteState.NO_RECIPIENT, code=code, retryable=retryable))
