"""What one system of the city holds, as FHIR R4 resources."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from tests.sandbox.people.model import Person, Visit
from tests.sandbox.render.fhir_history import allergy, problem
from tests.sandbox.render.fhir_immunization import immunization
from tests.sandbox.render.fhir_observations import observations
from tests.sandbox.render.fhir_papers import papers
from tests.sandbox.render.fhir_parts import Desk, Resource
from tests.sandbox.render.fhir_people import organisations, patient, practitioners
from tests.sandbox.render.fhir_planning import antenatal_care, appointments, plan, referrals
from tests.sandbox.render.fhir_visits import diagnoses, encounter, orders


def resources(
    people: Iterable[Person], system: Literal["hospital-a", "hospital-b", "vaccination"]
) -> list[dict[str, Any]]:
    """Every resource of the system about these people: organisations, practitioners, then person by person.

    Each system has its own ids; the citizen number stands in ``Patient.identifier`` and nowhere else.
    """
    desk = Desk(system)
    made = [*organisations(desk), *practitioners(desk)]
    for person in people:
        if person.known_to(system):
            made += [patient(desk, person), *_records(desk, person)]
    return made


def _records(desk: Desk, person: Person) -> Iterator[Resource]:
    for visit in person.visits:
        if desk.holds(visit.facility):
            yield from _visit(desk, person, visit)
    yield from (problem(desk, person, item) for item in person.conditions if desk.holds(item.facility))
    yield from (allergy(desk, person, item) for item in person.allergies if desk.holds(item.facility))
    yield from appointments(desk, person)
    yield from referrals(desk, person)
    yield from antenatal_care(desk, person)
    for item in person.conditions:
        yield from plan(desk, person, item)
    yield from (immunization(desk, person, dose) for dose in person.doses if desk.system in dose.recorded_by)


def _visit(desk: Desk, person: Person, visit: Visit) -> Iterator[Resource]:
    yield encounter(desk, person, visit)
    yield from diagnoses(desk, person, visit)
    yield from orders(desk, person, visit)
    yield from observations(desk, person, visit)
    yield from papers(desk, person, visit)
