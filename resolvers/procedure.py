"""Operations and procedures."""

from collections.abc import Awaitable

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.period import Since
from resolvers.shown import shown


@shown(records.Procedure)
class Procedure(Record):
    """An operation or procedure. Look at 'status': one that was not done in the end is here too."""


def procedures(
    root: strawberry.Parent[Chart], info: Info, since: Since = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.Procedure]]:
    """Operations and procedures, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Procedure, since=since),
        first=first,
        after=after,
    )
