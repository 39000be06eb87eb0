"""Visits and stays."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Annotated

import strawberry
from msgspec import structs

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, From, Listed, Record, asked_beside, connect
from resolvers.context import Info
from resolvers.insurance import Claim
from resolvers.joining.visits import claimed
from resolvers.period import Since, Until
from resolvers.selection import selects
from resolvers.shown import shown


class Visit(records.Encounter, frozen=True, kw_only=True):
    """A visit with what other systems hold about it."""

    claim: records.Claim | None = None


FacilityCode = Annotated[str | None, strawberry.argument(description="Only at the facility with this code.")]


@shown(Visit, also=(records.Encounter,))
class Encounter(Record):
    """One visit or stay."""

    claim: Claim | None = strawberry.field(
        description="The visit as the insurer holds it. None says 'not claimed' only where the list is complete."
    )


def encounters(
    root: strawberry.Parent[Chart],
    info: Info,
    since: Since = None,
    until: Until = None,
    facility: FacilityCode = None,
    sources: From = None,
    first: First = None,
    after: After = None,
) -> Awaitable[Listed[records.Encounter]]:
    """Visits and stays, newest first."""
    asked = info._raw_info  # noqa: SLF001 - what strawberry shows of it unfolds every fragment as often as it is spread
    reads = partial(selects, asked.field_nodes, asked.fragments)
    claims = Question(about=records.Claim, since=since, in_detail=reads("lines"))
    return connect(
        info,
        root,
        Question(about=records.Encounter, since=since, until=until),
        when=lambda visit: visit.start,
        first=first,
        after=after,
        keep=lambda visit: facility in (None, visit.facility.code),
        sources=sources,
        facility=facility,
        beside=(asked_beside(info, root, claims, _with_claims),) if reads("claim") else (),
    )


def _with_claims(visits: Sequence[records.Encounter], claims: Sequence[records.Claim]) -> Sequence[records.Encounter]:
    found = claimed(visits, claims)
    return [Visit(**structs.asdict(visit), claim=found.get(visit.id)) for visit in visits]
