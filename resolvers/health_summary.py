"""The first screen: the sections of the International Patient Summary (HL7 IPS), each with its reason when empty.

A section is asked for only when it is selected. Its entries are the records of the lists beside it: same ids.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import strawberry
from msgspec import Struct

from connectors import records
from connectors.contract import Question
from connectors.records import ConditionStatus, MedicationStatus, ObservationCategory
from resolvers import (
    allergy,
    condition,
    encounter,
    immunization,
    medication,
    observation,
    planning,
    procedure,
    visit,
)
from resolvers.chart import Chart
from resolvers.completeness import Completeness, CompletenessOf
from resolvers.connection import Beside, Provenance, connect
from resolvers.context import Info
from resolvers.shown import enumeration, resolved
from resolvers.summarising.codes import CODES
from resolvers.summarising.emptiness import EmptyReason, why_empty
from resolvers.under_way import UnderWay

R = TypeVar("R", bound=records.Record)
T = TypeVar("T")

enumeration(EmptyReason)

_PRESENT = frozenset({ConditionStatus.ACTIVE, ConditionStatus.UNKNOWN})
_IN_USE = frozenset({MedicationStatus.ACTIVE, MedicationStatus.ON_HOLD, MedicationStatus.UNKNOWN})
_RESULTS = frozenset({ObservationCategory.LABORATORY, ObservationCategory.IMAGING})


class Summarised(Struct, Generic[R], frozen=True, kw_only=True):
    """The value of a section."""

    entries: tuple[R, ...]
    none_stated_by: tuple[records.Provenance, ...]
    empty_because: EmptyReason | None
    message: str | None
    completeness: CompletenessOf


@strawberry.type(description="One section of the summary. An empty one always says why.")
class SummarySection(Generic[T]):
    """One section."""

    entries: list[T] = strawberry.field(description="The records of the section, newest first.")
    none_stated_by: list[Provenance] = strawberry.field(
        description="Who states that there are none. Others may hold entries all the same: look at them first."
    )
    empty_because: EmptyReason | None = strawberry.field(
        description="Why there are no entries; none where there are some."
    )
    message: str | None = strawberry.field(description="The reason in plain words, in the language of the answer.")
    completeness: Completeness = strawberry.field(
        description="Whether the section is all there is, also where it has entries."
    )


def _section(
    info: Info,
    chart: Chart,
    about: type[R],
    *,
    keep: Callable[[R], bool] = lambda _: True,
    states_none: Callable[[R], bool] = lambda _: False,
    beside: Sequence[Beside[R]] = (),
) -> Awaitable[Summarised[R]]:
    """Ask for one class of record, and show the part of it that is the section.

    Args:
        info: of the field.
        chart: whose record.
        about: the class.
        keep: what belongs to the section, of joined records.
        states_none: whether a record is the statement that there are none, and no entry.
        beside: what the entries show from answers to other questions.
    """
    asked = connect(info, chart, Question(about=about), first=None, after=None, keep=keep, beside=beside)

    async def made() -> Summarised[R]:
        listed = await asked
        entries = tuple(item for item in listed.nodes if not states_none(item))
        stated = tuple(place for item in listed.nodes if states_none(item) for place in item.provenance)
        told, reason = listed.completeness, None
        if not entries:
            reason = why_empty(
                (outcome.state for outcome in told.sources),
                complete=told.complete,
                veiled=told.veiled,
                not_asked=told.not_asked,
                none_stated=bool(stated),
            )
        return Summarised(
            entries=entries,
            none_stated_by=stated,
            empty_because=reason,
            message=info.context.language.say("empty_section", reason.name) if reason else None,
            completeness=told,
        )

    return UnderWay(made)


def _problems(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Condition]]:
    return _section(
        info,
        root,
        records.Condition,
        keep=lambda one: one.status in _PRESENT and not one.refuted,
        states_none=lambda one: CODES.states_none(one.code),
    )


def _past_problems(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Condition]]:
    return _section(
        info,
        root,
        records.Condition,
        keep=lambda one: one.status not in _PRESENT and not one.refuted,
    )


def _allergies(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Allergy]]:
    return _section(
        info,
        root,
        records.Allergy,
        keep=lambda one: not (one.none_known and one.status == "refuted"),  # a denied statement states nothing
        states_none=lambda one: one.none_known and CODES.states_none(one.substance),
    )


def _medications(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Medication]]:
    return _section(
        info,
        root,
        records.Medication,
        keep=lambda one: one.status in _IN_USE,
        states_none=lambda one: CODES.states_none(one.code),
    )


def _immunizations(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Immunization]]:
    return _section(
        info,
        root,
        records.Immunization,
        states_none=lambda one: CODES.states_none(one.vaccine),
    )


def _procedures(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Procedure]]:
    return _section(
        info,
        root,
        records.Procedure,
        states_none=lambda one: CODES.states_none(one.code),
    )


def _encounters(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Encounter]]:
    return _section(info, root, records.Encounter, beside=visit.beside(info, root, None))


def _plan_of_care(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.CarePlan]]:
    return _section(info, root, records.CarePlan)


def _observations(
    keep: Callable[[records.Observation], bool],
) -> Callable[..., Awaitable[Summarised[records.Observation]]]:
    """A section of observations. All of them share one question, however many are selected."""

    def section(root: strawberry.Parent[Chart], info: Info) -> Awaitable[Summarised[records.Observation]]:
        return _section(info, root, records.Observation, keep=keep)

    return section


@strawberry.type(
    description="The sections of the International Patient Summary (HL7 IPS). Only the selected ones are asked for."
)
class HealthSummary:
    """The first screen; its value is the chart."""

    problems: SummarySection[condition.Condition] = resolved(
        _problems, "Problems that are present or of which the source does not say; none that was refuted."
    )
    past_problems: SummarySection[condition.Condition] = resolved(
        _past_problems, "Problems that are over or not present now."
    )
    allergies: SummarySection[allergy.Allergy] = resolved(
        _allergies,
        "Allergies and intolerances, also refuted ones and statements such as 'no known food allergy': look at "
        "'status' and 'noneKnown'.",
    )
    medications: SummarySection[medication.Medication] = resolved(
        _medications, "Medicines in use or paused, and those of which the source does not say."
    )
    immunizations: SummarySection[immunization.Immunization] = resolved(
        _immunizations, "Vaccinations given, or recorded as not given: look at 'status'."
    )
    results: SummarySection[observation.Observation] = resolved(
        _observations(lambda one: one.category in _RESULTS), "Results of laboratories and of imaging."
    )
    vital_signs: SummarySection[observation.Observation] = resolved(
        _observations(lambda one: one.category is ObservationCategory.VITAL_SIGNS), "Vital signs."
    )
    social_history: SummarySection[observation.Observation] = resolved(
        _observations(lambda one: one.category is ObservationCategory.SOCIAL_HISTORY), "Smoking, alcohol and the like."
    )
    pregnancy: SummarySection[observation.Observation] = resolved(
        _observations(lambda one: CODES.pregnancy.has(one.code)), "Whether pregnant, and the expected day of birth."
    )
    procedures: SummarySection[procedure.Procedure] = resolved(
        _procedures, "Operations and procedures, also those not done in the end: look at 'status'."
    )
    encounters: SummarySection[encounter.Encounter] = resolved(_encounters, "Visits and stays.")
    plan_of_care: SummarySection[planning.CarePlan] = resolved(_plan_of_care, "What is meant to be done.")


def summary(root: strawberry.Parent[Chart]) -> Chart:
    """The summary hangs on the same chart: every section asks for itself."""
    return root
