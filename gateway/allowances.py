"""What callers may allow and forbid here: the ledger in the store, and the bounds and partners of the settings."""

from msgspec import Struct

from gateway.service import bounds_of, organisations_of
from gateway.settings import Settings
from resolvers.access.caller import Caller
from resolvers.consenting.ledger import Ledger
from resolvers.consenting.trusting import Trusting


class Allowances(Struct, frozen=True):
    """One per process."""

    ledger: Ledger

    def of(self, caller: Caller, settings: Settings) -> Trusting:
        """What one request of that caller needs."""
        return Trusting(
            caller=caller,
            ledger=self.ledger,
            bounds=bounds_of(settings.consents),
            organisations=organisations_of(settings.partners),
            acr_values=settings.authentication.acr_values,
        )
