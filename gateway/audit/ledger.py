"""The writer of the access log: whatever waits is written together, and nobody is answered before.

While one batch is on its way to the disk the next one gathers, and where many come, until as many are there as were the
last time: a transaction serves one request when there is one, and many when there are many. When the store does not
take a batch it goes to the spool, and from there to the store as soon as that is back, in its order. When the spool is
over its bounds the ledger is *closed*: whoever asks about a citizen is refused before any source is asked.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

import structlog
from msgspec import Struct

from connectors.clock import Clock
from gateway.audit.log import Leaf, StoredLog, Tampered
from gateway.audit.settings import AuditSettings
from gateway.audit.spool import Spool
from gateway.errors import RequestError
from gateway.store.database import Unavailable
from resolvers.access.entry import AccessEntry

MOST = 500
"""Entries in one transaction."""
_GATHERING = 0.006
"""Seconds that the first of a batch waits at most for as many as there were in the last one. A transaction costs as
much as a dozen entries, and callers who were answered together ask again together; a caller alone does not wait."""
_log = structlog.get_logger()

Heard = Callable[[AccessEntry], None]
"""Told of every entry that is durable."""


class AuditUnavailable(RequestError):
    """Nothing can be written into the access log, so nothing about a citizen is answered (F22, F23)."""

    def __init__(self) -> None:
        super().__init__(
            503,
            "AUDIT_UNAVAILABLE",
            "Accesses cannot be recorded now, so none is given. Try again.",
            headers=[("Retry-After", "30")],
        )


class LedgerState(Struct, frozen=True, kw_only=True):
    """How it is, for the operator."""

    state: Literal["writing", "spooling", "closed"]
    spooled: int
    spooled_bytes: int
    spooled_seconds: int


class _Waiting(Struct, frozen=True):
    """Entries of one request, and the word that they are durable."""

    entries: Sequence[AccessEntry]
    leaves: list[Leaf]
    durable: "asyncio.Future[bool]"


class Ledger:
    """The one way into the access log, in one process."""

    def __init__(
        self, settings: AuditSettings, log: StoredLog, spool: Spool, *, clock: Clock, heard: Heard = lambda _entry: None
    ) -> None:
        self._settings = settings
        self._stored = log
        self._spool = spool
        self._clock = clock
        self._heard = heard
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._awaited = 1
        """How many must wait for the writer to be woken."""
        self._usual = 1
        """How many requests the last transaction served."""
        self._running: asyncio.Task[None] | None = None
        self._ending = False
        self._ended = True
        """Before the start, and after the end."""
        self._retry_at: float | None = None
        """When a store that failed is tried again; ``None`` while it is well."""
        self._disk_failed = False

    async def start(self) -> None:
        """Begin to write; take up what waits from before."""
        try:
            await asyncio.to_thread(self._spool.open)
        except OSError as error:
            self._disk_fails(error)
        if len(self._spool):
            self._retry_at = self._clock.monotonic()
        self._ended = False
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Write what waits, and end. What the store does not take stays in the spool."""
        self._ending = True
        self._wake.set()
        if self._running is not None:
            await self._running
        self._spool.close()

    def require(self) -> None:
        """Refuse to go on when what would be done could not be recorded.

        Raises:
            AuditUnavailable: the ledger is closed.
        """
        if self._is_closed():
            raise AuditUnavailable

    async def keep(self, entries: Sequence[AccessEntry]) -> None:
        """Write these entries; they are durable when this returns. They are written also for who stops to wait.

        Raises:
            AuditUnavailable: they are not.
        """
        if entries and not await self._put(entries):
            raise AuditUnavailable

    def post(self, entries: Sequence[AccessEntry]) -> None:
        """Have these entries written, of accesses that nobody waits for any more."""
        if entries:
            self._put(entries)

    def state(self) -> LedgerState:
        """How it is now."""
        spooling = bool(len(self._spool)) or self._retry_at is not None
        return LedgerState(
            state="closed" if self._is_closed() else "spooling" if spooling else "writing",
            spooled=len(self._spool),
            spooled_bytes=self._spool.size,
            spooled_seconds=round(self._spooled_seconds()),
        )

    def _put(self, entries: Sequence[AccessEntry]) -> "asyncio.Future[bool]":
        durable: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if self._ended:
            durable.set_result(False)
        else:
            self._waiting.append(_Waiting(entries, [Leaf.of(entry) for entry in entries], durable))
            if len(self._waiting) >= self._awaited:
                self._wake.set()
        return durable

    def _is_closed(self) -> bool:
        bounds, spool = self._settings, self._spool
        store_fails = self._retry_at is not None
        if not store_fails and not spool.size:
            return False
        return (store_fails and self._disk_failed) or (
            len(spool) >= bounds.spool_entries
            or spool.size >= bounds.spool_size
            or self._spooled_seconds() >= bounds.spool_time
        )

    def _spooled_seconds(self) -> float:
        since = self._spool.since
        return 0.0 if since is None else max(0.0, (self._clock.now() - since).total_seconds())

    async def _run(self) -> None:
        while True:
            await self._until_due()
            batch, self._waiting = self._waiting, []
            self._usual = max(1, len(batch))
            try:
                await self._write(batch)
            except Exception as error:  # noqa: BLE001 - whoever waits is refused, and the writer goes on
                _log.error("defect", where="access log", exc_info=error)
                _refuse(batch)
            if self._ending and not self._waiting:
                self._ended = True
                return

    async def _until_due(self) -> None:
        """Until there is something to write, or to try again; where many come, until a few are together."""
        patience = None if self._retry_at is None else max(0.0, self._retry_at - self._clock.monotonic())
        await self._until(1, patience)
        if self._waiting:
            await self._until(self._usual, _GATHERING)

    async def _until(self, many: int, patience: float | None) -> None:
        """Until so many wait, or the end is near; no longer than that many seconds."""
        if len(self._waiting) >= many or self._ending:
            return
        self._awaited = many
        self._wake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._wake.wait()

    async def _write(self, batch: list[_Waiting]) -> None:
        leaves = [leaf for waiting in batch for leaf in waiting.leaves]
        direct = self._retry_at is None and not len(self._spool)
        if direct and await self._to_store(leaves, perhaps_known=False):
            self._durable(batch)
            return
        if leaves and not await self._to_spool(leaves):
            _refuse(batch)
        else:
            self._durable(batch)
        if self._retry_at is not None and self._clock.monotonic() >= self._retry_at:
            await self._drain()

    async def _to_store(self, leaves: Sequence[Leaf], *, perhaps_known: bool) -> bool:
        try:
            for start in range(0, len(leaves), MOST):
                async with asyncio.timeout(self._settings.patience):
                    await self._stored.append(leaves[start : start + MOST], perhaps_known=perhaps_known)
        except (*Unavailable, Tampered) as error:
            if self._retry_at is None:
                _log.error("alert", alert="access_log_unavailable", error=type(error).__name__)
            self._retry_at = self._clock.monotonic() + self._settings.retry
            return False
        return True

    async def _to_spool(self, leaves: Sequence[Leaf]) -> bool:
        try:
            await asyncio.to_thread(self._spool.put, leaves)
        except OSError as error:
            self._disk_fails(error)
            return False
        self._disk_failed = False
        return True

    async def _drain(self) -> None:
        """Bring to the store what waits, the oldest first."""
        if self._disk_failed:
            await self._to_spool(())  # is there room again?
        while first := self._spool.first(MOST):
            if not await self._to_store(first, perhaps_known=True):
                return
            try:
                await asyncio.to_thread(self._spool.done, len(first))
            except OSError as error:
                self._disk_fails(error)
            if self._waiting:
                self._retry_at = self._clock.monotonic()  # whoever waits goes behind them, and is not kept waiting
                return
        if await self._is_back():
            self._retry_at = None
            _log.warning("access_log_available")

    async def _is_back(self) -> bool:
        return await self._to_store((), perhaps_known=False) and await self._stored.database.is_up()

    def _disk_fails(self, error: OSError) -> None:
        if not self._disk_failed:
            _log.error("alert", alert="access_spool_unavailable", error=type(error).__name__)
        self._disk_failed = True

    def _durable(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            if not waiting.durable.done():
                waiting.durable.set_result(True)
            for entry in waiting.entries:
                self._heard(entry)


def _refuse(batch: list[_Waiting]) -> None:
    for waiting in batch:
        if not waiting.durable.done():
            waiting.durable.set_result(False)
