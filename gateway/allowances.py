"""What callers may allow and forbid here: the book in the store, and the bounds and partners of the settings."""

from collections.abc import Callable

from msgspec import Struct

from gateway.service import bounds_of, organisations_of
from gateway.settings import Settings
from resolvers.access.caller import Caller
from resolvers.consenting.book import ConsentBook
from resolvers.consenting.trusting import Trusting
from resolvers.emergencies.book import Declared, EmergencyBook


class Allowances(Struct, frozen=True):
    """One per process."""

    book: ConsentBook
    emergencies: EmergencyBook
    tell: Callable[[Declared], None]
    """Tells whom it concerns that an emergency was declared."""

    def of(self, caller: Caller, settings: Settings) -> Trusting:
        """What one request of that caller needs."""
        return Trusting(
            caller=caller,
            book=self.book,
            emergencies=self.emergencies,
            tell=self.tell,
            bounds=bounds_of(settings.consents),
            organisations=organisations_of(settings.partners),
            acr_values=settings.authentication.acr_values,
        )
