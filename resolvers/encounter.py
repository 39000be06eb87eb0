"""Visits and stays."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, From, Listed, Record, connect
from resolvers.context import Info
from resolvers.period import Since, Until, within
from resolvers.shown import shown

FacilityCode = Annotated[str | None, strawberry.argument(description="Only at the facility with this code.")]


@shown(records.Encounter)
class Encounter(Record):
    """One visit or stay."""


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
    inside = within(since, until)
    return connect(
        info,
        root,
        Question(about=records.Encounter, since=since, until=until),
        when=lambda visit: visit.start,
        first=first,
        after=after,
        keep=lambda visit: inside(visit.start) and facility in (None, visit.facility.code),
        sources=sources,
        facility=facility,
    )
