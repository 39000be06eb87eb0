"""Reports: laboratory, imaging and others, with the results that they consist of."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated

import strawberry
from msgspec import structs

from connectors import records
from connectors.contract import Question
from resolvers.chart import Chart
from resolvers.connection import After, Brought, First, Listed, Record, asked_beside, connect
from resolvers.context import Info
from resolvers.joining.linking import named
from resolvers.observation import Observation
from resolvers.period import Since
from resolvers.selection import reads
from resolvers.shown import enumeration, shown

enumeration(records.ReportKind)
Kind = Annotated[records.ReportKind | None, strawberry.argument(description="Only reports of this kind.")]

RESULTS = Question(about=records.Observation)
"""Results are asked for whole: the report says which they are, not of what day."""


ABOUT_RESULTS = ("results", "missingResults")
"""Fields for which the results are asked."""


class Explained(records.Report, frozen=True, kw_only=True):
    """A report with its results."""

    results: tuple[records.Observation, ...] = ()
    missing_results: int = 0


@shown(Explained, also=(records.Report,))
class Report(Record):
    """A report with results and a conclusion."""

    results: list[Observation] = strawberry.field(
        description="The observations that it consists of, as far as they came: look at 'missingResults'."
    )
    missing_results: int = strawberry.field(
        description="How many observations it names that did not come: they exist, and are not shown here."
    )


def explained(reports: Sequence[records.Report], brought: Brought) -> Sequence[records.Report]:
    """The reports with their results, out of the observations that came."""
    found: Mapping[str, tuple[tuple[records.Record, ...], int]] = named(
        reports, brought.told[records.Report], lambda report: report.result_ids, brought.items[records.Observation]
    )
    return [_explained(report, *found.get(report.id, ((), 0))) for report in reports]


def _explained(report: records.Report, results: tuple[records.Record, ...], missing: int) -> records.Report:
    return Explained(
        **structs.asdict(report),
        results=tuple(one for one in results if isinstance(one, records.Observation)),
        missing_results=missing,
    )


def reports(
    root: strawberry.Parent[Chart],
    info: Info,
    kind: Kind = None,
    since: Since = None,
    first: First = None,
    after: After = None,
) -> Awaitable[Listed[records.Report]]:
    """Reports, newest first."""
    return connect(
        info,
        root,
        Question(about=records.Report, since=since),
        first=first,
        after=after,
        keep=None if kind is None else lambda report: report.kind is kind,
        beside=(asked_beside(info, root, RESULTS, attach=explained),) if reads(info, *ABOUT_RESULTS) else (),
    )
