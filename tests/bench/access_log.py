"""What an entry of the access log costs: ``python -m tests.bench.access_log``.

Each caller keeps one entry after the other and waits until it is durable, on a real disk: in both databases, by 1, 8
and 64 callers. Told are the processor's time of this process per entry, the time that a caller waits, and how many
entries a transaction took. A PostgreSQL is started with fsync on.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from connectors.clock import SystemClock
from connectors.options import Secret
from gateway.audit.ledger import Ledger
from gateway.audit.log import Also, Leaf, StoredLog
from gateway.audit.seals import Sealer
from gateway.audit.settings import AuditSettings
from gateway.audit.spool import Spool
from gateway.settings import Store
from gateway.store.database import Database
from resolvers.sections import Section
from tests.gateway.audit.ledgers import entry
from tests.gateway.store.postgresql import BINARIES, real_postgresql

_ENTRIES = 4000
_CALLERS = (1, 8, 16, 64)


class _Counting(StoredLog):
    transactions = 0

    async def append(self, leaves: Sequence[Leaf], *, perhaps_known: bool = False, also: Also | None = None) -> int:
        self.transactions += 1
        return await super().append(leaves, perhaps_known=perhaps_known, also=also)


async def _measure(store: Store, folder: Path, callers: int, number: int) -> None:
    sealer = Sealer([b"k" * 32])
    database = Database(store)
    log = _Counting(database, sealer)
    ledger = Ledger(AuditSettings(), log, Spool(folder / "spool", sealer), clock=SystemClock())
    await ledger.start()
    sections = tuple(Section)[2:8]
    sources = tuple(f"hospital-{one}" for one in range(8))
    waits: list[float] = []
    each = _ENTRIES // (1 if callers > 1 else 4) // callers

    async def call(caller: int) -> None:
        for place in range(each):
            one = entry((number * 1000 + caller) * 10_000 + place, sections=sections, sources=sources)
            begun = time.perf_counter()
            await ledger.keep([one])
            waits.append(time.perf_counter() - begun)

    await ledger.keep([entry(number * 10_000_000 + 9_999_999)])
    log.transactions = 0
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(call(caller) for caller in range(callers)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    state = ledger.state().state
    await ledger.close()
    await database.close()
    name = "postgresql" if store.url else "sqlite"
    done = len(waits)
    sys.stdout.write(
        f"{name:10} {callers:3} callers: {cpu / done * 1000:.3f} ms processor, wait p50 "
        f"{statistics.median(waits) * 1000:.2f} ms, p99 {statistics.quantiles(waits, n=100)[98] * 1000:.2f} ms, "
        f"{done / wall:.0f}/s, {done / log.transactions:.1f} per transaction ({state})\n"
    )


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, callers in enumerate(_CALLERS):
            uvloop.run(_measure(Store(file=str(folder / "store.db")), folder, callers, number))
        if BINARIES is not None:
            with real_postgresql(fsync=True) as url:
                for number, callers in enumerate(_CALLERS):
                    uvloop.run(_measure(Store(url=Secret(url)), folder, callers, number))


if __name__ == "__main__":
    main()
