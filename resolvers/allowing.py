"""Allow, forbid, narrow, agree, withdraw: each is one word in the book, and counts from the next question on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from connectors.contract import Basis
from resolvers.access.consents import ConsentEffect
from resolvers.chart import Chart
from resolvers.consent import known_of, may_know
from resolvers.consenting.agreeing import (
    Needed,
    holds_against_representative,
    is_adult,
    may_agree,
    may_lift,
    needed,
)
from resolvers.consenting.book import Agreed, Decide, Standing, Terms, Word, WordKind
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
from resolvers.refusals import BadRequest, Forbidden
from resolvers.saying import ConsentPayloadOf, born, digest, found, key_of, noted, opened_for, reference_of_caller, say

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
    chart = await opened_for(context, input.citizen)
    with noted(context, chart):
        now = context.federation.clock.now()
        context.trusting.require_recent_sign_in(now)
        also = needed(chart.basis, born(chart), context.today)
        if also is None:
            raise Forbidden
        if also is Needed.STATED and not input.child_agrees:
            raise BadRequest("'childAgrees': from seven years on the child agrees as well.")
        terms = granted(input, context.trusting, now)
        key = key_of(context, input.idempotency_key, chart, terms)
        word = Word(
            consent=digest(chart.subject.ref, key.name),
            kind=WordKind.GIVEN,
            at=now,
            by=reference_of_caller(context),
            basis=chart.basis,
            terms=terms,
            agreed=checked(input.agreements),
            child_agreed=also is Needed.STATED,
            awaiting=also is Needed.OTHER,
            asked_again=asked_again(born(chart), context.today),
        )
        return await say(context, chart, key, lambda _: word)


async def block_access(info: Info, input: ToBlock) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Forbid somebody something, whatever else would allow it.

    Raises:
        Forbidden: the caller may not forbid that.
        BadRequest: it cannot be forbidden like this.
    """
    context = info.context
    chart = await opened_for(context, input.citizen)
    with noted(context, chart):
        now = context.federation.clock.now()
        representative = None if input.representative is None else context.identifiers.reference(input.representative)
        terms = forbidden(input, context.trusting, now, representative=representative)
        _require_may_block(context, chart, terms, now)
        key = key_of(context, input.idempotency_key, chart, terms)
        word = Word(
            consent=digest(chart.subject.ref, key.name),
            kind=WordKind.GIVEN,
            at=now,
            by=reference_of_caller(context),
            basis=chart.basis,
            terms=terms,
        )
        return await say(context, chart, key, lambda _: word)


async def narrow_consent(info: Info, input: ToNarrow) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Take something away from what is allowed.

    Raises:
        Forbidden: there is no such consent, or it is not the caller's to narrow.
        BadRequest: it would allow more than before, or nothing holds any more.
    """
    context = info.context
    chart, consent = await found(context, input.id)
    with noted(context, chart):

        def change(standing: Standing) -> Terms | None:
            if standing.terms.effect is not ConsentEffect.PERMIT or standing.revoked_at is not None:
                raise BadRequest("Only what is allowed can be narrowed; what is withdrawn stays so.")
            less = narrowed(standing.terms, input)
            if not is_within(less, standing.terms):
                raise BadRequest("This would allow more than before: that needs a consent of its own.")
            return None if less == standing.terms else less

        return await say(context, chart, None, _changing(context, chart, consent, WordKind.NARROWED, change))


async def revoke_consent(info: Info, id: ConsentId) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Withdraw what was allowed, or lift what was forbidden.

    Raises:
        Forbidden: there is no such consent, or it is not the caller's to withdraw.
    """
    context = info.context
    chart, consent = await found(context, id)
    with noted(context, chart):

        def change(standing: Standing) -> Terms | None:
            if standing.revoked_at is not None:
                return None
            if standing.terms.effect is ConsentEffect.DENY:
                if not may_lift(standing.words[0].basis, chart.basis):
                    raise Forbidden
                context.trusting.require_recent_sign_in(context.federation.clock.now())
            return standing.terms

        return await say(context, chart, None, _changing(context, chart, consent, WordKind.REVOKED, change))


async def agree_to_consent(info: Info, id: ConsentId, agreements: Read) -> ConsentPayloadOf:  # noqa: A002 - the argument's name in the graph
    """Agree to what a minor or their representative gave, as the other one of the two.

    Raises:
        StepUpRequired: the sign-in is too weak or too old for that.
        Forbidden: there is no such consent, or it does not wait for the caller.
    """
    context = info.context
    chart, consent = await found(context, id)
    with noted(context, chart):
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

        return await say(context, chart, None, _changing(context, chart, consent, WordKind.AGREED, change, agreed))


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
            by=reference_of_caller(context),
            basis=chart.basis,
            terms=terms,
            agreed=agreed,
        )

    return decide
