"""What this process keeps of citizens: the door's ``Keeping``."""

from connectors.vault import Vault


class KeptHere:
    """The vault of this process."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def forget(self, ref: str) -> bool:
        """Lose what is kept of the citizen with that reference."""
        return await self._vault.purge(ref)
