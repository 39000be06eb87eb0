"""How a child has grown: ``growth/`` in the graph."""

from collections.abc import Awaitable
from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import Described, Sex, doc
from resolvers import joining
from resolvers import observation as _observation  # noqa: F401 - shows the records that a day quotes
from resolvers.chart import Chart
from resolvers.completeness import CompletenessOf, completeness, together
from resolvers.context import Info
from resolvers.growth import measured
from resolvers.growth.findings import GrowthFinding, findings, ordinary
from resolvers.growth.scores import LAST_2007, Scores, scores
from resolvers.growth.standard import STANDARD
from resolvers.language import Language
from resolvers.partial_dates import earliest, latest
from resolvers.shown import shown
from resolvers.under_way import UnderWay


class NoScore(Described):
    """Why something that was measured has no score."""

    BIRTH_DATE = "BIRTH_DATE", "The date of birth is not known as a day."
    SEX = "SEX", "The sex is not known, or there is no standard for it."
    AGE = "AGE", "The day lies before birth or after the nineteenth birthday."
    UNREADABLE = "UNREADABLE", "The number or the unit of a measurement cannot be read; the others are scored."


class MeasuredDay(Struct, frozen=True, kw_only=True):
    """What was measured on one day, and how it compares with children of that age."""

    on: Annotated[date, doc("The day, in Ho Chi Minh City.")]
    age_days: Annotated[int | None, doc("Age in days; none while the day of birth is not known.")]
    weight: Annotated[records.QuantityValue | None, doc("Body weight as the source wrote it.")]
    height: Annotated[records.QuantityValue | None, doc("Length or height as the source wrote it.")]
    head_circumference: Annotated[records.QuantityValue | None, doc("As the source wrote it.")]
    weight_for_age_z: Annotated[Decimal | None, doc("z-score, from birth to ten years.")]
    height_for_age_z: Annotated[Decimal | None, doc("z-score, from birth to nineteen years.")]
    weight_for_height_z: Annotated[
        Decimal | None, doc("z-score, from birth to five years and from 45 to 120 cm; of weight and height of one day.")
    ]
    bmi_for_age_z: Annotated[Decimal | None, doc("z-score, from birth to nineteen years.")]
    head_circumference_for_age_z: Annotated[Decimal | None, doc("z-score, from birth to five years.")]
    findings: Annotated[tuple[GrowthFinding, ...], doc("Classes into which the scores fall; empty when none does.")]
    assessment: Annotated[str | None, doc("The classes in plain words; none where there is no score.")]
    reason: Annotated[NoScore | None, doc("Why there is no score, where something that was measured has none.")]
    why: Annotated[str | None, doc("The reason in plain words.")]
    observations: Annotated[
        tuple[records.Observation, ...], doc("Every measurement of that day, as in 'observations': where it stands.")
    ]


@shown(MeasuredDay)
class GrowthMeasurement:
    """What was measured on one day, and how it compares with children of that age."""


class Grown(Struct, frozen=True, kw_only=True):
    """Measurements of a child beside the standards of the WHO. For information only: a health worker judges."""

    standard: Annotated[str, doc("Name of the standards that were used.")]
    rule: Annotated[str, doc("Their id in the rules of this gateway.")]
    source: Annotated[str, doc("Where their tables come from.")]
    advice: Annotated[str, doc("Words to show with it.")]
    measurements: Annotated[
        tuple[MeasuredDay, ...], doc("One per day on which weight, height or head was measured; newest first.")
    ]
    undated: Annotated[int, doc("Number of measurements that stand at no day and are left out: see 'observations'.")]
    completeness: Annotated[CompletenessOf, doc("Who was asked for measurements, sex and the date of birth.")]


@shown(Grown)
class Growth:
    """Measurements of a child beside the standards of the WHO. For information only: a health worker judges."""


def growth(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Grown]:
    """How the child has grown.

    All observations are asked for, not those of some codes: a source with codes of its own would hold them back.
    """
    context = info.context
    told = context.federation.ask(Question(about=records.Observation), context.access.permit(root, records.Observation))
    person = context.federation.ask(
        Question(about=records.Demographics), context.access.permit(root, records.Demographics)
    )

    async def made() -> Grown:
        found, who = await told, await person
        series = measured.series(joining.join(records.Observation, found.records, key=root.subject.ref))
        known = next(iter(joining.join(records.Demographics, who.records, key=root.subject.ref)), None)
        return Grown(
            standard=STANDARD.name,
            rule=STANDARD.rule,
            source=STANDARD.source,
            advice=context.language.say("growth", "ADVICE"),
            measurements=tuple(measured_day(context.language, day, known) for day in series.days),
            undated=series.undated,
            completeness=together([completeness(found, context.language), completeness(who, context.language)]),
        )

    return UnderWay(made)


def measured_day(language: Language, day: measured.Day, person: records.Demographics | None) -> MeasuredDay:
    """The scores of that day, or why there are none."""
    weight, height, head = day.last("weight"), day.last("height"), day.last("head")
    age = _age(person, day.on)
    reason, scored = _reason(day, person, age), Scores()
    if person and age is not None and reason in (None, NoScore.UNREADABLE):
        scored = scores(
            person.sex,
            age,
            weight=weight.amount if weight else None,
            height=height.amount if height else None,
            head=head.amount if head else None,
            lying=height.lying if height else None,
        )
    found = findings(scored, age) if age is not None else ()
    return MeasuredDay(
        on=day.on,
        age_days=age,
        weight=weight.value if weight else None,
        height=height.value if height else None,
        head_circumference=head.value if head else None,
        weight_for_age_z=scored.weight_for_age,
        height_for_age_z=scored.height_for_age,
        weight_for_height_z=scored.weight_for_height,
        bmi_for_age_z=scored.bmi_for_age,
        head_circumference_for_age_z=scored.head_for_age,
        findings=found,
        assessment=_words(language, scored, found),
        reason=reason,
        why=language.say("growth", reason.name) if reason else None,
        observations=tuple(reading.record for reading in day.readings),
    )


def _age(person: records.Demographics | None, on: date) -> int | None:
    born = earliest(person.birth_date) if person else None
    return (on - born).days if person and born and born == latest(person.birth_date) else None


def _reason(day: measured.Day, person: records.Demographics | None, age: int | None) -> NoScore | None:
    if person is None or age is None:
        return NoScore.BIRTH_DATE
    if person.sex not in (Sex.FEMALE, Sex.MALE):
        return NoScore.SEX
    if not 0 <= age <= LAST_2007:
        return NoScore.AGE
    scored = (day.last("weight"), day.last("height"), day.last("head"))
    return NoScore.UNREADABLE if any(one and one.amount is None for one in scored) else None


def _words(language: Language, scored: Scores, found: tuple[GrowthFinding, ...]) -> str | None:
    if scored == Scores():
        return None
    names = [finding.name for finding in found] or ["ORDINARY" if ordinary(scored) else "UNUSUAL"]
    return " ".join(language.say("growth", name) for name in names)
