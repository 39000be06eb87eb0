"""Documents: that they exist and what they are. Their content stays where it is, until somebody opens it."""

from collections.abc import Awaitable, Sequence
from typing import Annotated

import strawberry
from msgspec import structs

from connectors import records
from connectors.contents import shelf_of
from connectors.contract import Question
from connectors.records import doc
from resolvers.access.permit import Access
from resolvers.chart import Chart
from resolvers.connection import After, Beside, Brought, First, Listed, Record, asked_beside, connect
from resolvers.context import Info
from resolvers.federation import Federation
from resolvers.found import Found
from resolvers.locating import Named
from resolvers.period import Since
from resolvers.selection import reads
from resolvers.shown import shown

PATH = "/documents/"
"""Beneath which the gateway gives out contents."""


class Located(records.Document, frozen=True, kw_only=True):
    """A document with the address of its content."""

    url: Annotated[
        str | None,
        doc(
            "Where its content is fetched: a path at this gateway, with a token as for the graph. It is decided anew "
            "and read from its source at that moment; none where the source gives out none."
        ),
    ] = None


@shown(Located, also=(records.Document,))
class Document(Record):
    """A document that a source holds: what it is. What it says is fetched at 'url'."""


def documents(
    root: strawberry.Parent[Chart], info: Info, since: Since = None, first: First = None, after: After = None
) -> Awaitable[Listed[records.Document]]:
    """Documents, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Document, since=since),
        first=first,
        after=after,
        beside=beside(info, root),
    )


def beside(info: Info, chart: Chart) -> tuple[Beside[records.Document], ...]:
    """What belongs to a list of documents, by what the caller reads of them."""

    def attach(items: Sequence[records.Document], _brought: Brought) -> Sequence[records.Document]:
        return located(info, chart, items)

    return (asked_beside(info, chart, attach=attach),) if "url" in reads(info, "url") else ()


def located(info: Info, chart: Chart, items: Sequence[records.Document]) -> Sequence[Located]:
    """The documents with the addresses of their contents."""
    giving = {source.info.id for source in info.context.federation.directory.sources if shelf_of(source)}

    def address(item: records.Document) -> str | None:
        place = item.provenance[0].source.id
        if item.location is None or place not in giving:
            return None
        return PATH + info.context.identifiers.document_id(chart.personal_id, place, item.id)

    return [Located(**{**structs.asdict(item), "url": address(item)}) for item in items]


def found_again(
    access: Access, federation: Federation, chart: Chart, source: str
) -> Awaitable[Found[records.Document]]:
    """What that source holds of the citizen's documents now: an address is no right, and no proof that it is there."""
    question = Question(about=records.Document)
    return federation.ask(question, access.permit(chart, records.Document), Named((source,)))
