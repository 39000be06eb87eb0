"""What a field needs to let somebody allow or forbid: the book, the bounds, and whom one can choose."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Struct

from connectors.contract import Purpose
from connectors.records import doc
from resolvers.access.caller import Caller, CallerKind
from resolvers.consenting.book import ConsentBook
from resolvers.emergencies.book import Declared, EmergencyBook
from resolvers.refusals import StepUpRequired


class OrganisationOf(Struct, frozen=True, kw_only=True):
    """A partner of the city whom a citizen may allow something."""

    id: Annotated[str, doc("Its key: a health-insurance facility code, or a word of the configuration.")]
    name: Annotated[str, doc("Name for people.")]
    purposes: Annotated[tuple[Purpose, ...], doc("For what it may be allowed to look.")]
    role: CallerKind
    """In which its people and systems ask."""
    declares: bool
    """Whether its people can declare emergencies."""


class Bounds(Struct, frozen=True, kw_only=True):
    """What holds for every consent here."""

    lapse: timedelta
    """After which a consent ends that nobody used."""
    longest: timedelta
    """For which a consent can be given."""
    assurance: int
    """Level that a sign-in must have for allowing something."""
    recent: timedelta
    """How old a sign-in may be for that."""
    emergency: timedelta
    """For which a declared emergency opens a record."""


class Trusting(Struct, frozen=True, kw_only=True):
    """All of it, for one request."""

    caller: Caller
    book: ConsentBook
    bounds: Bounds
    emergencies: EmergencyBook
    tell: Callable[[Declared], None]
    """Tells whoever listens that an emergency was declared. Returns at once."""
    organisations: Mapping[str, OrganisationOf]
    """By key."""
    acr_values: tuple[str, ...]
    """What a client asks the issuer for when the sign-in was too weak."""

    def require_recent_sign_in(self, now: datetime) -> None:
        """Refuse what a telephone left on a table could do.

        Raises:
            StepUpRequired: the sign-in is too weak, too old, or nobody knows how old.
        """
        at, bounds = self.caller.authenticated_at, self.bounds
        if self.caller.assurance < bounds.assurance or at is None or now - at > bounds.recent:
            seconds = round(bounds.recent.total_seconds())
            raise StepUpRequired(acr_values=self.acr_values, max_age=seconds)
