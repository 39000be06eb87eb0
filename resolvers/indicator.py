"""Basic health indicators, over all systems in one unit: ``indicating/`` in the graph."""

from collections.abc import Awaitable
from decimal import Decimal
from typing import Annotated, overload

import strawberry
from msgspec import Struct, structs

from connectors import records
from connectors.contract import Question
from connectors.records import doc
from resolvers import observation as _observation  # noqa: F401 - shows the record that a reading quotes
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf
from resolvers.context import Context, Info
from resolvers.gathering import Gathered, gather
from resolvers.indicating.catalogue import CATALOGUE, IndicatorKind
from resolvers.indicating.reading import Reading, readings
from resolvers.indicating.trend import Series, Trend, TrendReason, series
from resolvers.refusals import BadRequest
from resolvers.shown import enumeration, shown
from resolvers.terminology.catalogues import WORDS
from resolvers.under_way import UnderWay

MAX_HISTORY = 1000

enumeration(IndicatorKind)
Kinds = Annotated[
    list[IndicatorKind] | None, strawberry.argument(description="Only these indicators; all of them by default.")
]
Last = Annotated[int, strawberry.argument(description="At most so many readings in 'history', the newest.")]


class SmallestChange(Struct, frozen=True, kw_only=True):
    """What a difference must exceed to be called rising or falling: an amount, or a share of the earlier value."""

    amount: Annotated[Decimal | None, doc("In the unit of the indicator.")]
    percent: Annotated[Decimal | None, doc("In percent of the earlier value.")]
    source: Annotated[str, doc("Where it comes from.")]
    verified: Annotated[bool, doc("Whether that source was checked. False: an assumption until somebody did.")]


class IndicatorOf(Struct, frozen=True, kw_only=True):
    """One indicator. It is there also without a reading: then 'why' says what that means."""

    kind: Annotated[IndicatorKind, doc("Which.")]
    unit: Annotated[str, doc("The unit of all its values.")]
    latest: Annotated[
        Reading | None, doc("The newest reading with a date. None is 'not measured' only in a complete answer.")
    ]
    previous: Annotated[Reading | None, doc("The newest one of an earlier moment.")]
    trend: Annotated[Trend, doc("How the latest stands to the previous.")]
    reason: Annotated[TrendReason | None, doc("Why nobody can say, where nobody can.")]
    why: Annotated[str, doc("The trend in plain words.")]
    smallest_change: Annotated[
        SmallestChange | None, doc("The rule of the trend; none where none is laid down: then nobody can say.")
    ]
    total_count: Annotated[int | None, doc("Number of all readings; none while the answer is incomplete.")]
    history: Annotated[
        tuple[Reading, ...], doc("Readings, newest first, those without a usable date at the end; at most 'last'.")
    ]


class IndicatorsOf(Struct, frozen=True, kw_only=True):
    """Basic health indicators. For information only: values from several systems, brought to one unit."""

    nodes: Annotated[tuple[IndicatorOf, ...], doc("One per indicator that was asked for.")]
    rule: Annotated[str, doc("Id of the rules of this gateway: codes, units and smallest changes.")]
    advice: Annotated[str, doc("Words to show with it.")]
    completeness: Annotated[CompletenessOf, doc("Who was asked for observations; only a complete answer has trends.")]


@shown(Reading)
class IndicatorReading:
    """One reading of an indicator, in its unit, with the observations as their systems hold them."""


@shown(SmallestChange)
class IndicatorChange:
    """What a difference must exceed to be called rising or falling: an amount, or a share of the earlier value."""


@shown(IndicatorOf)
class Indicator:
    """One indicator. It is there also without a reading: then 'why' says what that means."""


@shown(IndicatorsOf)
class Indicators:
    """Basic health indicators. For information only: values from several systems, brought to one unit."""


def indicators(
    root: strawberry.Parent[Chart], info: Info, kinds: Kinds = None, last: Last = 10
) -> Awaitable[IndicatorsOf]:
    """The indicators as they stand today.

    Raises:
        BadRequest: for a history that is too long.
    """
    if not 0 <= last <= MAX_HISTORY:
        raise BadRequest(f"'last' must be between 0 and {MAX_HISTORY}.")
    asked = gather(info, root, Question(about=records.Observation))

    async def made() -> IndicatorsOf:
        return _shown(info.context, await asked, tuple(dict.fromkeys(kinds or IndicatorKind)), last)

    return UnderWay(made)


def _shown(
    context: Context, found: Gathered[records.Observation], kinds: tuple[IndicatorKind, ...], last: int
) -> IndicatorsOf:
    read = readings(found.items)
    return IndicatorsOf(
        nodes=tuple(_indicator(context, kind, read.get(kind, []), found.complete, last) for kind in kinds),
        rule=CATALOGUE.rule,
        advice=context.language.say("indicators", "ADVICE"),
        completeness=found.completeness,
    )


def _indicator(context: Context, kind: IndicatorKind, read: list[Reading], complete: bool, last: int) -> IndicatorOf:
    by = CATALOGUE.indicators[kind.name]
    told: Series = series(read, by, today=context.today, complete=complete)
    unit = WORDS[context.language.tag]["ucum"][by.unit]
    return IndicatorOf(
        kind=kind,
        unit=unit,
        latest=_in_words(told.latest, unit),
        previous=_in_words(told.previous, unit),
        trend=told.trend,
        reason=told.reason,
        why=context.language.say("indicators", (told.reason or told.trend).name),
        smallest_change=SmallestChange(
            amount=by.change.amount, percent=by.change.percent, source=by.change.source, verified=by.change.verified
        )
        if by.change
        else None,
        total_count=len(told.readings) if complete else None,
        history=tuple(_in_words(reading, unit) for reading in told.readings[:last]),
    )


@overload
def _in_words(reading: Reading, unit: str) -> Reading: ...
@overload
def _in_words(reading: Reading | None, unit: str) -> Reading | None: ...
def _in_words(reading: Reading | None, unit: str) -> Reading | None:
    """The reading with its unit in the words of the language; the observation beside it keeps its source's."""
    if reading is None or reading.value is None:
        return reading
    return structs.replace(reading, value=structs.replace(reading.value, unit=unit))
