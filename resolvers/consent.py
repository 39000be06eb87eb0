"""Consents in the graph: what a citizen allowed and forbade, who said so and when, and how it stands."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, TypeVar

import strawberry
from msgspec import Struct

from connectors.contract import Basis, Purpose
from connectors.records import Described, doc
from resolvers.access.consents import ConsentEffect, Sensitivity, TrustUnavailable
from resolvers.access.entry import AccessAction
from resolvers.chart import Chart
from resolvers.consenting.agreeing import REPRESENTING
from resolvers.consenting.book import ConsentStatus, Standing, WordKind
from resolvers.consenting.texts import PURPOSES, ConsentTextOf, text_of
from resolvers.consenting.trusting import OrganisationOf
from resolvers.context import Context, Info
from resolvers.node import Node
from resolvers.organisation import Organisation as _Organisation  # noqa: F401 - shows an organisation
from resolvers.refusals import Forbidden, TrustSilent
from resolvers.sections import Section
from resolvers.shown import shown

E = TypeVar("E", bound=Described)


class GranteeOf(Struct, frozen=True, kw_only=True):
    """Whom a consent is about."""

    everybody: Annotated[bool, doc("Everybody but the citizen.")]
    organisation: Annotated[
        OrganisationOf | None, doc("The partner; none for somebody else, or for one that is no partner any more.")
    ] = None
    organisation_id: Annotated[str | None, doc("Key of the partner, also when it is none any more.")] = None
    professional: Annotated[str | None, doc("The one person of the partner, by the id that they have there.")] = None
    representative: Annotated[bool, doc("A person who acts for the citizen.")] = False


class ConsentWordOf(Struct, frozen=True, kw_only=True):
    """One act."""

    kind: Annotated[WordKind, doc("What was done.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[Basis, doc("As whom.")]
    child_agreed: Annotated[bool, doc("Whether it was stated that the child agrees.")]
    texts: Annotated[tuple[str, ...], doc("Ids of the texts that were agreed to.")]


class ConsentOf(Struct, frozen=True, kw_only=True):
    """A consent as the graph shows it."""

    id: str
    effect: Annotated[ConsentEffect, doc("Whether it allows or forbids.")]
    grantee: Annotated[GranteeOf, doc("Whom it is about.")]
    purposes: Annotated[tuple[Purpose, ...], doc("For what. Of what is forbidden: none means for everything.")]
    sections: Annotated[tuple[Section, ...], doc("Of which sections; none means of all.")]
    facilities: Annotated[tuple[str, ...], doc("Of records from which facilities, by code; none means from all.")]
    sensitivities: Annotated[
        tuple[Sensitivity, ...],
        doc("Special categories. Of what is allowed: those that are included, none without being named."),
    ]
    since: Annotated[date | None, doc("Of records from that day on.")]
    until: Annotated[date | None, doc("Of records up to that day.")]
    record: Annotated[str | None, doc("Of this one record, by its id.")]
    even_in_emergency: Annotated[bool, doc("Whether what is forbidden stays so in a declared emergency.")]
    status: Annotated[ConsentStatus, doc("How it stands.")]
    valid_from: Annotated[datetime | None, doc("Since when it holds; none while somebody has yet to agree.")]
    valid_until: Annotated[datetime | None, doc("When it ends by itself, if nothing is done and nobody uses it.")]
    revoked_at: Annotated[datetime | None, doc("When it was withdrawn.")]
    used_at: Annotated[datetime | None, doc("When it last allowed something, to the day.")]
    granted_by: Annotated[Basis, doc("As whom it was given: the citizen, a parent, a guardian.")]
    history: Annotated[tuple[ConsentWordOf, ...], doc("Everything that was said about it, in its order.")]


@shown(GranteeOf)
class Grantee:
    """Whom a consent is about."""


@shown(ConsentWordOf)
class ConsentWord:
    """One act concerning a consent. None is ever changed or lost."""


@shown(ConsentOf)
class Consent(Node):
    """What a citizen allowed or forbade, and how it stands."""

    id: strawberry.ID = strawberry.field(description="Opaque id.")


@shown(ConsentTextOf)
class ConsentText:
    """What is read and agreed to before something is allowed, per purpose."""

    id: strawberry.ID = strawberry.field(
        description="SHA-256 of the text. Whoever agrees sends it, as proof of what was shown."
    )


def consent_texts(info: Info) -> list[ConsentTextOf]:
    """The texts in the caller's language."""
    return [text_of(purpose, info.context.language) for purpose in PURPOSES]


async def consents(root: strawberry.Parent[Chart], info: Info) -> list[ConsentOf]:
    """Every consent of the citizen that the caller may know of, the newest first.

    Raises:
        Forbidden: the caller is neither the citizen nor somebody who acts for them.
        TrustSilent: they cannot be read now. An empty list would look like "nothing is blocked".
    """
    found = await standings_of(info.context, root)
    return [show(info.context, root, standing) for standing in reversed(found)]


async def found_again(info: Info, personal_id: str, consent: str) -> ConsentOf:
    """The consent of that citizen with the store's id.

    Raises:
        Forbidden: there is none, or the caller may not know of it.
    """
    chart = await info.context.access.citizen(personal_id)
    found = await standings_of(info.context, chart)
    return show(info.context, chart, known_of(found, consent))


async def standings_of(context: Context, chart: Chart) -> Sequence[Standing]:
    """Every consent that the holder of that chart may know of.

    Raises:
        Forbidden: none of it is their business.
        TrustSilent: they cannot be read now.
    """
    require_own_or_represented(chart)
    context.federation.account.did(chart, AccessAction.CONSENT)
    try:
        found = await context.trusting.book.standings(chart.subject.ref)
    except TrustUnavailable:
        raise TrustSilent from None
    return [standing for standing in found if may_know(context, chart, standing)]


def require_own_or_represented(chart: Chart) -> None:
    """Refuse partners: what a citizen allowed others, or hid from them, is not theirs to know.

    Raises:
        Forbidden: the chart is neither the caller's own nor that of somebody whom they represent.
    """
    if chart.basis is not Basis.SELF and chart.basis not in REPRESENTING:
        raise Forbidden


def may_know(context: Context, chart: Chart, standing: Standing) -> bool:
    """Whether the holder of that chart may know of this consent: nobody sees that something is hidden from them."""
    if chart.basis is Basis.SELF or standing.terms.effect is ConsentEffect.PERMIT:
        return True
    own = context.trusting.caller.ref
    is_their_own = own is not None and standing.words[0].by == own
    return is_their_own or standing.terms.grantee.organisation is not None


def known_of(found: Sequence[Standing], consent: str) -> Standing:
    """That one of them.

    Raises:
        Forbidden: it is none of them.
    """
    for standing in found:
        if standing.id == consent:
            return standing
    raise Forbidden


def show(context: Context, chart: Chart, standing: Standing) -> ConsentOf:
    """The consent as the graph shows it."""
    terms, extent, lapse = standing.terms, standing.terms.extent, context.trusting.bounds.lapse
    end, status = standing.end(lapse), standing.status(context.federation.clock.now(), lapse)
    return ConsentOf(
        id=context.identifiers.consent_id(chart.personal_id, standing.id),
        effect=terms.effect,
        grantee=_grantee(context, standing),
        purposes=_ordered(Purpose, terms.purposes),
        sections=_ordered(Section, extent.sections),
        facilities=tuple(sorted(extent.facilities)),
        sensitivities=_ordered(Sensitivity, extent.sensitivities),
        since=extent.since,
        until=extent.until,
        record=extent.record,
        even_in_emergency=terms.even_in_emergency,
        status=status,
        valid_from=standing.valid_from,
        valid_until=None if end is None else end[0],
        revoked_at=standing.revoked_at,
        used_at=standing.used_at,
        granted_by=standing.words[0].basis,
        history=tuple(
            ConsentWordOf(
                kind=word.kind,
                at=word.at,
                by=word.basis,
                child_agreed=word.child_agreed,
                texts=tuple(agreed.text for agreed in word.agreed),
            )
            for word in standing.words
        ),
    )


def _grantee(context: Context, standing: Standing) -> GranteeOf:
    named = standing.terms.grantee
    return GranteeOf(
        everybody=named.organisation is None and named.representative is None,
        organisation=context.trusting.organisations.get(named.organisation or ""),
        organisation_id=named.organisation,
        professional=named.professional,
        representative=named.representative is not None,
    )


def _ordered(kind: type[E], members: frozenset[E]) -> tuple[E, ...]:
    return tuple(member for member in kind if member in members)
