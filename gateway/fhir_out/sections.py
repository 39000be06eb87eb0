"""The sections of the summary (IPS), each with the question that fills it. One line each, and the only place."""

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import Struct

from connectors.contract import Question
from connectors.records import (
    Allergy,
    Condition,
    ConditionStatus,
    Immunization,
    Medication,
    Observation,
    ObservationCategory,
    Procedure,
)
from gateway.fhir_out import clinical
from gateway.fhir_out.medication import medication
from resolvers.access.ages import anniversary
from resolvers.summarising.codes import CODES

RESULTS_YEARS = 2
"""Measurements and results of so many years; everything else is told whatever its age."""

_SOCIAL = ObservationCategory.SOCIAL_HISTORY
_VITAL = ObservationCategory.VITAL_SIGNS


class Section(Struct, frozen=True, kw_only=True):
    """One section."""

    name: str
    """Key of its title in the languages."""
    loinc: str
    """Code of the section in the IPS guide."""
    question: Callable[[date], Question[Any]]
    """What is asked today."""
    mapping: clinical.Mapping
    keep: Callable[[Any], bool] = lambda _: True
    """Which of the records belong here."""
    states_none: Callable[[Any], bool] = lambda _: False
    """Whether a record is the statement that there are none, and no entry."""


def _recent(today: date) -> Question[Observation]:
    return Question(about=Observation, since=anniversary(today, -RESULTS_YEARS))


def _is_past(found: Condition) -> bool:
    """What is not said to be over is present."""
    return found.refuted or found.status in (ConditionStatus.INACTIVE, ConditionStatus.RESOLVED)


SECTIONS = (
    Section(
        name="ALLERGIES",
        loinc="48765-2",
        question=lambda _: Question(about=Allergy),
        mapping=clinical.allergy,
        states_none=lambda found: found.none_known,
    ),
    Section(
        name="MEDICATIONS",
        loinc="10160-0",
        question=lambda _: Question(about=Medication),
        mapping=medication,
        states_none=lambda found: CODES.states_none(found.code),
    ),
    Section(
        name="PROBLEMS",
        loinc="11450-4",
        question=lambda _: Question(about=Condition),
        mapping=clinical.condition,
        keep=lambda found: not _is_past(found),
        states_none=lambda found: CODES.states_none(found.code),
    ),
    Section(
        name="PAST_PROBLEMS",
        loinc="11348-0",
        question=lambda _: Question(about=Condition),
        mapping=clinical.condition,
        keep=_is_past,
    ),
    Section(
        name="IMMUNIZATIONS",
        loinc="11369-6",
        question=lambda _: Question(about=Immunization),
        mapping=clinical.immunization,
    ),
    Section(
        name="PROCEDURES",
        loinc="47519-4",
        question=lambda _: Question(about=Procedure),
        mapping=clinical.procedure,
    ),
    Section(
        name="RESULTS",
        loinc="30954-2",
        question=_recent,
        mapping=clinical.observation,
        keep=lambda found: found.category not in (_SOCIAL, _VITAL),
    ),
    Section(
        name="VITAL_SIGNS",
        loinc="8716-3",
        question=_recent,
        mapping=clinical.observation,
        keep=lambda found: found.category is _VITAL,
    ),
    Section(
        name="PREGNANCY",
        loinc="10162-6",
        question=lambda _: Question(about=Observation),
        mapping=clinical.observation,
        keep=lambda found: CODES.pregnancy.has(found.code),
    ),
    Section(
        name="SOCIAL_HISTORY",
        loinc="29762-2",
        question=lambda _: Question(about=Observation, category=_SOCIAL.value),
        mapping=clinical.observation,
    ),
)
