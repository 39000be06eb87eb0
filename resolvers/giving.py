"""Gives sources what shall be written, once each, and drops what is kept of a citizen of whom something was."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from connectors.contract import Inquiry, Source
from connectors.errors import Rejected, SourceError, Unconfirmed
from connectors.records import Observation, Record
from connectors.writing import Entry, Mandate, Measurement, recorder_of
from resolvers import writing
from resolvers.access.account import Account
from resolvers.noted import Fault, Noted
from resolvers.writing import WriteOutcome, WriteState, Written


class Keeping(Protocol):
    """What this process keeps of citizens for some seconds, and whom it tells of changes."""

    async def forget(self, ref: str) -> bool:
        """Lose what is kept of the citizen with that reference; False where that could not be done for certain."""

    def announce(self, ref: str, source: str, about: type[Record]) -> None:
        """Tell whoever listens that something of that class changed at that source. Returns at once."""


class NothingKept:
    """Nothing is kept, and nobody listens."""

    async def forget(self, ref: str) -> bool:  # noqa: ARG002 - the protocol's
        """There is nothing to lose."""
        return True

    def announce(self, ref: str, source: str, about: type[Record]) -> None:
        """Nobody listens."""


class Giving:
    """What one request has written."""

    def __init__(self, inquiry: Inquiry, account: Account, keeping: Keeping, noted: Noted) -> None:
        """Nothing is written yet.

        Args:
            inquiry: under whose deadline all is written.
            account: where it is noted who was given something.
            keeping: what is dropped.
            noted: for the operator.
        """
        self._inquiry = inquiry
        self._account = account
        self._keeping = keeping
        self._noted = noted
        self._under_way: set[asyncio.Task[Written]] = set()

    def give(self, entry: Entry, key: str, mandate: Mandate, source: Source) -> Awaitable[Written]:
        """Give an entry to a source, once: nothing is tried again here, for the key makes that safe for the caller.

        A caller who hangs up no longer hears of it, but the writing goes on to its end or its deadline, so that
        what came of it is known and what is kept of the citizen is dropped: ``finish`` waits for that.
        """
        task = asyncio.ensure_future(self._write(entry, key, mandate, source))
        self._under_way.add(task)
        return asyncio.shield(task)

    async def finish(self) -> None:
        """Wait until everything that is being written is written or has failed."""
        if self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _write(self, entry: Entry, key: str, mandate: Mandate, source: Source) -> Written:
        mandate.require(entry)
        self._account.wrote(mandate, source.info.id)
        recorder = recorder_of(source, type(entry))
        if recorder is None:
            return writing.failed(source.info, Rejected("takes no such entries"), self._inquiry.clock)
        try:
            async with asyncio.timeout(self._inquiry.deadline.within(source.deadline).left()):
                receipt = await recorder.write(entry, key, mandate, self._inquiry)
        except Exception as error:  # noqa: BLE001 - a defect in one kind is told as any other failure
            known = error if isinstance(error, SourceError) else Unconfirmed(f"at the door: {type(error).__name__}")
            self._noted.faults.append(Fault(source.info.id, type(entry).__name__, error))
            written = writing.failed(source.info, known, self._inquiry.clock)
        else:
            written = Written(outcome=WriteOutcome(source=source.info, state=WriteState.CONFIRMED), receipt=receipt)
        if written.outcome.state in (WriteState.CONFIRMED, WriteState.UNCONFIRMED):
            # What may stand there has to be shown: nothing older is.
            await self._keeping.forget(mandate.subject.ref)
            if isinstance(entry, Measurement):
                self._keeping.announce(mandate.subject.ref, source.info.id, Observation)
        return written
