"""An access log for tests of what has nothing to do with it."""

from collections.abc import Sequence
from datetime import datetime

from resolvers.access.log import AccessProof, Irregularity, Kept, KeptPage


class NobodyLooked:
    """It is empty, and complete."""

    async def read(
        self, refs: Sequence[str], *, first: int, before: int | None = None, since: datetime | None = None
    ) -> KeptPage:
        """Nothing."""
        return KeptPage((), more=False, complete=True)

    async def prove(self, rows: Sequence[Kept]) -> Sequence[AccessProof]:
        """Nothing."""
        return []

    async def report(self, refs: Sequence[str], entry: str, *, by: str, words: str) -> Irregularity | None:
        """There is no such entry."""
        return None

    async def reports(self, refs: Sequence[str]) -> Sequence[Irregularity]:
        """Nothing."""
        return []
