"""What the acts upon consents share: whose they are, what makes them happen once, and the word that is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Annotated
from uuid import UUID

from msgspec import Struct, to_builtins

from connectors.records import PartialDate, doc
from resolvers.access.consents import TrustUnavailable
from resolvers.access.entry import AccessAction
from resolvers.chart import Chart
from resolvers.consent import ConsentOf, require_own_or_represented, show
from resolvers.consenting.book import Decide, Key, KeyTaken, Terms, TooManyWords, WordKind
from resolvers.context import Context
from resolvers.identifiers import birth_year
from resolvers.refusals import BadRequest, Forbidden, KeyReused, Refusal, TrustSilent
from resolvers.scalars import CitizenId
from resolvers.shown import shown


class ConsentPayloadOf(Struct, frozen=True, kw_only=True):
    """What became of it."""

    consent: Annotated[ConsentOf, doc("The consent as it stands now.")]


@shown(ConsentPayloadOf)
class ConsentPayload:
    """What became of what was allowed, forbidden or withdrawn. It counts from the next request on, everywhere."""


@contextmanager
def noted(context: Context, chart: Chart) -> Iterator[None]:
    """Have written in the access log that a consent of that citizen was dealt with, or that this was refused."""
    account = context.federation.account
    try:
        yield
    except Refusal as refusal:
        account.refused_in(chart, refusal.code, AccessAction.CONSENT)
        raise
    account.did(chart, AccessAction.CONSENT)


def born(chart: Chart) -> PartialDate:
    """When the citizen was born, as far as it is known: the number itself tells the year."""
    return chart.subject.birth_date or birth_year(chart.personal_id)


async def say(context: Context, chart: Chart, key: Key | None, decide: Decide) -> ConsentPayloadOf:
    """Say the word that ``decide`` gives.

    Raises:
        TrustSilent: it is not known to be said.
        KeyReused: the key was used for something else.
        Refusal: from ``decide``.
    """
    ref = chart.subject.ref
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


async def opened_for(context: Context, citizen: CitizenId | None) -> Chart:
    """The chart of that citizen, or of the caller, for whoever may allow or forbid something in it.

    Raises:
        Forbidden: the caller may not.
    """
    access = context.access
    chart = await (access.me() if citizen is None else access.citizen(citizen))
    require_own_or_represented(chart)
    return chart


async def found(context: Context, graph_id: str) -> tuple[Chart, str]:
    """The chart of the citizen whose consent that is, and the store's id.

    Raises:
        Forbidden: the caller may not open that chart, or the id was not made here.
    """
    opened = context.identifiers.consent(graph_id)
    if opened is None:
        raise Forbidden
    personal_id, consent = opened
    return await opened_for(context, CitizenId(personal_id)), consent


def reference_of_caller(context: Context) -> str:
    """Of the person who acts.

    Raises:
        Forbidden: it is none.
    """
    ref = context.trusting.caller.ref
    if ref is None:
        raise Forbidden
    return ref


def key_of(context: Context, given: str, chart: Chart, terms: Terms) -> Key:
    """What makes it happen once: the caller's own key, and all that was asked with it."""
    try:
        key = str(UUID(given))
    except ValueError:
        raise BadRequest("'idempotencyKey' is a UUID.") from None
    content = repr(_ordered(to_builtins(terms)))
    return Key(digest(reference_of_caller(context), key), digest(chart.subject.ref, content))


def _ordered(value: object) -> object:
    """The same for the same terms: what is a set in them comes out as a list in any order."""
    if isinstance(value, dict):
        return [(name, _ordered(value[name])) for name in sorted(value)]
    return sorted(value) if isinstance(value, list) else value


def digest(*parts: str) -> str:
    """Stands for all of them."""
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
