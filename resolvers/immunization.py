"""Vaccinations."""

from collections.abc import Awaitable

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.shown import shown


@shown(records.Immunization)
class Immunization(Record):
    """A vaccination that was given, or recorded as not given."""


def immunizations(
    root: strawberry.Parent[Chart], info: Info, first: First = None, after: After = None
) -> Awaitable[Listed[records.Immunization]]:
    """Vaccinations, newest first. Planned doses are not among them."""
    return connect(
        info,
        root,
        Question(about=records.Immunization),
        first=first,
        after=after,
    )
