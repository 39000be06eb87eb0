"""Puts the parts of the access log together: who writes it, signs it, reads it, and hears of what is written."""

from pathlib import Path

from connectors.clock import Clock
from gateway.audit.checkpoints import Checkpoints
from gateway.audit.ledger import Ledger
from gateway.audit.log import StoredLog
from gateway.audit.notes import Signer
from gateway.audit.reading import ReadLog
from gateway.audit.reports import Reports
from gateway.audit.seals import Sealer
from gateway.audit.spool import Spool
from gateway.changes import Changes
from gateway.settings import Settings, sealing_keys
from gateway.store.database import Database
from resolvers.access.entry import AccessEntry
from resolvers.accessed import is_told
from resolvers.changes import Looked


class Auditing:
    """The access log of one process."""

    def __init__(self, settings: Settings, database: Database, changes: Changes, *, clock: Clock) -> None:
        """Put it together; nothing is written before ``start``.

        Raises:
            BadOptions: a key that signs cannot be used.
        """
        sealer, signer = Sealer(sealing_keys(settings)), Signer(settings.audit)
        self._changes = changes
        self.ledger = Ledger(
            settings.audit,
            StoredLog(database, sealer),
            Spool(Path(settings.audit.spool), sealer),
            clock=clock,
            heard=self._heard,
        )
        self.log = ReadLog(
            database, signer, Reports(database, clock=clock), complete=lambda: self.ledger.state().spooled == 0
        )
        self._checkpoints = Checkpoints(database, signer, every=settings.audit.checkpoint, clock=clock)

    async def start(self) -> None:
        """Begin to write and to sign."""
        await self.ledger.start()
        self._checkpoints.start()

    async def close(self) -> None:
        """Write and sign what waits, and end."""
        await self.ledger.close()
        await self._checkpoints.close()

    def _heard(self, entry: AccessEntry) -> None:
        if is_told(entry):
            self._changes.publish(entry.about, Looked(entry=entry))
