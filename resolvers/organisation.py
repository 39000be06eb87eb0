"""Whom a citizen can allow something: the partners of the city, from the configuration."""

import strawberry

from resolvers.consenting.trusting import OrganisationOf
from resolvers.context import Info
from resolvers.shown import shown


@shown(OrganisationOf)
class Organisation:
    """A partner of the city: a hospital, a health station, an insurer."""

    id: strawberry.ID = strawberry.field(
        description="Its key: a health-insurance facility code, or a word of the configuration."
    )


def organisations(info: Info) -> list[OrganisationOf]:
    """Every partner, by name."""
    return sorted(info.context.trusting.organisations.values(), key=lambda known: (known.name, known.id))
