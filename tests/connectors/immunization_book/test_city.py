"""The children of the sandbox city who have an entry, read from the city's own book."""

from collections.abc import AsyncIterator

import pytest

from connectors.contract import Subject
from connectors.immunization_book.client import ImmunizationBookSource
from connectors.records import PartialDate
from tests.connectors.immunization_book.book import PASSWORD, PHONE, ask, options
from tests.connectors.serving import serving
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.people import Person, by_key, everyone
from tests.sandbox.people.vaccines import DISEASES, VACCINES
from tests.sandbox.render.immunization_book import contents
from tests.sandbox.servers.immunization_book import immunization_book_app


@pytest.fixture
async def book() -> AsyncIterator[ImmunizationBookSource]:
    """A source in front of the city's book."""
    clock = HeldClock()
    entries = {person.personal_id: entry for person in everyone() if (entry := contents(person))}
    async with serving(immunization_book_app(entries, phone=PHONE, password=PASSWORD, clock=clock)) as server:
        source = ImmunizationBookSource("vaccination-book", options(url=server.url, deadline=30), clock=clock)
        yield source
        await source.close()


def subject(person: Person) -> Subject:
    born = PartialDate(person.birth_date.isoformat())
    return Subject(ref=person.key, personal_id=person.personal_id, name=person.name, birth_date=born)


@pytest.mark.parametrize("key", ["bin", "linh", "lan"])
async def test_every_dose_of_the_story_is_there_once(book: ImmunizationBookSource, key: str) -> None:
    """With its day, product, lot and diseases; refusals and errors are in no book."""
    answer = await ask(book, subject(by_key(key)))
    assert (answer.dropped, answer.truncated) == (0, False)
    found = {
        (dose.on, dose.vaccine.text, dose.lot, frozenset(disease.text for disease in dose.target_diseases))
        for dose in answer.records
    }
    wanted = {
        (dose.on, VACCINES[dose.vaccine].text, dose.lot, frozenset(DISEASES[name].text for name, _ in dose.numbers))
        for dose in by_key(key).doses
        if dose.status == "completed"
    }
    assert found == wanted
    assert len(answer.records) == len(wanted)


async def test_the_reaction_of_one_twin_is_not_the_other_ones(book: ImmunizationBookSource) -> None:
    """Her entry repeats no number: it is proved by her name, which is nearly her sister's."""
    reactions = {
        key: [reaction.text for dose in (await ask(book, subject(by_key(key)))).records for reaction in dose.reactions]
        for key in ("linh", "lan")
    }
    assert reactions == {"linh": [], "lan": ["Sốt trên 38,5 °C"]}


async def test_diseases_have_the_same_common_code_as_in_the_other_register(book: ImmunizationBookSource) -> None:
    """Where the book's table has the antigen."""
    codes = {disease.text: disease.icd10 for disease in DISEASES.values()}
    answer = await ask(book, subject(by_key("linh")))
    coded = {
        (disease.text, coding.code)
        for dose in answer.records
        for disease in dose.target_diseases
        for coding in disease.codings
        if coding.system == "http://hl7.org/fhir/sid/icd-10"
    }
    assert len(coded) > 8
    assert all(codes[text] == code for text, code in coded)


async def test_whoever_has_no_entry_has_an_empty_answer(book: ImmunizationBookSource) -> None:
    answer = await ask(book, subject(by_key("be-an")))
    assert (answer.records, answer.dropped) == ((), 0)
