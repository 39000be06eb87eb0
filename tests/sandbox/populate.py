"""Putting the people of the city into its systems, each in the system's own format."""

from collections.abc import Sequence
from typing import get_args

from tests.sandbox.contents import Contents
from tests.sandbox.people import Person
from tests.sandbox.people.places import FhirSystem
from tests.sandbox.render import (
    appointments,
    fhir,
    hospital_xml,
    immunization_book,
    insurance,
    insurance_money,
    register,
)


def contents_of(people: Sequence[Person]) -> Contents:
    """Render the people into every system."""
    return Contents(
        people=people,
        resources={system: fhir.resources(people, system) for system in get_args(FhirSystem)},
        cards={person.personal_id: insurance.card(person) for person in people},
        histories={person.personal_id: insurance.history(person) for person in people},
        files={file: answer for person in people for file, answer in insurance_money.files(person).items()},
        co_payments={person.personal_id: insurance_money.co_payments(person) for person in people},
        citizens={person.personal_id: register.congdan(person, people) for person in people},
        dependants={person.personal_id: register.dependants(person, people) for person in people},
        representatives={person.personal_id: register.representatives(person, people) for person in people},
        dossiers={
            person.personal_id: hospital_xml.dossiers(person) for person in people if person.known_to("health-station")
        },
        book={person.personal_id: entry for person in people if (entry := immunization_book.contents(person))},
        appointments={
            person.personal_id: appointments.appointments(person) for person in people if person.appointments
        },
        faults={(system, person.personal_id): fault for person in people for system, fault in person.faults.items()},
    )
