"""Who is responsible for a citizen's everyday care, and where the citizen is registered for it with the insurance."""

from collections.abc import Awaitable
from datetime import date
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import CoverageStatus, doc
from resolvers import connection as _connection  # noqa: F401 - shows conflicts and provenance
from resolvers import joining
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, completeness, together
from resolvers.context import Info
from resolvers.gathering import gather
from resolvers.partial_dates import earliest, latest
from resolvers.shown import shown
from resolvers.under_way import UnderWay


class PrimaryCareOf(Struct, frozen=True, kw_only=True):
    """Who is responsible for everyday care."""

    health_station: Annotated[records.Facility | None, doc("Health station or clinic that looks after the citizen.")]
    family_doctor: Annotated[records.Practitioner | None, doc("Family doctor.")]
    registered_facility: Annotated[
        records.Facility | None, doc("Where the citizen is registered with health insurance: of the newest valid card.")
    ]
    provenance: Annotated[tuple[records.Provenance, ...], doc("Where it stands; empty where nobody says anything.")]
    conflicts: Annotated[tuple[records.Conflict, ...], doc("In what the systems disagree.")]
    completeness: Annotated[CompletenessOf, doc("Who was asked. Nothing in an incomplete answer is not 'nobody'.")]


@shown(PrimaryCareOf)
class PrimaryCare:
    """Who is responsible for everyday care: as hospitals and stations know it, and as the insurer has it registered."""


def primary_care(root: strawberry.Parent[Chart], info: Info) -> Awaitable[PrimaryCareOf]:
    """Who is responsible today."""
    context, today = info.context, info.context.today
    responsible = context.federation.ask(
        Question(about=records.PrimaryCare), context.access.permit(root, records.PrimaryCare)
    )
    insured = gather(info, root, Question(about=records.Coverage))

    async def told() -> PrimaryCareOf:
        found, cards = await responsible, await insured
        now = [one for one in found.records if _holds(one, today)]
        known = next(iter(joining.join(records.PrimaryCare, now, key=root.subject.ref)), None)
        card = _newest(cards.items)
        return PrimaryCareOf(
            health_station=known.health_station if known else None,
            family_doctor=known.family_doctor if known else None,
            registered_facility=card.registered_facility if card else None,
            provenance=(*(known.provenance if known else ()), *(card.provenance if card else ())),
            conflicts=known.conflicts if known else (),
            completeness=together((completeness(found, context.language), cards.completeness)),
        )

    return UnderWay(told)


def _holds(one: records.PrimaryCare, today: date) -> bool:
    """Whether it may be true today: a day that is known in part is read for the responsibility."""
    begun = one.since is None or earliest(one.since) <= today
    return begun and (one.until is None or latest(one.until) >= today)


def _newest(cards: tuple[records.Coverage, ...]) -> records.Coverage | None:
    valid = [card for card in cards if card.status is CoverageStatus.ACTIVE and card.registered_facility]
    return max(valid, key=lambda card: (card.valid_from or date.min, card.card_number), default=None)
