"""The city's people are coherent: with themselves, with each other, and over every system that knows them."""

import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path
from typing import get_args

import pytest

from connectors.clock import HO_CHI_MINH
from tests.sandbox.people import REFERENCE_DATE, assemble, by_key, everyone
from tests.sandbox.people.making import birthday
from tests.sandbox.people.model import Person
from tests.sandbox.people.numbers import agrees, personal_id
from tests.sandbox.people.places import FhirSystem, System
from tests.sandbox.people.table import table
from tests.sandbox.render import appointments, fhir, hospital_xml, immunization_book, insurance, register

PEOPLE = everyone()
README = Path(__file__).parent / "people" / "README.md"
EVERY_PERSON = pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
END_OF_TODAY = datetime.combine(REFERENCE_DATE, time.max, HO_CHI_MINH)
BENEFIT_OF_GROUP = {"TE": 1, "BT": 2, "HT": 3, "CN": 3} | dict.fromkeys(("DN", "HC", "HS", "HX", "GD", "SV"), 4)
"""Object group of a card to its benefit digit (decision 1018/QĐ-BHXH), for the groups that live here."""


def numbers_of(person: Person) -> dict[str, str]:
    held = person.card
    cards = {"card": held.number, "bhxh": held.social_insurance_number} if held else {}
    return {"personal": person.personal_id, **cards}


@EVERY_PERSON
def test_numbers_have_the_right_form_and_are_the_citys_own(person: Person) -> None:
    assert re.fullmatch(r"079\d{3}998\d{3}", person.personal_id)
    assert agrees(person.personal_id, person.birth_date, person.sex)
    assert person.phone is None or re.fullmatch(r"0900000\d{3}", person.phone)
    if person.card:
        assert int(person.card.number[2]) == BENEFIT_OF_GROUP[person.card.number[:2]]
        assert re.fullmatch(r"[A-Z]{2}[1-5]797999998\d{3}", person.card.number)
        assert re.fullmatch(r"7999998\d{3}", person.card.social_insurance_number)
        assert person.card.number.endswith(person.card.social_insurance_number)


def test_no_number_key_or_name_belongs_to_two() -> None:
    for values in (
        [person.key for person in PEOPLE],
        [person.name for person in PEOPLE],
        [person.phone for person in PEOPLE if person.phone],
        [number for person in PEOPLE for number in numbers_of(person).values()],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


@EVERY_PERSON
def test_everybody_is_obviously_invented_and_introduced(person: Person) -> None:
    assert "Mẫu" in person.name.split()
    assert unicodedata.is_normalized("NFC", person.name)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", person.key)
    assert person.story.endswith(".")


def test_a_number_that_contradicts_birth_or_sex_cannot_be_made() -> None:
    born = date(2001, 2, 3)
    assert personal_id(born, "female", 7) == "079301998007"
    assert not agrees(personal_id(born, "female", 7), born, "male")
    assert not agrees(personal_id(born, "female", 7), date(1901, 2, 3), "female")
    with pytest.raises(ValueError, match="serial"):
        personal_id(born, "male", 1000)


@EVERY_PERSON
def test_relatives_live_in_the_city_and_are_old_enough(person: Person) -> None:
    known = {someone.personal_id: someone for someone in PEOPLE}
    for number, sex in ((person.father, "male"), (person.mother, "female")):
        if number:
            assert known[number].sex == sex
            assert birthday(known[number].birth_date, 16) <= person.birth_date
    if person.spouse:
        assert known[person.spouse].spouse == person.personal_id
    if person.guardian:
        assert any(right.dependant == person.personal_id for right in known[person.guardian].represents)


@EVERY_PERSON
def test_rights_fit_the_family(person: Person) -> None:
    known = {someone.personal_id: someone for someone in PEOPLE}
    for right in person.represents:
        dependant = known[right.dependant]
        if right.kind == "parent":
            assert person.personal_id in {dependant.father, dependant.mother}
            assert right.valid_from == dependant.birth_date
        else:
            assert dependant.guardian == person.personal_id


@EVERY_PERSON
def test_nothing_happens_before_birth_after_death_or_tomorrow(person: Person) -> None:
    end = person.deceased or REFERENCE_DATE
    for visit in person.visits:
        assert person.birth_date <= visit.start.date() <= end
        assert visit.end is None or visit.start < visit.end <= END_OF_TODAY
    for dose in person.doses:
        assert dose.on >= person.birth_date.isoformat()[: len(dose.on)]
        assert (dose.on > REFERENCE_DATE.isoformat()) == (dose.status == "planned")


@EVERY_PERSON
def test_whoever_has_an_appointment_lives_to_keep_it_and_it_is_to_come(person: Person) -> None:
    times = [planned.at for planned in person.appointments]
    assert all(at > END_OF_TODAY for at in times)
    assert len(set(times)) == len(times)
    assert not (times and person.deceased)


def test_the_people_of_the_book_and_of_the_appointments_are_those_of_the_stories() -> None:
    """Few have an entry in the book: it repeats the doses of the vaccination register."""
    entries = {person.key: person.book_entry for person in PEOPLE if person.book_entry}
    assert set(entries) == {"bin", "linh", "lan"}
    assert len(set(entries.values())) == len(entries)
    assert {person.key for person in PEOPLE if person.appointments} == {"an", "ngoc", "nhi", "phuc"}


@EVERY_PERSON
def test_two_visits_never_begin_together_and_only_the_insured_are_paid_for(person: Person) -> None:
    starts = [visit.start for visit in person.visits]
    assert len(set(starts)) == len(starts)
    assert person.card is not None or not person.insurance_visits


@EVERY_PERSON
def test_doses_against_a_disease_are_counted_without_gap_or_repetition(person: Person) -> None:
    """A five-in-one counts for five diseases; whoever counts products instead gets another series."""
    given = sorted((dose for dose in person.doses if dose.status == "completed"), key=lambda dose: dose.on)
    counts: dict[str, list[int]] = {}
    for dose in given:
        for disease, number in dose.numbers:
            counts.setdefault(disease, []).append(number)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in counts.values())


def test_the_promised_stories_are_told() -> None:
    """What journeys rely on: change a story and this says which promise broke."""
    assert by_key("phong").birth_date == date(2008, 10, 15)
    assert [right.valid_until for right in by_key("tuyet").represents] == [date(2026, 10, 14)]
    assert [right.barred for right in by_key("hung").represents] == [True]
    assert [right.kind for right in by_key("xuan").represents] == ["guardian"]
    assert {right.kind for right in by_key("hien").represents} == {"court"}
    assert by_key("thai").deceased is not None
    assert by_key("dat").card is None
    ages = {key: _age(by_key(key)) for key in ("nhi", "be-an", "bin", "bong", "phong", "ti")}
    assert ages == {"nhi": 0, "be-an": 9, "bin": 6, "bong": 7, "phong": 18, "ti": 11}
    codes = {key: card.code for key in ("mai", "be-an", "vinh", "quang") if (card := by_key(key).card)}
    assert codes == {"mai": "003", "be-an": "004", "vinh": "010", "quang": "110"}
    assert sum(len(visit.results) for visit in by_key("son").visits) > 300
    assert {fault for person in PEOPLE for fault in person.faults.values()} == {
        "slow",
        "down",
        "garbage",
        "wrong_person",
    }


def test_someone_is_known_nowhere_and_someone_to_one_hospital_alone() -> None:
    systems: tuple[System, ...] = ("hospital-a", "hospital-b", "vaccination", "insurance", "health-station")
    assert [system for system in systems if by_key("trang").known_to(system)] == []
    assert [system for system in systems if by_key("loan").known_to(system)] == ["hospital-b", "insurance"]


def test_twins_share_all_but_the_given_name_and_the_end_of_the_number() -> None:
    one, other = by_key("linh"), by_key("lan")
    assert (one.birth_date, one.sex, one.address, one.mother) == (
        other.birth_date,
        other.sex,
        other.address,
        other.mother,
    )
    assert one.personal_id[:9] == other.personal_id[:9]
    assert one.name.split()[:-1] == other.name.split()[:-1]


def test_a_key_that_nobody_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        by_key("khong-co")


def test_every_run_tells_the_same_stories() -> None:
    assert assemble() == PEOPLE


def test_another_process_renders_the_same_bytes() -> None:
    """No hash seed, clock or set order reaches the output."""
    code = "from tests.sandbox.test_people import rendering; print(rendering())"
    runs = {
        subprocess.run(  # noqa: S603 - our own interpreter and a constant
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "America/New_York"))
    }
    assert len(runs) == 1


def rendering() -> str:
    """A fingerprint of everything the city says."""
    said = [
        *(fhir.resources(PEOPLE, system) for system in get_args(FhirSystem)),
        *((insurance.card(person), insurance.history(person)) for person in PEOPLE),
        *((register.congdan(person, PEOPLE), register.dependants(person, PEOPLE)) for person in PEOPLE),
        *(hospital_xml.dossiers(person).decode() for person in PEOPLE),
        *((immunization_book.contents(person), appointments.appointments(person)) for person in PEOPLE),
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def test_the_readme_shows_the_true_table() -> None:
    assert table(PEOPLE) in README.read_text(encoding="utf-8")


def _age(person: Person) -> int:
    years = REFERENCE_DATE.year - person.birth_date.year
    return years - (birthday(person.birth_date, years) > REFERENCE_DATE)
