"""What the kind knows how to ask for: one line per resource type, and the line is the documentation."""

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from connectors.contract import Question
from connectors.fhir import wire
from connectors.fhir.datatypes import Reference
from connectors.fhir.mapping.care import allergy, condition, conditions_of, encounter
from connectors.fhir.mapping.citizen import demographics
from connectors.fhir.mapping.claim import decided, handed_in, with_its_claim
from connectors.fhir.mapping.elements import Around
from connectors.fhir.mapping.immunization import immunization
from connectors.fhir.mapping.insurance import coverage
from connectors.fhir.mapping.medication import dispense, prescription, product_of, statement
from connectors.fhir.mapping.observation import CATEGORY_CODES, observation
from connectors.fhir.mapping.planning import appointment, care_plan, referral
from connectors.fhir.mapping.programmes import care_team, general_practitioner, pregnancy
from connectors.fhir.mapping.results import document, procedure, report
from connectors.records import (
    Allergy,
    Appointment,
    CarePlan,
    Claim,
    Condition,
    Coverage,
    Demographics,
    Document,
    Encounter,
    Immunization,
    Medication,
    Observation,
    Pregnancy,
    PrimaryCare,
    Procedure,
    Record,
    Referral,
    Report,
)

_A_DAY = timedelta(days=1)


def NOWHERE(_: Any) -> Iterable[Reference | None]:  # noqa: N802 - a value that is compared with
    """Points to nothing."""
    return ()


class Held(Struct, frozen=True, kw_only=True):
    """How one resource type is asked for and read."""

    wire: type[Any]
    """Struct of the resource; its name is the resource type."""
    to_record: Callable[[Any, Around], Record | None]
    """The record; None where the resource is no record of that class. Raises ``Unreadable``."""
    has_subject: bool = False
    """Whether R4 defines the search parameter ``subject`` for the type; ``patient`` it has for all of these."""
    slices: frozenset[str] = frozenset()
    """Search parameters by which a slice may be asked for without losing a record of it."""
    points_to: Callable[[Any], Iterable[Reference | None]] = NOWHERE
    """References without whose targets the record would lack something."""
    includes: tuple[str, ...] = ()
    """The same as values of ``_include``."""
    also_fetched: tuple[str, ...] = ()
    """Types behind those references that are fetched for this type alone."""
    stands_for: Callable[[Any], Reference | None] | None = None
    """The resource of another type of the same class that says the same with less: it is then left out."""
    taking: Callable[[Any, Any], Any] = lambda own, _: own
    """The record with what it takes over from the record of that resource before this is left out."""

    @property
    def type(self) -> str:
        """The resource type."""
        return self.wire.__name__


HELD: Mapping[type[Record], tuple[Held, ...]] = {
    Demographics: (Held(wire=wire.Patient, to_record=demographics),),
    Encounter: (
        Held(
            wire=wire.Encounter,
            to_record=encounter,
            has_subject=True,
            slices=frozenset({"date"}),
            points_to=lambda visit: (visit.service_provider, *conditions_of(visit)),
            includes=("Encounter:diagnosis",),
        ),
    ),
    Condition: (Held(wire=wire.Condition, to_record=condition, has_subject=True),),
    Allergy: (Held(wire=wire.AllergyIntolerance, to_record=allergy),),
    Medication: (
        Held(
            wire=wire.MedicationRequest,
            to_record=prescription,
            has_subject=True,
            points_to=lambda order: (product_of(order),),
            includes=("MedicationRequest:medication",),
        ),
        Held(
            wire=wire.MedicationDispense,
            to_record=dispense,
            has_subject=True,
            points_to=lambda handed: (product_of(handed),),
            includes=("MedicationDispense:medication",),
        ),
        Held(
            wire=wire.MedicationStatement,
            to_record=statement,
            has_subject=True,
            points_to=lambda said: (product_of(said),),
            includes=("MedicationStatement:medication",),
        ),
    ),
    Observation: (
        Held(
            wire=wire.Observation,
            to_record=observation,
            has_subject=True,
            slices=frozenset({"date", "code", "category"}),
            points_to=lambda found: found.performer,
        ),
    ),
    Immunization: (
        Held(
            wire=wire.Immunization,
            to_record=immunization,
            slices=frozenset({"date"}),
            points_to=lambda dose: (
                dose.location,
                dose.manufacturer.pointer if dose.manufacturer else None,
                *(part.actor for part in dose.performer),
            ),
        ),
    ),
    Coverage: (Held(wire=wire.Coverage, to_record=coverage),),
    Claim: (
        Held(
            wire=wire.ExplanationOfBenefit,
            to_record=decided,
            points_to=lambda one: (one.facility, one.provider, *(line.diagnosis_reference for line in one.diagnosis)),
            stands_for=lambda one: one.claim,
            taking=with_its_claim,
        ),
        Held(
            wire=wire.Claim,
            to_record=handed_in,
            points_to=lambda one: (one.facility, one.provider, *(line.diagnosis_reference for line in one.diagnosis)),
        ),
    ),
    Report: (
        Held(
            wire=wire.DiagnosticReport,
            to_record=report,
            has_subject=True,
            points_to=lambda found: found.performer,
        ),
    ),
    Procedure: (
        Held(
            wire=wire.Procedure,
            to_record=procedure,
            has_subject=True,
            points_to=lambda done: (part.on_behalf_of for part in done.performer),
        ),
    ),
    Document: (Held(wire=wire.DocumentReference, to_record=document, has_subject=True),),
    Referral: (
        Held(
            wire=wire.ServiceRequest,
            to_record=referral,
            has_subject=True,
            points_to=lambda request: (request.requester, *request.performer),
        ),
    ),
    Appointment: (
        Held(
            wire=wire.Appointment,
            to_record=appointment,
            points_to=lambda planned: (part.actor for part in planned.participant),
        ),
    ),
    CarePlan: (
        Held(
            wire=wire.CarePlan,
            to_record=care_plan,
            has_subject=True,
            points_to=lambda plan: (plan.author, plan.custodian),
        ),
    ),
    PrimaryCare: (
        Held(
            wire=wire.Patient,
            to_record=general_practitioner,
            points_to=lambda patient: patient.general_practitioner,
            also_fetched=("Practitioner", "Organization"),
        ),
        Held(
            wire=wire.CareTeam,
            to_record=care_team,
            has_subject=True,
            points_to=lambda team: (*(one.member for one in team.participant), *team.managing_organization),
            also_fetched=("Practitioner", "Organization"),
        ),
    ),
    Pregnancy: (
        Held(
            wire=wire.EpisodeOfCare,
            to_record=pregnancy,
            points_to=lambda episode: (episode.managing_organization,),
        ),
    ),
}
"""Most classes are asked for whole: the dates that can be searched are not those a record is known by, or leave out
what is undated."""


def slice_of(question: Question[Record], held: Held) -> dict[str, str | list[str]]:
    """The search parameters of a slice.

    Dates are asked a day wider: a server in another time zone would cut off the first and last hours. Whoever asked
    filters again.
    """
    wanted: dict[str, str | list[str]] = {
        "date": [
            *([f"ge{question.since - _A_DAY}"] if question.since else []),
            *([f"le{question.until + _A_DAY}"] if question.until else []),
        ],
        "code": ",".join(map(escaped, question.codes)),
        "category": ",".join(_category_codes(question.category)),
    }
    return {name: value for name, value in wanted.items() if value and name in held.slices}


def narrowed(question: Question[Record], asked: Container[str]) -> Question[Record] | None:
    """The slice that a search asks for, as widely as it asks; None where it asks for everything.

    Args:
        question: as it was put.
        asked: names of the search's parameters.
    """
    if not question.is_slice:
        return None
    dated = "date" in asked
    slice_ = Question(
        about=question.about,
        since=question.since - _A_DAY if dated and question.since else None,
        until=question.until + _A_DAY if dated and question.until else None,
        codes=question.codes if "code" in asked else (),
        category=question.category if "category" in asked else None,
    )
    return None if slice_ == Question(about=question.about) else slice_


def _category_codes(category: str | None) -> tuple[str, ...]:
    return next((codes for known, codes in CATEGORY_CODES.items() if known.value == category), ())


def escaped(value: str) -> str:
    r"""A search value in which nothing separates (R4 search, 3.1.1.5): ``a,b`` becomes ``a\,b``."""
    return "".join(f"\\{char}" if char in "\\,$" else char for char in value)
