"""Patients, organisations and practitioners of one system."""

from collections.abc import Iterator

from tests.sandbox.people.model import Person
from tests.sandbox.people.places import DEPARTMENTS, FACILITIES, HEALTH_STATION
from tests.sandbox.render.fhir_parts import (
    CITIZEN_NUMBER,
    FACILITY_CODE,
    OPENED,
    OWN,
    Desk,
    Resource,
    kept,
    noted,
    settled,
)


def organisations(desk: Desk) -> Iterator[Resource]:
    """A hospital knows itself; the vaccination register knows every place that vaccinates."""
    for facility in FACILITIES.values():
        if desk.system in (facility.system, "vaccination"):
            yield desk.resource(
                "Organization",
                facility.code,
                updated=OPENED,
                identifier=[{"system": FACILITY_CODE, "value": facility.code}],
                active=True,
                name=facility.name,
            )


def practitioners(desk: Desk) -> Iterator[Resource]:
    """One doctor for each department of a hospital."""
    if desk.system == "vaccination":
        return
    for number, department in enumerate(DEPARTMENTS, 1):
        yield desk.resource(
            "Practitioner",
            department,
            updated=OPENED,
            identifier=[{"system": f"{OWN}:licence", "value": f"{number:06d}/MAU-CCHN"}],
            active=True,
            name=[{"text": doctor(desk, department), "prefix": ["BS."]}],
        )


def doctor(desk: Desk, department: str) -> str:
    """An obviously invented name, such as ``Bác sĩ Mẫu Tim mạch A``."""
    return f"Bác sĩ Mẫu {DEPARTMENTS[department].split(' ', 1)[1]} {desk.system[-1].upper()}"


def patient(desk: Desk, person: Person) -> Resource:
    """The person in this system's hand; hospital B asks neither for a telephone nor for an address."""
    written = person.as_written_by(desk.system)
    brief = desk.system == "hospital-b"
    family, _, given = (written.name or "").partition(" ")
    return desk.resource(
        "Patient",
        person.key,
        updated=max(
            (settled(v) for v in person.visits if desk.holds(v.facility)), default=noted(person.birth_date.isoformat())
        ),
        identifier=[
            {"use": "official", "system": CITIZEN_NUMBER, "value": person.personal_id},
            {"use": "usual", "system": f"{OWN}:mrn:{desk.system}", "value": _record_number(desk, person)},
        ],
        active=True,
        name=[{"use": "official", "text": written.name, "family": family, "given": given.split()}],
        telecom=None if brief or not person.phone else [{"system": "phone", "value": person.phone}],
        gender=person.sex,
        birthDate=written.birth_date,
        deceasedDateTime=person.deceased.isoformat() if person.deceased else None,
        address=None if brief else [kept(use="home", text=person.address, country="VN")],
        generalPractitioner=_family_doctor(desk, person),
        managingOrganization=_home(desk),
    )


def _family_doctor(desk: Desk, person: Person) -> list[Resource] | None:
    """Hospital A knows the doctor by number, and the health station by name alone."""
    if person.family_doctor is None or desk.system != "hospital-a":
        return None
    station = {"type": "Organization", "display": FACILITIES[HEALTH_STATION].name}
    return [station, desk.ref("Practitioner", person.family_doctor)]


def _home(desk: Desk) -> Resource | None:
    own = next((f.code for f in FACILITIES.values() if f.system == desk.system), None)
    return desk.ref("Organization", own) if own else None


def _record_number(desk: Desk, person: Person) -> str:
    """The number on the file's cover, of no meaning elsewhere: it counts the other way round in each hospital."""
    if desk.system == "hospital-a":
        return f"A{10_000 + 7 * person.serial}"
    return f"{desk.system[0].upper()}-{90_000 - 3 * person.serial}"
