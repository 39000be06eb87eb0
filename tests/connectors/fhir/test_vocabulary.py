"""Words of code systems are kept beyond the answer in which they were met, and nothing else ever is."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from msgspec import structs

from connectors.fhir.datatypes import CodeableConcept
from connectors.fhir.held import HELD, Held
from connectors.fhir.joining import told
from connectors.fhir.mapping.shared import meaning
from connectors.fhir.mapping.vocabulary import Vocabulary
from connectors.fhir.pages import Found
from connectors.records import Claim, CodedText, Encounter, Immunization, Observation, Record, lasting
from connectors.reply import Reply
from tests.connectors.fhir.filled import filled
from tests.connectors.fhir.reading import around
from tests.connectors.fhir.shelf import bundle

LOINC = "http://loinc.org"
PULSE: dict[str, Any] = {"coding": [{"system": LOINC, "code": "8867-4", "display": "Heart rate"}], "text": "Heart rate"}
ONE = {"sequence": 1, "diagnosisCodeableConcept": PULSE}
JSON = {"content-type": "application/fhir+json"}


def answered(about: type[Record], wanted: str, said: Iterable[dict[str, Any]]) -> list[Any]:
    """What one answer with these elements gives for a field."""
    held = HELD[about][0]
    page = [filled(held) | {"id": f"r{number}"} | one for number, one in enumerate(said)]
    found = Found(held.readings.narrowed(frozenset({wanted})))
    found.read(Reply(status=200, headers=JSON, body=msgspec.json.encode(bundle(page))))
    return [getattr(record, wanted) for record in told(found, around()).records]


def vocabulary(held: Held, element: str) -> Vocabulary:
    """A new one for an element."""
    (field,) = (one for one in structs.fields(held.wire) if one.name == element)
    return Vocabulary(field.type, field.default, None)


def kept(held: Held, element: str, said: Any) -> bool:
    """Whether it outlives its answer."""
    new, written = vocabulary(held, element), msgspec.json.encode(said)
    return new.keep(written, new.make(written)) and list(new.words) == [written]


OBSERVATION, ENCOUNTER, CLAIM = HELD[Observation][0], HELD[Encounter][0], HELD[Claim][0]


@pytest.mark.parametrize(
    ("held", "element", "said"),
    [
        (OBSERVATION, "code", PULSE),
        (OBSERVATION, "code", {"coding": PULSE["coding"]}),
        (
            OBSERVATION,
            "code",
            {"coding": [{"system": LOINC, "version": "2.77", "code": "8867-4", "userSelected": True}]},
        ),
        (OBSERVATION, "category", [PULSE, PULSE]),
        (ENCOUNTER, "service_type", PULSE),
        (ENCOUNTER, "service_type", [PULSE]),
        (CLAIM, "diagnosis", [ONE]),
        (CLAIM, "diagnosis", [ONE | {"type": [PULSE]}]),
    ],
)
def test_words_of_a_code_system_are_kept(held: Held, element: str, said: Any) -> None:
    assert kept(held, element, said)


@pytest.mark.parametrize(
    ("held", "element", "said"),
    [
        pytest.param(OBSERVATION, "code", {"text": "Mẫu"}, id="an author's own words"),
        pytest.param(OBSERVATION, "code", PULSE | {"text": "Mẫu"}, id="an author's own words beside a code"),
        pytest.param(OBSERVATION, "code", {"coding": [{"code": "1"}]}, id="a code of nobody's"),
        pytest.param(OBSERVATION, "code", {"coding": [{"system": "", "code": "1"}]}, id="a code of an empty system"),
        pytest.param(OBSERVATION, "code", {"coding": [{"system": LOINC, "display": "Mẫu"}]}, id="no code"),
        pytest.param(OBSERVATION, "code", {"coding": []}, id="nothing"),
        pytest.param(OBSERVATION, "code", None, id="null"),
        pytest.param(OBSERVATION, "code", PULSE | {"extension": [{"valueString": "Mẫu"}]}, id="an extension"),
        pytest.param(
            OBSERVATION, "code", {"coding": [PULSE["coding"][0] | {"id": "Mẫu"}]}, id="an element of the code's own"
        ),
        pytest.param(OBSERVATION, "code", {"coding": [{"system": LOINC, "code": "1" * 512}]}, id="too long for a word"),
        pytest.param(OBSERVATION, "category", [PULSE, {"text": "Mẫu"}], id="one of several"),
        pytest.param(OBSERVATION, "subject", {"reference": "Patient/p1"}, id="a reference"),
        pytest.param(OBSERVATION, "identifier", [{"system": LOINC, "value": "1"}], id="an identifier"),
        pytest.param(OBSERVATION, "effective_date_time", "2026-05-04", id="a date"),
        pytest.param(ENCOUNTER, "location", [{"location": {"display": "Mẫu"}}], id="a place"),
        pytest.param(ENCOUNTER, "service_type", {"concept": PULSE, "reference": {"reference": "a/b"}}, id="both"),
        pytest.param(CLAIM, "diagnosis", [ONE, ONE], id="several diagnoses"),
        pytest.param(CLAIM, "diagnosis", [ONE | {"diagnosisReference": {"reference": "a/b"}}], id="a pointer"),
    ],
)
def test_nothing_else_outlives_its_answer(held: Held, element: str, said: Any) -> None:
    assert not kept(held, element, said)


def test_the_same_words_are_the_very_same_in_every_answer() -> None:
    """In one list and in another citizen's, and whichever fields are wanted."""
    first, second = answered(Observation, "code", [{"code": PULSE}] * 2)
    (third,) = answered(Observation, "code", [{"code": PULSE, "status": "amended"}])
    assert first == CodedText(text="Heart rate", codings=first.codings)
    assert first is second is third


@pytest.mark.parametrize("own", [{"text": "Mẫu"}, {"extension": [{"url": "urn:x", "valueString": "Mẫu"}]}])
def test_what_is_not_kept_is_read_as_ever(own: dict[str, Any]) -> None:
    """Many in one answer, between such as are kept."""
    said = [
        PULSE | own | {"coding": [{"system": LOINC, "code": str(n % 7), "display": "Heart rate"}]} for n in range(20)
    ]
    codes = answered(Observation, "code", [{"code": one} for one in (*said, PULSE)])
    assert [code.codings[0].code for code in codes] == [*(str(n % 7) for n in range(20)), "8867-4"]
    assert {code.text for code in codes[:-1]} == {own.get("text", "Heart rate")}
    again = answered(Observation, "code", [{"code": said[0]}])
    assert again[0] == codes[0]
    assert again[0] is not codes[0]


def test_what_cannot_be_read_but_is_not_looked_at_is_not_kept() -> None:
    """It costs nobody a record."""
    new, written = vocabulary(OBSERVATION, "code"), msgspec.json.encode(PULSE | {"coding": [{"version": "@"}]})
    broken = written.replace(b"@", b"\xff")
    assert new.make(broken).text == "Heart rate"
    assert not new.keep(broken, None)


def test_each_maker_has_words_of_its_own() -> None:
    """The same element under the same words is one thing to one field and another to the next."""
    (vaccine,) = answered(Immunization, "vaccine", [{"vaccineCode": PULSE, "site": PULSE}])
    (site,) = answered(Immunization, "site", [{"vaccineCode": PULSE, "site": PULSE}])
    assert (vaccine.text, site) == ("Heart rate", "Heart rate")


def test_a_source_that_writes_ever_new_codes_makes_nothing_grow() -> None:
    """And what it pushed out is learnt again."""
    new = vocabulary(OBSERVATION, "code")
    sizes = set()
    for number in range(5000):
        written = msgspec.json.encode({"coding": [{"system": "urn:hostile", "code": str(number)}]})
        assert new.keep(written, new.make(written))
        sizes.add(len(new.words))
    assert max(sizes) <= 1024
    assert new.words[written].coding[0].code == "4999"


def test_of_what_is_kept_it_is_known_that_it_lasts() -> None:
    """Until it is pushed out: others keep what they make of it."""
    new = Vocabulary(CodeableConcept | None, None, meaning)
    made = []
    for number in range(2049):
        written = msgspec.json.encode({"coding": [{"system": "urn:s", "code": str(number)}]})
        made.append(new.make(written))
        assert not lasting.lasts(made[-1])
        assert new.keep(written, made[-1])
        assert lasting.lasts(made[-1])

    assert [one for one in made if lasting.lasts(one)] == made[-1:]
    own = msgspec.json.encode(PULSE | {"text": "Mẫu"})
    told = new.make(own)
    new.keep(own, told)
    assert not lasting.lasts(told)


def test_threads_that_read_and_write_at_once_read_what_was_written() -> None:
    """Also where it is begun anew meanwhile: an answer reads on in what it began with."""
    new = Vocabulary(CodeableConcept | None, None, meaning)

    def read(begin: int) -> list[str]:
        words, codes = new.words, []
        for number in range(begin, begin + 3000):
            written = msgspec.json.encode({"coding": [{"system": "urn:s", "code": str(number % 4000)}]})
            if written in words:
                made = words[written]
            else:
                made = new.make(written)
                new.keep(written, made)
            codes.append(made.text)
        return codes

    with ThreadPoolExecutor(4) as threads:
        for begin, codes in zip(range(0, 8000, 1000), threads.map(read, range(0, 8000, 1000)), strict=True):
            assert codes == [str(number % 4000) for number in range(begin, begin + 3000)]
