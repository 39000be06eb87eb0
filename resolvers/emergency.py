"""Break-glass in the graph: a professional declares an emergency and sees what saves a life; the citizen is told."""

from datetime import datetime
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors.records import doc
from resolvers.access.consents import TrustUnavailable
from resolvers.consenting.book import KeyTaken
from resolvers.consenting.trusting import OrganisationOf
from resolvers.context import Context, Info
from resolvers.emergencies.book import ConsentObstacle, Declared, EmergencyGround, Finding, ReasonRepeated
from resolvers.emergencies.declaring import EmergencyAccessInput, declared_by, key_of
from resolvers.organisation import Organisation as _Organisation  # noqa: F401 - shows an organisation
from resolvers.refusals import BadRequest, KeyReused, Refusal, TrustSilent
from resolvers.shown import shown


class ReviewOf(Struct, frozen=True, kw_only=True):
    """How a review ended."""

    at: Annotated[datetime, doc("When.")]
    finding: Annotated[Finding, doc("What it found.")]


class EmergencyOf(Struct, frozen=True, kw_only=True):
    """An emergency as the graph shows it."""

    opened_at: Annotated[datetime, doc("When it was declared.")]
    until: Annotated[datetime, doc("Until when it opened the record to this one professional.")]
    organisation: Annotated[OrganisationOf | None, doc("The partner; none for one that is no partner any more.")]
    organisation_id: Annotated[str, doc("Key of the partner, also when it is none any more.")]
    professional: Annotated[str, doc("Who declared it: name, or id at the partner where no name is known.")]
    ground: Annotated[EmergencyGround, doc("First ground: what the law lets somebody look for.")]
    obstacle: Annotated[ConsentObstacle, doc("Second ground: why nobody could be asked.")]
    reason: Annotated[str, doc("What happened, in the professional's own words.")]
    review: Annotated[ReviewOf | None, doc("How its review ended; none while it goes on. Every emergency has one.")]


@shown(ReviewOf)
class EmergencyReview:
    """How the review of an emergency ended."""


@shown(EmergencyOf)
class EmergencyAccess:
    """An emergency that a professional declared to look into a record. The citizen is told, and it is reviewed."""


class EmergencyAccessPayloadOf(Struct, frozen=True, kw_only=True):
    """What became of it."""

    emergency: Annotated[
        EmergencyOf, doc("The emergency. Until it ends, 'citizen' opens that record to you, and to nobody else.")
    ]


@shown(EmergencyAccessPayloadOf)
class EmergencyAccessPayload:
    """What became of declaring an emergency. The citizen has been told."""


Given = Annotated[EmergencyAccessInput, strawberry.argument(description="What you state, in your own name.")]


async def open_emergency_access(info: Info, input: Given) -> EmergencyAccessPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Declare an emergency about a citizen.

    Whether there is such a citizen is not asked: who declares one learns it no earlier than by opening the record.

    Raises:
        Forbidden: the caller is not a named professional who asks for an emergency.
        BadRequest: the reason will not do, or was given before.
        TrustSilent: it is not known to be kept, so nothing is open.
    """
    context = info.context
    ref = context.identifiers.reference(input.citizen)
    account = context.federation.account
    try:
        kept = await _kept(context, ref, input)
    except Refusal as refusal:
        account.declared(ref, refused=refusal.code)
        raise
    account.declared(ref, reason=kept.words)
    context.trusting.tell(kept)
    return EmergencyAccessPayloadOf(emergency=show(context, kept))


async def _kept(context: Context, ref: str, given: EmergencyAccessInput) -> Declared:
    trusting = context.trusting
    now, life = context.federation.clock.now(), trusting.bounds.emergency
    declared = declared_by(trusting.caller, ref, given, now, life)
    try:
        return await trusting.emergencies.declare(declared, key_of(trusting.caller, given))
    except ReasonRepeated:
        raise BadRequest("You gave this reason before: say what makes it necessary now.") from None
    except KeyTaken:
        raise KeyReused from None
    except TrustUnavailable:
        raise TrustSilent from None


def show(context: Context, declared: Declared) -> EmergencyOf:
    """The emergency as the graph shows it."""
    review = declared.review
    return EmergencyOf(
        opened_at=declared.opened_at,
        until=declared.until,
        organisation=context.trusting.organisations.get(declared.organisation),
        organisation_id=declared.organisation,
        professional=declared.professional_name or declared.professional,
        ground=declared.ground,
        obstacle=declared.obstacle,
        reason=declared.words,
        review=None if review is None else ReviewOf(at=review.at, finding=review.finding),
    )
