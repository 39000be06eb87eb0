"""Allergies and intolerances. Never sliced: a filter here could hide the one that harms."""

from collections.abc import Awaitable

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.shown import shown


@shown(records.Allergy)
class Allergy(Record):
    """An allergy or intolerance; one that was refuted is shown as refuted. Look at 'noneKnown' before you show it."""


def allergies(
    root: strawberry.Parent[Chart], info: Info, first: First = None, after: After = None
) -> Awaitable[Listed[records.Allergy]]:
    """Allergies and intolerances, the newest first."""
    return connect(
        info,
        root,
        Question(about=records.Allergy),
        first=first,
        after=after,
    )
