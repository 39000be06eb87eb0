"""What the gateway says of itself in the graph, and what else follows from its settings for every request."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from msgspec import Struct

from connectors.contract import Purpose
from gateway.identity.partners import Partner
from gateway.settings import Consents, Settings
from gateway.version import VERSION
from resolvers.access.audiences import Audience
from resolvers.consenting.texts import PURPOSES
from resolvers.consenting.trusting import Bounds, OrganisationOf
from resolvers.emergencies.declaring import TREATING
from resolvers.language import DEFAULT, LANGUAGES
from resolvers.merging import MAX_PAGE
from resolvers.serving import LimitsOf, ServiceOf


class Served(Struct, frozen=True, kw_only=True):
    """What follows from the settings, worked out once for as long as they stay."""

    settings: Settings
    services: Mapping[Audience, ServiceOf]
    """What serves, for those who see that much of the schema."""
    bounds: Bounds
    organisations: Mapping[str, OrganisationOf]

    @classmethod
    def by(cls, settings: Settings, *, sdl: str, schema_hashes: Mapping[Audience, str]) -> Self:
        """All of it, by these settings."""
        return cls(
            settings=settings,
            services={
                audience: service_of(settings, sdl=sdl, schema_hash=known) for audience, known in schema_hashes.items()
            },
            bounds=bounds_of(settings.consents),
            organisations=organisations_of(settings.partners),
        )


def service_of(settings: Settings, *, sdl: str, schema_hash: str) -> ServiceOf:
    """What serves by these settings."""
    limits = settings.limits
    return ServiceOf(
        version=VERSION,
        schema_hash=schema_hash,
        sdl=sdl,
        languages=(DEFAULT, *sorted(LANGUAGES.keys() - {DEFAULT})),
        limits=LimitsOf(
            max_tokens=limits.max_tokens,
            max_depth=limits.max_depth,
            max_aliases=limits.max_aliases,
            max_root_fields=limits.max_root_fields,
            max_directives=limits.max_directives,
            max_operations=limits.max_operations,
            max_deferred=limits.max_deferred,
            max_waves=limits.max_waves,
            max_cost=limits.max_cost,
            max_page=MAX_PAGE,
            max_body=int(settings.server.max_body),
            deadline_ms=round(settings.server.deadline * 1000),
        ),
    )


def bounds_of(consents: Consents) -> Bounds:
    """What holds for every consent by these settings."""
    return Bounds(
        lapse=timedelta(days=consents.lapse_days),
        longest=timedelta(days=consents.longest_days),
        assurance=consents.assurance,
        recent=timedelta(seconds=consents.recent),
        emergency=timedelta(seconds=consents.emergency),
    )


def organisations_of(partners: Mapping[str, Partner]) -> dict[str, OrganisationOf]:
    """The partners whom a citizen can allow something, by the key under which their callers come."""
    return {
        known.id: known
        for key, partner in partners.items()
        if (purposes := tuple(purpose for purpose in PURPOSES if purpose in partner.purposes))
        for known in (
            OrganisationOf(
                id=partner.facility or key,
                name=partner.name,
                purposes=purposes,
                role=partner.kind,
                declares=partner.kind in TREATING and Purpose.EMERGENCY in partner.purposes,
            ),
        )
    }
