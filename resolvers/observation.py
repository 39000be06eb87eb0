"""Measurements, laboratory values and findings."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, From, Listed, Record, connect
from resolvers.context import Info
from resolvers.period import Since, Until
from resolvers.shown import enumeration, shown, union

enumeration(records.ObservationCategory)
union(
    records.ObservationValue,
    name="ObservationValue",
    description="The result of a measurement, in the form that the source gave it.",
)
Category = Annotated[
    records.ObservationCategory | None, strawberry.argument(description="Only observations of this category.")
]
Codes = Annotated[
    list[str] | None,
    strawberry.argument(description='Only observations with one of these codes, such as LOINC "4548-4".'),
]


@shown(records.Observation)
class Observation(Record):
    """A measurement, laboratory value or finding."""


def observations(
    root: strawberry.Parent[Chart],
    info: Info,
    category: Category = None,
    codes: Codes = None,
    since: Since = None,
    until: Until = None,
    sources: From = None,
    first: First = None,
    after: After = None,
) -> Awaitable[Listed[records.Observation]]:
    """Measurements, laboratory values and findings, newest first."""
    question = Question(
        about=records.Observation,
        since=since,
        until=until,
        codes=tuple(sorted(set(codes or ()))),
        category=category.value if category else None,
    )
    return connect(
        info,
        root,
        question,
        first=first,
        after=after,
        sources=sources,
    )
