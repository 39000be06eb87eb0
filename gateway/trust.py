"""What citizens allowed and forbade, as the policy reads it: anew for every request, from the store."""

from collections.abc import Sequence

from msgspec import Struct

from gateway.store.consents import StoredConsents
from gateway.store.emergencies import StoredEmergencies
from resolvers.access.consents import Consent, Emergency


class StoredTrust(Struct, frozen=True):
    """A ``Trust`` over the stores of one gateway."""

    stored: StoredConsents
    declared: StoredEmergencies

    async def consents(self, ref: str) -> Sequence[Consent]:
        """Every consent of that citizen that is not long over.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        return await self.stored.consents(ref)

    async def emergencies(self, ref: str) -> Sequence[Emergency]:
        """Emergencies that are open about that citizen.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
        return await self.declared.emergencies(ref)
