"""The door for writes: given once, told with one outcome, and ended also when nobody waits for it any more."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import Basis, Inquiry, Purpose
from connectors.errors import (
    Crowded,
    Denied,
    Garbled,
    KeyReused,
    Overloaded,
    Rejected,
    TooSlow,
    Unavailable,
    Unconfirmed,
)
from connectors.records import CodedText, Observation, ObservationCategory, Provenance, Record
from connectors.writing import Entry, Mandate, Measurement, Receipt
from resolvers.federation import Federation
from resolvers.locating import Directory
from resolvers.measuring import MeasurementKind, measurement
from resolvers.writing import WriteState
from tests.resolvers.world import NOW, SUBJECT, FalseSource, info, inquiry

ENTRY = measurement(MeasurementKind.BODY_WEIGHT, {"value": Decimal(62)}, NOW, NOW)
MANDATE = Mandate(subject=SUBJECT, purpose=Purpose.SELF, basis=Basis.SELF, of=Measurement)
RECEIPT = Receipt(
    record=Observation(
        id="1",
        provenance=(Provenance(source=info("a"), retrieved_at=NOW, source_record_id="1"),),
        code=CodedText(text="x"),
        category=ObservationCategory.VITAL_SIGNS,
        status="final",
    )
)


class FalseRecorder(FalseSource):
    """Takes measurements, and answers to them as a test says."""

    def __init__(self, does: Callable[[], Coroutine[Any, Any, Receipt]], *, deadline: float = 2.0) -> None:
        super().__init__("a", {}, deadline=deadline)
        self.takes: frozenset[type[Entry]] = frozenset({Measurement})
        self.given = 0
        self._does = does

    async def write(self, entry: Entry, key: str, mandate: Mandate, inquiry: Inquiry) -> Receipt:
        """Take it."""
        mandate.require(entry)
        self.given += 1
        return await self._does()


class Kept:
    """Notes what is dropped and announced."""

    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []

    async def forget(self, ref: str) -> bool:
        """Note it."""
        self.said.append((ref,))
        return True

    def announce(self, ref: str, source: str, about: type[Record]) -> None:
        """Note it."""
        self.said.append((ref, source, about))


TOLD = [(SUBJECT.ref,), (SUBJECT.ref, "a", Observation)]


async def test_a_confirmed_entry_is_dropped_from_what_is_kept_and_announced() -> None:
    async def confirm() -> Receipt:
        return RECEIPT

    source, kept = FalseRecorder(confirm), Kept()
    written = await Federation(Directory([source]), inquiry(), kept).write(ENTRY, "key", MANDATE, source)
    assert (written.outcome.state, written.receipt) == (WriteState.CONFIRMED, RECEIPT)
    assert kept.said == TOLD


@pytest.mark.parametrize(
    ("error", "state", "code", "retryable"),
    [
        (Unconfirmed("x"), WriteState.UNCONFIRMED, "WRITE_UNCONFIRMED", True),
        (KeyError("a defect of a kind"), WriteState.UNCONFIRMED, "WRITE_UNCONFIRMED", True),
        (Rejected("x"), WriteState.REFUSED, "SOURCE_REJECTED", False),
        (KeyReused("x"), WriteState.REFUSED, "IDEMPOTENCY_KEY_REUSED", False),
        (Denied("x"), WriteState.REFUSED, "SOURCE_DENIED", False),
        (Unavailable("x"), WriteState.UNAVAILABLE, "SOURCE_UNAVAILABLE", True),
        (TooSlow("x"), WriteState.UNAVAILABLE, "GATEWAY_TIMEOUT", True),
        (Garbled("x"), WriteState.UNAVAILABLE, "SOURCE_INVALID_RESPONSE", False),
        (Overloaded("x", retry_after=timedelta(seconds=7)), WriteState.UNAVAILABLE, None, True),
        (Crowded("x"), WriteState.UNAVAILABLE, None, True),
    ],
)
async def test_every_failure_is_one_outcome_and_nothing_is_tried_again(
    error: Exception, state: WriteState, code: str | None, *, retryable: bool
) -> None:
    """What may stand there is dropped from what is kept; the operator has a fault to look at."""

    async def fail() -> Receipt:
        raise error

    source, kept = FalseRecorder(fail), Kept()
    federation = Federation(Directory([source]), inquiry(), kept)
    outcome = (await federation.write(ENTRY, "key", MANDATE, source)).outcome

    assert (outcome.state, outcome.retryable) == (state, retryable)
    assert code in (None, outcome.code)
    assert source.given == 1
    assert [fault.error for fault in federation.faults] == [error]
    assert kept.said == (TOLD if state is WriteState.UNCONFIRMED else [])
    assert (outcome.retry_after == NOW + timedelta(seconds=7)) == isinstance(error, Overloaded)


async def test_a_source_that_says_nothing_leaves_it_unconfirmed() -> None:
    """At its deadline it is not known whether it stands there."""
    source = FalseRecorder(lambda: asyncio.Event().wait(), deadline=0.05)  # type: ignore[arg-type, return-value]
    written = await Federation(Directory([source]), inquiry()).write(ENTRY, "key", MANDATE, source)
    assert (written.outcome.state, written.receipt) == (WriteState.UNCONFIRMED, None)


async def test_a76_a_caller_who_hangs_up_stops_no_write() -> None:
    """It goes on to its end, and what is kept is dropped."""
    goes_on, begun = asyncio.Event(), asyncio.Event()

    async def slowly() -> Receipt:
        begun.set()
        await goes_on.wait()
        return RECEIPT

    source, kept = FalseRecorder(slowly), Kept()
    federation = Federation(Directory([source]), inquiry(), kept)
    waiting = asyncio.ensure_future(federation.write(ENTRY, "key", MANDATE, source))
    await begun.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not kept.said

    goes_on.set()
    await federation.finish()
    assert kept.said == TOLD


async def test_a_source_that_only_answers_is_given_nothing() -> None:
    """It is no recipient; named all the same, the outcome says that nothing was written."""
    source = FalseSource("a", {})
    federation = Federation(Directory([source]), inquiry())
    assert not federation.recipients(Measurement)
    assert (await federation.write(ENTRY, "key", MANDATE, source)).outcome.state is WriteState.REFUSED
