"""Which vaccinations are done, due and overdue: ``forecast/`` in the graph."""

from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import CodedText, Coding, doc
from resolvers import immunization as _immunization  # noqa: F401 - shows the record that a series quotes
from resolvers import joining
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, completeness, together
from resolvers.context import Context, Info
from resolvers.forecast import dose, engine, schedule
from resolvers.forecast.vaccines import ANTIGENS, SNOMED
from resolvers.joining.codes import ICD10
from resolvers.partial_dates import earliest, latest
from resolvers.shown import shown
from resolvers.under_way import UnderWay


class DueDose(Struct, frozen=True, kw_only=True):
    """The dose that comes next."""

    number: Annotated[int, doc("Its number in the series.")]
    earliest: Annotated[date, doc("The first day on which it would count.")]
    recommended: Annotated[date, doc("The day for which the schedule has it, moved where doses came late.")]
    overdue_since: Annotated[date | None, doc("Since when it is late; none while it is not.")]


class SeriesDose(Struct, frozen=True, kw_only=True):
    """A vaccination that was given, and whether it counts in this series."""

    immunization: Annotated[records.Immunization, doc("The vaccination, as in 'immunizations'.")]
    verdict: Annotated[dose.Verdict, doc("Whether it counts, and if not, why.")]


class VaccineSeries(Struct, frozen=True, kw_only=True):
    """The doses against one disease."""

    disease: Annotated[CodedText, doc("What the series protects against.")]
    doses_given: Annotated[int, doc("Number of doses that count; of those that are known when 'status' cannot say.")]
    doses_required: Annotated[int | None, doc("Number of doses of the whole series; none where no ages are published.")]
    doses: Annotated[tuple[SeriesDose, ...], doc("Every dose on record, also those that do not count; oldest first.")]
    next: Annotated[DueDose | None, doc("The dose that comes next; none when there is none, or nobody can tell.")]
    status: Annotated[engine.SeriesStatus, doc("How the series stands today.")]
    reason: Annotated[engine.Reason | None, doc("Why nobody can tell, where nobody can.")]
    why: Annotated[str, doc("The status in plain words.")]


class Forecast(Struct, frozen=True, kw_only=True):
    """Vaccinations by a dated schedule. For information only: the vaccination point decides."""

    schedule: Annotated[str, doc("Name of the schedule that was used.")]
    rule: Annotated[str, doc("Its id in the rules of this gateway.")]
    source: Annotated[str, doc("Where its ages come from.")]
    up_to: Annotated[date, doc("The day from which that schedule is in force: later guidance is not in it.")]
    advice: Annotated[str, doc("Words to show with it.")]
    series: Annotated[tuple[VaccineSeries, ...], doc("One per disease of the schedule.")]
    completeness: Annotated[
        CompletenessOf, doc("Who was asked for vaccinations and the date of birth; only a complete answer says 'late'.")
    ]


@shown(Forecast)
class ImmunizationForecast:
    """Vaccinations by a dated schedule. For information only: the vaccination point decides."""


def immunization_forecast(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Forecast]:
    """The forecast of today."""
    context = info.context
    given = context.federation.ask(
        Question(about=records.Immunization), context.access.permit(root, records.Immunization)
    )
    person = context.federation.ask(
        Question(about=records.Demographics), context.access.permit(root, records.Demographics)
    )

    async def made() -> Forecast:
        found, who = await given, await person
        doses = joining.join(records.Immunization, found.records, key=root.subject.ref)
        known = next(iter(joining.join(records.Demographics, who.records, key=root.subject.ref)), None)
        complete = together([completeness(found, context.language), completeness(who, context.language)])
        return _shown(context, doses, known, complete)

    return UnderWay(made)


def _shown(
    context: Context,
    doses: Sequence[records.Immunization],
    person: records.Demographics | None,
    complete: CompletenessOf,
) -> Forecast:
    by = schedule.on(context.today)
    states = engine.forecast(
        by,
        [read for one in doses if (read := dose.read(one))],
        engine.Known(
            born=_born(person),
            today=context.today,
            complete=complete.complete,
            deceased=bool(person and person.deceased),
        ),
    )
    return Forecast(
        schedule=by.named.name,
        rule=by.named.id,
        source=by.named.source,
        up_to=by.named.valid_from,
        advice=context.language.say("forecast", "ADVICE"),
        series=tuple(_series(context, state) for state in states),
        completeness=complete,
    )


def _born(person: records.Demographics | None) -> date | None:
    first = earliest(person.birth_date) if person else None
    return first if person and first == latest(person.birth_date) else None


def _series(context: Context, state: engine.State) -> VaccineSeries:
    antigen, following = ANTIGENS[state.antigen], state.next
    return VaccineSeries(
        disease=CodedText(
            text=context.language.say("vaccine_diseases", antigen.id),
            codings=(Coding(system=ICD10, code=antigen.icd10), Coding(system=SNOMED, code=antigen.snomed)),
        ),
        doses_given=state.given,
        doses_required=state.required,
        doses=tuple(SeriesDose(immunization=one.record, verdict=verdict) for one, verdict in state.doses),
        next=DueDose(
            number=following.number,
            earliest=following.earliest,
            recommended=following.recommended,
            overdue_since=following.overdue_since,
        )
        if following
        else None,
        status=state.status,
        reason=state.reason,
        why=context.language.say("forecast", (state.reason or state.status).name),
    )
