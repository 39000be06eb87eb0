"""Health insurance: cards, the visits that were claimed under them, and what was paid towards these."""

from collections.abc import Awaitable, Sequence

import strawberry
from msgspec import structs

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, Brought, First, Listed, Record, asked_beside, connect
from resolvers.context import Info
from resolvers.joining.legal import Reached, in_order, reached
from resolvers.legal_state import DESCRIPTION, LegalStep
from resolvers.period import Since
from resolvers.selection import reads
from resolvers.shown import shown


@shown(records.Coverage)
class Coverage(Record):
    """One health-insurance card. No card in an incomplete list is not 'not insured'."""


class Stated(records.Claim, frozen=True, kw_only=True):
    """A claim with how far its paper has come."""

    legal_state: tuple[Reached, ...] = ()


@shown(Stated, also=(records.Claim,))
class Claim(Record):
    """One insured visit as the insurer holds it."""

    legal_state: list[LegalStep] = strawberry.field(description=DESCRIPTION)


@shown(records.CoPayment)
class CoPayment(Record):
    """What a citizen paid towards one insured visit, as it counts towards the yearly limit (NĐ 188/2025 Đ18)."""


def coverage(
    root: strawberry.Parent[Chart], info: Info, first: First = None, after: After = None
) -> Awaitable[Listed[records.Coverage]]:
    """Health-insurance cards, the newest first."""
    return connect(
        info,
        root,
        Question(about=records.Coverage),
        first=first,
        after=after,
    )


def claims(
    root: strawberry.Parent[Chart], info: Info, since: Since = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.Claim]]:
    """Insured visits, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Claim, since=since, in_detail="lines" in reads(info, "lines")),
        first=first,
        after=after,
        beside=(asked_beside(info, root, attach=stated),) if reads(info, "legalState") else (),
    )


def stated(claims: Sequence[records.Claim], brought: Brought) -> Sequence[Stated]:
    """The claims with how far their paper has come, by what every source says."""
    found = reached(claims, brought.told[records.Claim])
    return [Stated(**structs.asdict(claim), legal_state=in_order(found.get(claim.id, ()))) for claim in claims]


def co_payments(
    root: strawberry.Parent[Chart], info: Info, since: Since = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.CoPayment]]:
    """What was paid towards insured visits, newest first."""
    return connect(
        info,
        root,
        Question(about=records.CoPayment, since=since),
        first=first,
        after=after,
    )
