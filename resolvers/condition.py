"""Problems and diagnoses."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.shown import enumeration, shown

enumeration(records.ConditionStatus)
Status = Annotated[records.ConditionStatus | None, strawberry.argument(description="Only conditions in this state.")]


@shown(records.Condition)
class Condition(Record):
    """A problem or diagnosis in the citizen's history."""


def conditions(
    root: strawberry.Parent[Chart], info: Info, status: Status = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.Condition]]:
    """Problems and diagnoses, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Condition),
        first=first,
        after=after,
        keep=None if status is None else lambda condition: condition.status is status,
    )
