"""Pregnancies: ``programmes/`` in the graph."""

from collections.abc import Awaitable, Sequence
from datetime import date
from itertools import chain
from typing import Annotated, Any

import strawberry
from msgspec import Struct, structs

from connectors import records
from connectors.contract import Question
from connectors.records import doc
from resolvers import joining, merging, visit
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, together
from resolvers.connection import After, First, Listed, Record, connect
from resolvers.context import Info
from resolvers.encounter import Encounter
from resolvers.gathering import gather, held_together
from resolvers.joining.linking import by_place, of_visits, place
from resolvers.programmes import expecting
from resolvers.programmes.antenatal import ANTENATAL
from resolvers.screening import DueByRule
from resolvers.selection import reads
from resolvers.shown import shown
from resolvers.under_way import UnderWay

RULE = DueByRule(rule=ANTENATAL.id, source=ANTENATAL.source, verified=ANTENATAL.verified)


class Expected(records.Pregnancy, frozen=True, kw_only=True):
    """A pregnancy with what is reckoned for today."""

    gestational_weeks: Annotated[
        int | None, doc("Whole weeks today; none unless it goes on and the expected day of birth is known.")
    ] = None
    next_visit_due: Annotated[
        date | None, doc("When she is to be seen again, reckoned from the last visit on record; none where nobody can.")
    ] = None
    next_visit_due_by: Annotated[DueByRule | None, doc("The rule behind 'nextVisitDue'.")] = None
    visits: tuple[records.Encounter, ...] = ()


@shown(Expected, also=(records.Pregnancy,))
class Pregnancy(Record):
    """One pregnancy: what all systems say of one time. For information only: whoever treats decides."""

    visits: list[Encounter] = strawberry.field(description="Visits for it, as their diagnoses tell; newest first.")


class Known(Struct, frozen=True):
    """The pregnancies of a citizen, and whether they are all."""

    items: tuple[Expected, ...]
    completeness: CompletenessOf


def known(info: Info, chart: Chart) -> Awaitable[Known]:
    """The pregnancies: those that a source holds as such, and what visits, problems and measurements tell."""
    today = info.context.today
    own = gather(info, chart, Question(about=records.Pregnancy))
    seen = gather(info, chart, Question(about=records.Observation))
    conditions = gather(info, chart, Question(about=records.Condition))
    procedures = gather(info, chart, Question(about=records.Procedure))
    visits = gather(info, chart, Question(about=records.Encounter))

    async def joined() -> Known:
        kept, found, problems, done, been = await own, await seen, await conditions, await procedures, await visits
        derived = chain(
            expecting.from_observations(found.items),
            expecting.from_conditions(problems.items),
            expecting.from_procedures(done.items),
            expecting.from_visits(been.items, of_visits(been.items, problems.items, problems.told)),
        )
        told = kept.also(records.Pregnancy, derived)
        items = joining.join(records.Pregnancy, told, key=chart.subject.ref)
        return Known(
            tuple(_expected(item, been.items, today) for item in items),
            held_together((kept, found, problems, done, been)),
        )

    return UnderWay(joined)


def _expected(item: records.Pregnancy, visits: Sequence[records.Encounter], today: date) -> Expected:
    stands = {place(told) for told in item.provenance}
    its = tuple(one for one in visits if not stands.isdisjoint(place(told) for told in one.provenance))
    now = expecting.settled(item, today)
    due = expecting.next_visit(now, its, today)
    return Expected(
        **{
            **structs.asdict(now),
            "gestational_weeks": expecting.weeks(now, today),
            "next_visit_due": due,
            "next_visit_due_by": RULE if due else None,
            "visits": its,
        }
    )


def pregnancies(
    root: strawberry.Parent[Chart], info: Info, first: First = None, after: After = None
) -> Awaitable[Listed[Expected]]:
    """Pregnancies, newest first."""
    merging.begins(first, after)
    asked = known(info, root)
    shown_visits: Awaitable[Listed[records.Encounter]] | None = None
    if "visits" in reads(info, "visits"):
        shown_visits = connect(
            info,
            root,
            Question(about=records.Encounter),
            first=None,
            after=None,
            beside=visit.beside(info, root, None),
        )

    async def listed() -> Listed[Expected]:
        found = await asked
        items, each = found.items, found.completeness
        if shown_visits is not None:
            been = await shown_visits
            items = tuple(_with_visits(item, been.nodes) for item in items)
            each = together((each, been.completeness))
        page = merging.page(items, when=when, first=first, after=after)
        return Listed(
            page.nodes,
            page.page_info,
            page.total,
            page.when,
            each,
        )

    return UnderWay(listed)


def when(item: records.Pregnancy) -> Any:
    """Where it stands among pregnancies: the birth that is expected, else the end, else when it was known."""
    return item.estimated_delivery or item.ended or item.seen_on or item.since


def _with_visits(item: Expected, shown_visits: Sequence[records.Encounter]) -> Expected:
    """The same visits with what the caller reads of them."""
    its = by_place(item.visits).keys()
    return structs.replace(
        item, visits=tuple(one for one in shown_visits if any(place(told) in its for told in one.provenance))
    )
