"""An entry is created once, also by servers that do not honour conditions; a confirmation is held against it."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import orjson
import pytest
from msgspec import structs

from connectors.contract import Basis, Purpose, Subject
from connectors.errors import Denied, KeyReused, Overloaded, Rejected, SourceError, Unconfirmed
from connectors.fhir.client import FhirSource
from connectors.records import Allergy
from connectors.writing import Correction, Entry, Mandate, MeasuredPart, Measurement, Receipt
from tests.connectors.conformance import inquiry_of
from tests.connectors.fhir.samples import BINH, HOA, NOBODY, Resource, options, patient, weight
from tests.connectors.fhir.shelf import BASE, Shelf, bundle, reply
from tests.connectors.serving import PATIENCE

ENTRY = Measurement(
    code="29463-7",
    display="Body weight",
    text="Cân nặng",
    parts=(MeasuredPart(code="29463-7", display="Body weight", value=Decimal("52.50"), unit="kg"),),
    at=datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC),
)


class Deaf(Shelf):
    """A server that creates whatever it is sent, whatever the condition, and finds nothing by identifier."""

    def __init__(self) -> None:
        super().__init__()
        self.says["Patient"] = lambda request: reply(
            bundle(
                patient(id_, whose)
                for id_, whose in (("p1", HOA), ("p2", BINH))
                if whose.personal_id in request.content.decode()
            )
        )
        self.created: list[Resource] = []
        self.answer: Any = None
        self.says["Observation"] = self._observation

    async def _later(self, request: httpx.Request) -> httpx.Response:
        """The answer, after whoever else is about to ask has asked: between search and create others come in."""
        said = self._answer(request)
        for _ in range(50):
            await asyncio.sleep(0)
        return said

    def source(self, url: str = BASE, **more: Any) -> FhirSource:
        """As a shelf's, with the answers late."""
        given = options(url, **{"capabilities": "ignore"} | more)
        return FhirSource("hospital", given, clock=self.clock, transport=httpx.MockTransport(self._later))

    def _observation(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("_search"):
            return reply(bundle([weight("other", "p2"), *self.created]))
        made = orjson.loads(request.content) | {"id": f"n{len(self.created)}"}
        self.created.append(made)
        return self.answer(made) if self.answer else reply(made, status=201)


async def write(server: Shelf, *, subject: Subject = HOA, entry: Entry = ENTRY, times: int = 1) -> list[Receipt]:
    """Bring the entry so often at once, each time in an inquiry of its own."""
    source = server.source(takes=("Measurement", "Correction"))
    mandate = Mandate(subject=subject, purpose=Purpose.SELF, basis=Basis.SELF, of=type(entry))
    inquiries = [inquiry_of(PATIENCE) for _ in range(times)]
    try:
        return await asyncio.gather(*(source.write(entry, "key", mandate, one) for one in inquiries))
    finally:
        for one in inquiries:
            await one.close()
        await source.close()


async def test_the_entry_is_sent_with_its_key_as_identifier_and_condition() -> None:
    """The number is exact, and neither key nor citizen number stands in the entry or in an address."""
    server = Deaf()
    (receipt,) = await write(server)
    sent = server.requests[-1]
    (identifier,) = server.created[0]["identifier"]

    assert sent.headers["if-none-exist"] == f"identifier={identifier['system']}|{identifier['value']}"
    assert b'"value":52.50,' in sent.content
    assert HOA.personal_id not in f"{sent.url}{sent.headers}{sent.content.decode()}"
    assert receipt.record is not None
    assert receipt.record.provenance[0].source_record_id == "n0"
    assert receipt.record.at == ENTRY.at


async def test_a62_a_server_that_ignores_the_condition_creates_it_once_all_the_same() -> None:
    """It is searched for by its key first, and equal entries wait for each other."""
    server = Deaf()
    receipts = await write(server, times=12)
    receipts += await write(server)
    assert len(server.created) == 1
    assert len({receipt.record and receipt.record.id for receipt in receipts}) == 1


async def test_the_same_key_of_another_citizen_is_another_key() -> None:
    """Whoever guesses a key learns nothing by it."""
    server = Deaf()
    await write(server)
    await write(server, subject=BINH)
    assert len({made["identifier"][0]["value"] for made in server.created}) == 2


async def test_the_key_of_another_entry_is_refused() -> None:
    """Nothing is overwritten and nothing is taken for what it is not."""
    server = Deaf()
    await write(server)
    with pytest.raises(KeyReused):
        await write(server, entry=structs.replace(ENTRY, at=datetime(2026, 11, 22, tzinfo=UTC)))
    assert len(server.created) == 1


async def test_whoever_is_not_known_there_is_not_written_about() -> None:
    server = Shelf([])
    with pytest.raises(Rejected):
        await write(server, subject=NOBODY)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda made: reply(made | {"subject": {"reference": "Patient/p2"}}, status=201), Unconfirmed),
        (lambda made: reply(made | {"identifier": []}, status=201), Unconfirmed),
        (lambda made: reply(made | {"status": "entered-in-error"}, status=201), Unconfirmed),
        (lambda made: reply(made | {"resourceType": "Patient"}, status=201), Unconfirmed),
        (lambda made: reply(made | {"id": None}, status=201), Unconfirmed),
        (lambda made: reply(made | {"valueQuantity": {"value": 525, "code": "kg"}}, status=201), KeyReused),
        (lambda _: reply(b"<html>", status=201), Unconfirmed),
        (lambda _: reply(b"", status=201), Unconfirmed),
        (lambda _: reply({}, status=500), Unconfirmed),
        (lambda _: reply({}, status=412), Rejected),
        (lambda _: reply({}, status=422), Rejected),
        (lambda _: reply({}, status=403), Denied),
        (lambda _: reply({}, status=429), Overloaded),
    ],
)
async def test_only_the_true_confirmation_counts(answer: Any, error: type[SourceError]) -> None:
    """Whatever else comes back, nobody is told that it is recorded."""
    server = Deaf()
    server.answer = answer
    with pytest.raises(error) as raised:
        await write(server)
    assert type(raised.value) is error


async def test_a_server_that_only_says_where_it_is_is_asked_for_it() -> None:
    """``Prefer`` is a wish (R4 section 3.1.0.1.2). The address is read on the same server, whatever host it names."""
    server = Deaf()
    server.answer = lambda made: httpx.Response(
        201,
        stream=httpx.ByteStream(b""),
        headers={"location": f"{BASE}/Observation/{made['id']}/_history/1", "content-type": "application/fhir+json"},
    )
    server.says["Observation/n0"] = lambda _: reply(server.created[0])
    (receipt,) = await write(server)
    assert receipt.record is not None
    assert receipt.record.provenance[0].source_record_id == "n0"


WISH = Correction(
    about=Allergy, record_id="a1", text="Không phải của tôi", at=datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
)


class Patients(Deaf):
    """Takes Communications as well; says of itself whatever a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.says["Communication"] = self._communication

    def _communication(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("_search"):
            return reply(bundle(self.created))
        made = orjson.loads(request.content) | {"id": f"c{len(self.created)}"}
        self.created.append(made)
        return self.answer(made) if self.answer else reply(made, status=201)


async def test_a62_a_wish_for_a_correction_becomes_one_communication_about_the_record() -> None:
    """It names the resource by type and id; the citizen's number stands nowhere in it."""
    server = Patients()
    receipts = await write(server, entry=WISH, times=5)
    (made,) = server.created

    assert made["about"] == [{"reference": "AllergyIntolerance/a1"}]
    assert made["payload"] == [{"contentString": WISH.text}]
    assert made["subject"] == {"reference": "Patient/p1"}
    assert HOA.personal_id not in str(made)
    assert {receipt.record for receipt in receipts} == {None}


@pytest.mark.parametrize(
    ("spoilt", "error"),
    [
        ({"subject": {"reference": "Patient/p2"}}, Unconfirmed),
        ({"identifier": []}, Unconfirmed),
        ({"resourceType": "Observation"}, Unconfirmed),
        ({"payload": [{"contentString": "khác"}]}, KeyReused),
        ({"about": [{"reference": "AllergyIntolerance/other"}]}, KeyReused),
    ],
)
async def test_a_confirmation_that_says_something_else_confirms_nothing(
    spoilt: Resource, error: type[SourceError]
) -> None:
    """Of another person, without the key, another resource, or other words."""
    server = Patients()
    server.answer = lambda made: reply(made | spoilt, status=201)
    with pytest.raises(error):
        await write(server, entry=WISH)


async def test_another_wish_under_the_same_key_is_refused() -> None:
    server = Patients()
    await write(server, entry=WISH)
    with pytest.raises(KeyReused):
        await write(server, entry=structs.replace(WISH, text="khác"))


def test_the_words_of_a_wish_are_in_no_text_form_of_it() -> None:
    """A traceback may print it."""
    assert WISH.text not in repr(WISH)
