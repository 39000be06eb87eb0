"""What this process keeps of citizens, and whom it tells of changes: the door's ``Keeping``."""

from connectors.clock import Clock
from connectors.records import Record
from connectors.vault import Vault
from gateway.changes import Changes
from resolvers.changes import Change


class KeptHere:
    """The vault and the bus of this process."""

    def __init__(self, vault: Vault, changes: Changes, *, clock: Clock) -> None:
        self._vault = vault
        self._changes = changes
        self._clock = clock

    async def forget(self, ref: str) -> bool:
        """Lose what is kept of the citizen with that reference."""
        return await self._vault.purge(ref)

    def announce(self, ref: str, source: str, about: type[Record]) -> None:
        """Tell whoever listens."""
        self._changes.publish(ref, Change(source=source, about=about, at=self._clock.now()))
