"""What citizens allowed and forbade, as the policy reads it: anew for every request, from the store."""

import asyncio
from collections.abc import Iterable, Sequence

from connectors.contract import Basis
from gateway.store.consents import StoredConsents
from gateway.store.emergencies import StoredEmergencies
from resolvers.access.consents import Consent, Emergency
from resolvers.access.rulings import Decided


class StoredTrust:
    """A ``Trust`` over the stores of one gateway."""

    def __init__(self, stored: StoredConsents, declared: StoredEmergencies) -> None:
        self._stored = stored
        self._declared = declared
        self._noting: set[asyncio.Task[None]] = set()

    async def consents(self, ref: str) -> Sequence[Consent]:
        """Every consent of that citizen that is not long over.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        return await self._stored.consents(ref)

    async def emergencies(self, ref: str) -> Sequence[Emergency]:
        """Emergencies that are open about that citizen.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        return await self._declared.emergencies(ref)

    def note(self, decided: Iterable[Decided]) -> None:
        """Have written which consents allowed something, so that they do not lapse. Nobody waits for it."""
        used: dict[str, set[str]] = {}
        for one in decided:
            if one.basis is Basis.CONSENT and one.decision.permitted and not one.preview:
                used.setdefault(one.ref, set()).update(one.decision.consents)
        for ref, consents in used.items():
            task = asyncio.ensure_future(self._stored.use(ref, sorted(consents)))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)

    async def close(self) -> None:
        """Wait until what was noted is written."""
        await asyncio.gather(*self._noting)
