"""What the kind knows how to ask for: one line per resource type, and the line is the documentation."""

from collections.abc import Container, Mapping
from datetime import timedelta
from typing import Any

from connectors.contract import Question
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.care import ALLERGY, CONDITION
from connectors.fhir.mapping.citizen import DEMOGRAPHICS
from connectors.fhir.mapping.claim import DECIDED, HANDED_IN
from connectors.fhir.mapping.elements import Unreadable
from connectors.fhir.mapping.encounter import ENCOUNTER
from connectors.fhir.mapping.immunization import IMMUNIZATION
from connectors.fhir.mapping.insurance import COVERAGE
from connectors.fhir.mapping.medication import DISPENSE, PRESCRIPTION, STATEMENT
from connectors.fhir.mapping.observation import CATEGORY_CODES, OBSERVATION
from connectors.fhir.mapping.planning import APPOINTMENT, CARE_PLAN, REFERRAL
from connectors.fhir.mapping.programmes import CARE_TEAM, GENERAL_PRACTITIONER, PREGNANCY
from connectors.fhir.mapping.reading import Readings
from connectors.fhir.mapping.results import DOCUMENT, PROCEDURE, REPORT
from connectors.fhir.mapping.table import Table
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
_SEPARATORS = str.maketrans({char: f"\\{char}" for char in "\\,$"})


class Held:
    """How one resource type is asked for and read."""

    def __init__(
        self,
        table: Table,
        *,
        has_subject: bool = False,
        slices: frozenset[str] = frozenset(),
        includes: tuple[str, ...] = (),
    ) -> None:
        """A line of ``HELD``.

        Args:
            table: how it becomes records.
            has_subject: whether R4 defines the search parameter ``subject`` for the type; ``patient`` it has for all
                of these.
            slices: search parameters by which a slice may be asked for without losing a record of it.
            includes: values of ``_include`` by which what records point to comes along.
        """
        self.table = table
        self.type = table.type
        self.wire = table.wire
        self.has_subject = has_subject
        self.slices = slices
        self.includes = includes
        self.readings = Readings(table)

    def to_record(self, resource: Any, around: Around) -> Record | None:
        """The record of one resource, with everything; None where it is no record of that class.

        Raises:
            Unreadable: it cannot be read.
        """
        records, dropped = self.readings.whole.build((resource,), around)
        if dropped:
            raise Unreadable(self.type)
        return next(iter(records), None)


HELD: Mapping[type[Record], tuple[Held, ...]] = {
    Demographics: (Held(DEMOGRAPHICS),),
    Encounter: (Held(ENCOUNTER, has_subject=True, slices=frozenset({"date"}), includes=("Encounter:diagnosis",)),),
    Condition: (Held(CONDITION, has_subject=True),),
    Allergy: (Held(ALLERGY),),
    Medication: (
        Held(PRESCRIPTION, has_subject=True, includes=("MedicationRequest:medication",)),
        Held(DISPENSE, has_subject=True, includes=("MedicationDispense:medication",)),
        Held(STATEMENT, has_subject=True, includes=("MedicationStatement:medication",)),
    ),
    Observation: (Held(OBSERVATION, has_subject=True, slices=frozenset({"date", "code", "category"})),),
    Immunization: (Held(IMMUNIZATION, slices=frozenset({"date"})),),
    Coverage: (Held(COVERAGE),),
    Claim: (Held(DECIDED), Held(HANDED_IN)),
    Report: (Held(REPORT, has_subject=True),),
    Procedure: (Held(PROCEDURE, has_subject=True),),
    Document: (Held(DOCUMENT, has_subject=True),),
    Referral: (Held(REFERRAL, has_subject=True),),
    Appointment: (Held(APPOINTMENT),),
    CarePlan: (Held(CARE_PLAN, has_subject=True),),
    PrimaryCare: (Held(GENERAL_PRACTITIONER), Held(CARE_TEAM, has_subject=True)),
    Pregnancy: (Held(PREGNANCY),),
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
    return value.translate(_SEPARATORS)
