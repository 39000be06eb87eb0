"""Ledgers for tests, with nothing about anybody in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from connectors.clock import Clock
from connectors.options import Duration
from gateway.audit.ledger import Heard, Ledger
from gateway.audit.log import StoredLog
from gateway.audit.seals import Sealer
from gateway.audit.settings import AuditSettings
from gateway.audit.spool import Spool
from gateway.settings import Store
from gateway.store.database import Database
from resolvers.access.caller import CallerKind
from resolvers.access.entry import AccessAction, AccessEntry, AccessOutcome
from tests.resolvers.world import NOW
from tests.sandbox.eid.held_clock import HeldClock

KEY = b"k" * 32
SEALER = Sealer([KEY])
AN, BINH = "a" * 32, "b" * 32


def entry(number: int, *, about: str = AN, **more: Any) -> AccessEntry:
    """The entry with that number."""
    given: dict[str, Any] = {
        "id": f"{number:032x}",
        "request": f"request-{number}",
        "at": NOW,
        "about": about,
        "key": "12345678",
        "caller": CallerKind.CITIZEN,
        "client": "app",
        "actions": (AccessAction.OPEN,),
        "outcome": AccessOutcome.GIVEN,
        **more,
    }
    return AccessEntry(**given)


@asynccontextmanager
async def running_ledger(
    store: Store, spool: Path, *, clock: Clock | None = None, heard: Heard = lambda _: None, **settings: Any
) -> AsyncIterator[Ledger]:
    """One that writes into that store, however slow the machine, and tries a store that failed again at once."""
    database = Database(store)
    ledger = Ledger(
        AuditSettings(**{"retry": Duration(0.01), "patience": Duration(30), **settings}),
        StoredLog(database, SEALER),
        Spool(spool, SEALER),
        clock=clock or HeldClock(),
        heard=heard,
    )
    await ledger.start()
    try:
        yield ledger
    finally:
        await ledger.close()
        await database.close()
