"""Allow, forbid, narrow, agree, withdraw: each is one word in the book, and counts from the next question on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated
from uuid import UUID

import strawberry
from msgspec import Struct, to_builtins

from connectors.contract import Basis
from connectors.records import PartialDate, doc
from resolvers.access.consents import ConsentEffect, TrustUnavailable
from resolvers.access.entry import AccessAction
from resolvers.chart import Chart
from resolvers.consent import ConsentOf, known_of, may_know, require_own_or_represented, show
from resolvers.consenting.agreeing import (
    Needed,
    holds_against_representative,
    is_adult,
    may_agree,
    may_lift,
    needed,
)
from resolvers.consenting.book import Agreed, Decide, Key, KeyTaken, Standing, Terms, TooManyWords, Word, WordKind
from resolvers.consenting.inputs import (
    AgreementInput,
    BlockAccessInput,
    GrantConsentInput,
    NarrowConsentInput,
    checked,
    forbidden,
    granted,
    narrowed,
)
from resolvers.consenting.narrowing import is_within
from resolvers.consenting.rules import asked_again
from resolvers.context import Context, Info
from resolvers.identifiers import birth_year
from resolvers.refusals import BadRequest, Forbidden, KeyReused, TrustSilent
from resolvers.scalars import CitizenId
from resolvers.shown import shown


class ConsentPayloadOf(Struct, frozen=True, kw_only=True):
    """What became of it."""

    consent: Annotated[ConsentOf, doc("The consent as it stands now.")]


@shown(ConsentPayloadOf)
class ConsentPayload:
    """What became of what was allowed, forbidden or withdrawn. It counts from the next request on, everywhere."""


ToGrant = Annotated[GrantConsentInput, strawberry.argument(description="What is allowed, to whom, for what.")]
ToBlock = Annotated[BlockAccessInput, strawberry.argument(description="What is forbidden, and to whom.")]
ToNarrow = Annotated[NarrowConsentInput, strawberry.argument(description="What stays of it.")]
ConsentId = Annotated[strawberry.ID, strawberry.argument(description="Id of the consent.")]
Read = Annotated[list[AgreementInput], strawberry.argument(description="One for each purpose of the consent.")]


async def grant_consent(info: Info, input: ToGrant) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Allow a partner something.

    Raises:
        StepUpRequired: the sign-in is too weak or too old for that.
        Forbidden: the caller may not allow anything about that citizen.
        BadRequest: it cannot be allowed like this.
    """
    context = info.context
    chart = await _opened(context, input.citizen)
    now = context.federation.clock.now()
    context.trusting.require_recent_sign_in(now)
    also = needed(chart.basis, born(chart), context.today)
    if also is None:
        raise Forbidden
    if also is Needed.STATED and not input.child_agrees:
        raise BadRequest("'childAgrees': from seven years on the child agrees as well.")
    terms = granted(input, context.trusting, now)
    key = _key(context, input.idempotency_key, chart, terms)
    word = Word(
        consent=_digest(chart.subject.ref, key.name),
        kind=WordKind.GIVEN,
        at=now,
        by=_caller(context),
        basis=chart.basis,
        terms=terms,
        agreed=checked(input.agreements),
        child_agreed=also is Needed.STATED,
        awaiting=also is Needed.OTHER,
        asked_again=asked_again(born(chart), context.today),
    )
    return await _say(context, chart, key, lambda _: word)


async def block_access(info: Info, input: ToBlock) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Forbid somebody something, whatever else would allow it.

    Raises:
        Forbidden: the caller may not forbid that.
        BadRequest: it cannot be forbidden like this.
    """
    context = info.context
    chart = await _opened(context, input.citizen)
    now = context.federation.clock.now()
    representative = None if input.representative is None else context.identifiers.reference(input.representative)
    terms = forbidden(input, context.trusting, now, representative=representative)
    _require_may_block(context, chart, terms, now)
    key = _key(context, input.idempotency_key, chart, terms)
    word = Word(
        consent=_digest(chart.subject.ref, key.name),
        kind=WordKind.GIVEN,
        at=now,
        by=_caller(context),
        basis=chart.basis,
        terms=terms,
    )
    return await _say(context, chart, key, lambda _: word)


async def narrow_consent(info: Info, input: ToNarrow) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Take something away from what is allowed.

    Raises:
        Forbidden: there is no such consent, or it is not the caller's to narrow.
        BadRequest: it would allow more than before, or nothing holds any more.
    """
    context = info.context
    chart, consent = await _found(context, input.id)

    def change(standing: Standing) -> Terms | None:
        if standing.terms.effect is not ConsentEffect.PERMIT or standing.revoked_at is not None:
            raise BadRequest("Only what is allowed can be narrowed; what is withdrawn stays so.")
        less = narrowed(standing.terms, input)
        if not is_within(less, standing.terms):
            raise BadRequest("This would allow more than before: that needs a consent of its own.")
        return None if less == standing.terms else less

    return await _say(context, chart, None, _changing(context, chart, consent, WordKind.NARROWED, change))


async def revoke_consent(info: Info, id: ConsentId) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Withdraw what was allowed, or lift what was forbidden.

    Raises:
        Forbidden: there is no such consent, or it is not the caller's to withdraw.
    """
    context = info.context
    chart, consent = await _found(context, id)

    def change(standing: Standing) -> Terms | None:
        if standing.revoked_at is not None:
            return None
        if standing.terms.effect is ConsentEffect.DENY:
            if not may_lift(standing.words[0].basis, chart.basis):
                raise Forbidden
            context.trusting.require_recent_sign_in(context.federation.clock.now())
        return standing.terms

    return await _say(context, chart, None, _changing(context, chart, consent, WordKind.REVOKED, change))


async def agree_to_consent(info: Info, id: ConsentId, agreements: Read) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Agree to what a minor or their representative gave, as the other one of the two.

    Raises:
        StepUpRequired: the sign-in is too weak or too old for that.
        Forbidden: there is no such consent, or it does not wait for the caller.
    """
    context = info.context
    chart, consent = await _found(context, id)
    context.trusting.require_recent_sign_in(context.federation.clock.now())
    agreed = checked(agreements)

    def change(standing: Standing) -> Terms | None:
        if standing.valid_from is not None or standing.revoked_at is not None:
            return None
        if not may_agree(standing.words[0].basis, chart.basis):
            raise Forbidden
        if {one.purpose for one in agreed} != standing.terms.purposes:
            raise BadRequest("'agreements' has one for each purpose of the consent.")
        return standing.terms

    return await _say(context, chart, None, _changing(context, chart, consent, WordKind.AGREED, change, agreed))


def born(chart: Chart) -> PartialDate:
    """When the citizen was born, as far as it is known: the number itself tells the year."""
    return chart.subject.birth_date or birth_year(chart.personal_id)


def _require_may_block(context: Context, chart: Chart, terms: Terms, now: datetime) -> None:
    """Refuse a block that is not for this caller to set, or that would not hold.

    Who acts for a citizen shuts out partners, never so that it holds in an emergency: what a child may need then is not
    for others to withhold. Against who represents a minor only that can be forbidden which the policies let be refused.

    Raises:
        Forbidden: it is not for this caller to set.
        BadRequest: it would not hold against the representative whom it names.
    """
    if terms.even_in_emergency and chart.basis is not Basis.SELF:
        raise Forbidden
    if terms.grantee.representative is None:
        return
    if chart.basis is Basis.SELF and is_adult(born(chart), context.today):
        return
    if not holds_against_representative(chart.basis, terms.extent, born(chart), now, context.today):
        raise BadRequest(
            "This cannot be forbidden to who represents a minor; special categories and records can, by age."
        )


def _changing(
    context: Context,
    chart: Chart,
    consent: str,
    kind: WordKind,
    change: Callable[[Standing], Terms | None],
    agreed: tuple[Agreed, ...] = (),
) -> Decide:
    """Say that of the consent, with the terms that ``change`` gives; ``None`` where all is said already."""

    def decide(found: Sequence[Standing]) -> Word | Standing:
        standing = known_of([known for known in found if may_know(context, chart, known)], consent)
        terms = change(standing)
        if terms is None:
            return standing
        return Word(
            consent=consent,
            kind=kind,
            at=context.federation.clock.now(),
            by=_caller(context),
            basis=chart.basis,
            terms=terms,
            agreed=agreed,
        )

    return decide


async def _say(context: Context, chart: Chart, key: Key | None, decide: Decide) -> ConsentPayloadOf:
    ref = chart.subject.ref
    context.federation.account.did(chart, AccessAction.CONSENT)
    try:
        standing = await context.trusting.book.say(ref, key, decide)
    except TrustUnavailable:
        raise TrustSilent from None
    except KeyTaken:
        raise KeyReused from None
    except TooManyWords:
        raise BadRequest("There are too many consents. Withdraw what is not needed.") from None
    if standing.words[-1].kind is not WordKind.AGREED:
        # What was kept for somebody who may not see it any more is lost rather than left to its time.
        await context.federation.keeping.forget(ref)
    return ConsentPayloadOf(consent=show(context, chart, standing))


async def _opened(context: Context, citizen: CitizenId | None) -> Chart:
    access = context.access
    chart = await (access.me() if citizen is None else access.citizen(citizen))
    require_own_or_represented(chart)
    return chart


async def _found(context: Context, graph_id: str) -> tuple[Chart, str]:
    """The chart of the citizen whose consent that is, and the store's id.

    Raises:
        Forbidden: the caller may not open that chart, or the id was not made here.
    """
    opened = context.identifiers.consent(graph_id)
    if opened is None:
        raise Forbidden
    personal_id, consent = opened
    return await _opened(context, CitizenId(personal_id)), consent


def _caller(context: Context) -> str:
    number = context.trusting.caller.personal_id
    if number is None:
        raise Forbidden
    return context.identifiers.reference(number)


def _key(context: Context, given: str, chart: Chart, terms: Terms) -> Key:
    """What makes it happen once: the caller's own key, and all that was asked with it."""
    try:
        key = str(UUID(given))
    except ValueError:
        raise BadRequest("'idempotencyKey' is a UUID.") from None
    content = repr(_ordered(to_builtins(terms)))
    return Key(_digest(_caller(context), key), _digest(chart.subject.ref, content))


def _ordered(value: object) -> object:
    """The same for the same terms: what is a set in them comes out as a list in any order."""
    if isinstance(value, dict):
        return [(name, _ordered(value[name])) for name in sorted(value)]
    return sorted(value) if isinstance(value, list) else value


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
