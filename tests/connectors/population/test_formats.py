"""Platforms that answer in XML, and in XML inside JSON."""

from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Answer, Deadline, Inquiry, Question, Subject
from connectors.errors import Garbled, WrongPerson
from connectors.population.client import PopulationSource
from connectors.population.formats import Format
from connectors.records import Demographics, PartialDate, Record, Relation, Sex
from tests.connectors.conformance import grant_for
from tests.connectors.population.register import AN, CHILD, WARD, citizen, dependant, options
from tests.connectors.samples import FOLDER, needs
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.render.register_xml import document, written

FOUND = {"MaKetQua": "00", "CongDan": citizen()}
LISTED = {"MaKetQua": "00", "SoDinhDanh": AN.personal_id, "DanhSach": [dependant(), dependant(WARD, HanChe=True)]}
FOREIGN: list[Format] = ["xml", "xml-in-json"]


async def ask(
    body: bytes, about: type[Record], form: Format, *, media_type: str = "", subject: Subject = AN
) -> Answer[Record]:
    """One question to a platform that answers with this body."""
    named = media_type or ("text/xml; charset=utf-8" if form == "xml" else "application/json")

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": named}, stream=httpx.ByteStream(body))

    clock, transport = HeldClock(), httpx.MockTransport(answer)
    source = PopulationSource("population", options(format=form), clock=clock, transport=transport)
    inquiry = Inquiry(request_id="request-1", deadline=Deadline.after(5, clock), clock=clock)
    return await source.ask(Question(about=about), grant_for(subject, about), inquiry)


def in_json(**fields: Any) -> bytes:
    return msgspec.json.encode({"MaKetQua": "00", **fields})


@pytest.mark.parametrize("about", [Demographics, Relation])
@pytest.mark.parametrize("form", FOREIGN)
async def test_the_same_facts_give_the_same_records_in_every_form(about: type[Record], form: Format) -> None:
    """Down to ids and provenance: one mapping stands behind all of them."""
    answer = FOUND if about is Demographics else LISTED
    wanted = await ask(msgspec.json.encode(answer), about, "json")
    assert wanted.records
    found = await ask(written(answer, form)[0], about, form)
    assert msgspec.json.encode(found.records) == msgspec.json.encode(wanted.records)


async def test_a_citizen_in_an_envelope_is_found_too() -> None:
    """Whatever the envelope is called, and with a prefix on every name."""
    body = document("KetQua", FOUND).replace("<KetQua>", "<KetQua xmlns='urn:mau'>")
    (found,) = (await ask(body.encode(), Demographics, "xml")).records
    assert isinstance(found, Demographics)
    assert (found.full_name, found.sex) == ("TRẦN THỊ MẪU ÂN", Sex.FEMALE)


@pytest.mark.parametrize("form", FOREIGN)
@pytest.mark.parametrize("about", [Demographics, Relation])
async def test_f08_not_known_is_an_empty_answer_in_every_form(about: type[Record], form: Format) -> None:
    answer = await ask(written({"MaKetQua": "01"}, form)[0], about, form)
    assert (answer.records, answer.dropped) == ((), 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<CongDan>",
        b"<CongDan/>",
        b"<KetQua/>",
        b"<KetQua><MaKetQua>00</MaKetQua></KetQua>",
        b"<KetQua><MaKetQua>00</MaKetQua><CongDan/></KetQua>",
        b"<KetQua><MaKetQua>99</MaKetQua></KetQua>",
        b"<html><body>l\xc3\xb4i</body></html>",
        b"<!DOCTYPE CongDan [<!ENTITY x 'y'>]><CongDan><SoDinhDanh>&x;</SoDinhDanh></CongDan>",
        b"<CongDan>" + b"<x>" * 70 + b"</x>" * 70 + b"</CongDan>",
        document("CongDan", citizen(HoVaTen="no parts")).encode(),
        document("CongDan", citizen()).replace("</CongDan>", "<SoDinhDanh>1</SoDinhDanh></CongDan>").encode(),
    ],
)
async def test_a96_xml_of_another_shape_is_garbled(body: bytes) -> None:
    """Also a document type, whatever it declares, and two numbers where one belongs."""
    with pytest.raises(Garbled):
        await ask(body, Demographics, "xml")


@pytest.mark.parametrize(
    "body",
    [
        in_json(CongDan=citizen()),
        in_json(CongDan="no xml"),
        in_json(CongDan=""),
        in_json(CongDan="<CongDan>\ufffe</CongDan>"),
        in_json(CongDan="<!DOCTYPE a><CongDan/>"),
        in_json(CongDan="<CongDan><SoDinhDanh><b>1</b></SoDinhDanh></CongDan>"),
    ],
)
async def test_a96_json_round_something_else_is_garbled(body: bytes) -> None:
    with pytest.raises(Garbled):
        await ask(body, Demographics, "xml-in-json")


async def test_another_media_type_is_garbled() -> None:
    """A log-in page is not read as XML, even where it is well-formed."""
    with pytest.raises(Garbled):
        await ask(written(FOUND, "xml")[0], Demographics, "xml", media_type="text/html")


@pytest.mark.parametrize("form", FOREIGN)
async def test_f12_another_person_is_withheld_in_every_form(form: Format) -> None:
    for about, answer in (
        (Demographics, {"MaKetQua": "00", "CongDan": citizen(SoDinhDanh=CHILD)}),
        (Relation, {**LISTED, "SoDinhDanh": CHILD}),
    ):
        with pytest.raises(WrongPerson):
            await ask(written(answer, form)[0], about, form)


@pytest.mark.parametrize(("said", "barred"), [("true", True), ("1", True), ("false", False), ("0", False)])
async def test_a_courts_bar_is_read_from_text(said: str, barred: bool) -> None:
    """XML knows no truth values, only words for them."""
    (found,) = (await ask(written({**LISTED, "DanhSach": [dependant(HanChe=said)]}, "xml")[0], Relation, "xml")).records
    assert isinstance(found, Relation)
    assert found.barred is barred


@pytest.mark.parametrize("said", ["", "True", "có", "2", None])
async def test_silence_on_a_courts_bar_is_not_no(said: str | None) -> None:
    """The entry cannot be read, and is counted."""
    body = written({**LISTED, "DanhSach": [dependant(HanChe=said), dependant(WARD)]}, "xml")[0]
    answer = await ask(body, Relation, "xml")
    assert (len(answer.records), answer.dropped) == (1, 1)


@settings(deadline=None)  # how long one example takes says nothing on a busy machine
@given(st.text(max_size=40))
async def test_any_text_as_a_name_is_shown_as_it_was_or_is_no_xml(name: str) -> None:
    """Nothing in a text is mark-up, and nothing makes the reading fail in another way."""
    body = written({"MaKetQua": "00", "CongDan": citizen(HoVaTen={"Ho": "Mẫu", "Ten": name})}, "xml-in-json")[0]
    try:
        (found,) = (await ask(body, Demographics, "xml-in-json")).records
    except Garbled:
        assert any(ord(sign) < 0x20 or ord(sign) in (0xFFFE, 0xFFFF) for sign in name)
    else:
        assert isinstance(found, Demographics)
        assert found.full_name.split() == ["Mẫu", *name.split()]


@needs("population")
async def test_every_sample_of_a_provincial_answer_is_read() -> None:
    """Each file becomes its citizen, with number, birth date, name and address."""
    files = sorted((FOLDER / "population").glob("*.xml"))
    for file in files:
        subject = Subject(ref=file.stem, personal_id=file.stem)
        (found,) = (await ask(file.read_bytes(), Demographics, "xml", subject=subject)).records
        assert isinstance(found, Demographics)
        assert "MẪU" in found.full_name
        assert found.birth_date > PartialDate("1900")
        assert found.sex in (Sex.MALE, Sex.FEMALE)
        assert found.permanent_address
    assert files
