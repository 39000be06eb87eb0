"""What callers may allow and forbid here: the book in the store, and the bounds and partners of the settings."""

from collections.abc import Callable

from msgspec import Struct

from gateway.service import Served
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

    def of(self, caller: Caller, served: Served) -> Trusting:
        """What one request of that caller needs."""
        return Trusting(
            caller=caller,
            book=self.book,
            emergencies=self.emergencies,
            tell=self.tell,
            bounds=served.bounds,
            organisations=served.organisations,
            acr_values=served.settings.authentication.acr_values,
        )
