"""Health insurance: cards, the visits that were claimed under them, and what was paid towards these."""

from collections.abc import Awaitable

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.period import Since
from resolvers.selection import reads
from resolvers.shown import shown


@shown(records.Coverage)
class Coverage(Record):
    """One health-insurance card. No card in an incomplete list is not 'not insured'."""


@shown(records.Claim)
class Claim(Record):
    """One insured visit as the insurer holds it."""


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
        when=lambda card: card.valid_from,
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
        when=lambda claim: claim.admitted,
        first=first,
        after=after,
    )


def co_payments(
    root: strawberry.Parent[Chart], info: Info, since: Since = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.CoPayment]]:
    """What was paid towards insured visits, newest first."""
    return connect(
        info,
        root,
        Question(about=records.CoPayment, since=since),
        when=lambda paid: paid.admitted,
        first=first,
        after=after,
    )
