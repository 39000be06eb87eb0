"""What would that hospital see? The citizen's record as the partner would have it now, by the very same decisions.

The chart that the permit office opens for a preview rests on the standing that the partner would have; everything below
it is asked, filtered and shown as it would be for the partner. Nothing is decided here.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry
from msgspec import Struct

from connectors.contract import Purpose
from connectors.records import doc
from resolvers.access.consents import Emergency, TrustUnavailable
from resolvers.access.standing import Party
from resolvers.chart import Chart
from resolvers.consenting.trusting import OrganisationOf
from resolvers.context import Context, Info
from resolvers.organisation import Organisation as _Organisation  # noqa: F401 - shows an organisation
from resolvers.refusals import BadRequest, TrustSilent
from resolvers.shown import shown

if TYPE_CHECKING:
    from resolvers.citizen import Citizen

_A_MOMENT = timedelta(minutes=1)


class PreviewOf(Struct, frozen=True, kw_only=True):
    """What a partner would see."""

    organisation: Annotated[OrganisationOf, doc("Who would look.")]
    purpose: Annotated[Purpose, doc("Why.")]
    citizen: Chart | None


@shown(PreviewOf)
class AccessPreview:
    """What a partner would see of the record at this moment, and how complete the partner would be told it is."""

    citizen: Annotated["Citizen", strawberry.lazy("resolvers.citizen")] | None = strawberry.field(
        description="The record as the partner would have it: ask for it as the partner would. None where it has none."
    )


ByWhom = Annotated[strawberry.ID, strawberry.argument(description="Key of the partner, from 'organisations'.")]
InPerson = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="The person of the partner who would look, by the id that they have there; somebody by default."
    ),
]
Why = Annotated[
    Purpose, strawberry.argument(description="Why. With EMERGENCY: if that person declared an emergency now.")
]


async def access_preview(
    root: strawberry.Parent[Chart], info: Info, organisation: ByWhom, purpose: Why, professional: InPerson = None
) -> PreviewOf:
    """The citizen's own record as that partner would have it.

    Raises:
        Forbidden: it is not the caller's own record.
        BadRequest: there is no such partner, or it never asks for that.
        TrustSilent: what is allowed cannot be read now.
    """
    context = info.context
    partner = context.trusting.organisations.get(str(organisation))
    if partner is None:
        raise BadRequest("'organisation' is none of the partners.")
    is_emergency = purpose is Purpose.EMERGENCY and partner.declares
    if not is_emergency and purpose not in partner.purposes:
        raise BadRequest("This partner never asks for that purpose.")
    party = Party(
        role=partner.role,
        organisation=partner.id,
        # A consent for one person by name opens nothing to somebody else.
        professional=str(professional) if professional is not None else "",
    )
    supposed = (_declared(context, party),) if is_emergency else ()
    try:
        chart = await context.access.preview(root, party, purpose, supposed=supposed)
    except TrustUnavailable:
        raise TrustSilent from None
    return PreviewOf(organisation=partner, purpose=purpose, citizen=chart)


def _declared(context: Context, party: Party) -> Emergency:
    """An emergency that nobody declared: what would be open if somebody did."""
    now = context.federation.clock.now()
    return Emergency(
        id="",
        organisation=party.organisation or "",
        professional=party.professional or "",
        opened_at=now,
        until=now + _A_MOMENT,
    )
