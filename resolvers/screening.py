"""Results of screening programmes: ``programmes/`` in the graph."""

from collections.abc import Awaitable, Mapping
from typing import Annotated

import strawberry
from msgspec import Struct, structs

from connectors import records
from connectors.contract import Question
from connectors.records import doc
from resolvers import joining, merging
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf
from resolvers.connection import After, First, Listed, Record
from resolvers.context import Info
from resolvers.gathering import gather, held_together
from resolvers.programmes import screened
from resolvers.shown import shown
from resolvers.under_way import UnderWay


class DueByRule(Struct, frozen=True, kw_only=True):
    """The rule by which something is due again. For information only: whoever treats decides."""

    rule: Annotated[str, doc("Id of the rule.")]
    source: Annotated[str, doc("Where it is written.")]
    verified: Annotated[bool, doc("False for a rule that is not yet signed off by a clinician.")]


class Screened(records.Screening, frozen=True, kw_only=True):
    """A screening with the rule of its next one."""

    next_due_by: Annotated[
        DueByRule | None, doc("The rule behind 'nextDue'; none where the source itself says the day, or nobody can.")
    ] = None


@shown(Screened, also=(records.Screening,))
class Screening(Record):
    """A test or examination that counts for a screening programme, whoever ordered it. For information only."""


class Known(Struct, frozen=True):
    """The screenings of a citizen, and whether they are all."""

    items: tuple[records.Screening, ...]
    due: Mapping[str, screened.Due]
    """When each is due again, by its id."""
    completeness: CompletenessOf


def known(info: Info, chart: Chart) -> Awaitable[Known]:
    """The screenings: those that a source holds as such, and results, reports and procedures that count as one."""
    own = gather(info, chart, Question(about=records.Screening))
    seen = gather(info, chart, Question(about=records.Observation))
    reports = gather(info, chart, Question(about=records.Report))
    procedures = gather(info, chart, Question(about=records.Procedure))

    async def joined() -> Known:
        kept, found, written, done = await own, await seen, await reports, await procedures
        told = kept.also(records.Screening, screened.screenings(found.told, written.told, done.told))
        items = joining.join(records.Screening, told, key=chart.subject.ref)
        return Known(
            items,
            screened.due_again(items, chart.subject.birth_date),
            held_together((kept, found, written, done)),
        )

    return UnderWay(joined)


def screenings(
    root: strawberry.Parent[Chart], info: Info, first: First = None, after: After = None
) -> Awaitable[Listed[Screened]]:
    """Screenings, newest first."""
    merging.begins(first, after)
    asked = known(info, root)

    async def listed() -> Listed[Screened]:
        found = await asked
        items = [_explained(item, found.due.get(item.id)) for item in found.items]
        page = merging.page(items, when=lambda item: item.on, first=first, after=after)
        return Listed(
            page.nodes,
            page.page_info,
            page.total,
            page.when,
            found.completeness,
        )

    return UnderWay(listed)


def _explained(item: records.Screening, due: screened.Due | None) -> Screened:
    programme = due.programme if due else None
    rule = DueByRule(rule=programme.id, source=programme.source, verified=programme.verified) if programme else None
    return Screened(**{**structs.asdict(item), "next_due": due.on if due else None, "next_due_by": rule})
