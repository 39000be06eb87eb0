"""Documents: that they exist and what they are. Their content stays where it is."""

from collections.abc import Awaitable

import strawberry

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.period import Since
from resolvers.shown import shown


@shown(records.Document)
class Document(Record):
    """A document that a source holds: what it is, never its content."""


def documents(
    root: strawberry.Parent[Chart], info: Info, since: Since = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.Document]]:
    """Documents, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Document, since=since),
        when=lambda document: document.date,
        first=first,
        after=after,
    )
