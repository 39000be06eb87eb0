"""Declared emergencies and their reviews, and who keeps them. Nothing that was declared is ever changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from connectors.records import Described
from resolvers.access.consents import Emergency
from resolvers.emergencies.notices import NoticeBook


class EmergencyGround(Described):
    """First ground: what the law lets somebody look for without being asked (Luật 91/2025/QH15 Đ19 k1 a)."""

    LIFE_IN_DANGER = "LIFE_IN_DANGER", "The citizen's life is in danger."
    HEALTH_IN_DANGER = "HEALTH_IN_DANGER", "Serious and lasting harm to the citizen's health has to be prevented."


class ConsentObstacle(Described):
    """Second ground: why nobody can be asked, as the professional states in their own name."""

    UNCONSCIOUS = "UNCONSCIOUS", "The citizen is unconscious, and no representative can be reached in time."
    CANNOT_DECIDE = (
        "CANNOT_DECIDE",
        "The citizen cannot understand or decide now, and no representative can be reached in time.",
    )
    CHILD_ALONE = "CHILD_ALONE", "The citizen is a child, and no representative can be reached in time."


class Finding(Described):
    """What a review found."""

    JUSTIFIED = "JUSTIFIED", "It was an emergency, and looking was needed."
    NOT_JUSTIFIED = "NOT_JUSTIFIED", "It was not justified: the organisation and the citizen are told."
    UNCLEAR = "UNCLEAR", "It could not be found out."


class Review(Struct, frozen=True, kw_only=True):
    """The end of the review of one emergency."""

    at: datetime
    by: str
    """The reviewer, as the operator's command line was told."""
    finding: Finding
    note: str


class Declared(Struct, frozen=True, kw_only=True):
    """One emergency with all that was stated."""

    id: str
    ref: str
    """Of the citizen."""
    organisation: str
    professional: str
    professional_name: str | None
    client: str
    ground: EmergencyGround
    obstacle: ConsentObstacle
    words: str
    """In the professional's own words."""
    opened_at: datetime
    until: datetime
    review: Review | None = None

    def as_fact(self) -> Emergency:
        """For the policy."""
        return Emergency(
            id=self.id,
            organisation=self.organisation,
            professional=self.professional,
            opened_at=self.opened_at,
            until=self.until,
        )


class ReasonRepeated(Exception):
    """The professional gave this very reason before, about this citizen: going on wants a new one."""


class EmergencyBook(NoticeBook, Protocol):
    """Keeps emergencies. A declared one stands everywhere from the next question on, and the citizen is told of it."""

    async def declare(self, declared: Declared, key: str) -> Declared:
        """Keep it, with the notice for the citizen and its place in the queue of reviews, all or nothing.

        Args:
            declared: as it was stated.
            key: of the professional's; the same one for the same citizen gives what was kept with it.

        Raises:
            ReasonRepeated: a new reason is wanted.
            KeyTaken: the key was used for another reason.
            TrustUnavailable: it is not known to be kept; the same key finds out.
        """

    async def declared(self, ref: str) -> Sequence[Declared]:
        """Every emergency that was ever declared about that citizen, in their order.

        Raises:
            TrustUnavailable: they cannot be read now.
        """
