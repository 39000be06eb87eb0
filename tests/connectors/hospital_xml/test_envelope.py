"""The envelope: what is let in, what is told apart, and what a hostile document becomes."""

import tracemalloc
from base64 import b64encode

import pytest

from connectors.errors import Garbled
from connectors.hospital_xml.envelope import opened
from connectors.records import Encounter, Medication
from tests.connectors.hospital_xml.dossiers import AN, FACILITY, KEY, Station, dossier, part, summary
from tests.sandbox.render.hospital_xml import element, envelope, wrapped

DRUG = part("XML2", {"TEN_THUOC": "Metformin"})
SUMMARY = element("TONG_HOP", summary())
LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'
FILE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def raw(content: str, kind: str = "XML1") -> str:
    """An envelope whose only table has this content, as it is."""
    return envelope(FACILITY, "20261102", []).replace(
        "<HOSO>", f"<HOSO><FILEHOSO><LOAIHOSO>{kind}</LOAIHOSO><NOIDUNGFILE>{content}</NOIDUNGFILE></FILEHOSO>"
    )


def packed(document: bytes) -> str:
    return b64encode(document).decode()


def test_one_envelope_needs_no_wrapper_and_a_byte_order_mark_hurts_nobody() -> None:
    """Outside and inside."""
    inner = b"\xef\xbb\xbf" + f'<?xml version="1.0" encoding="utf-8"?>{SUMMARY}'.encode()
    document = b"\xef\xbb\xbf" + raw(packed(inner)).encode()
    (found,) = opened(document).dossiers
    assert (found.whose, found.key, found.facility) == (AN.personal_id, KEY, FACILITY)


def test_the_summary_need_not_come_first() -> None:
    (found,) = opened(envelope(FACILITY, "20261102", [DRUG, ("XML1", SUMMARY)]).encode()).dossiers
    assert found.whose == AN.personal_id


def test_base64_may_be_broken_into_lines() -> None:
    lines = "\n  ".join(packed(SUMMARY.encode())[i : i + 76] for i in range(0, 10_000, 76))
    assert len(opened(raw(lines).encode()).dossiers) == 1


def test_an_envelope_may_carry_several_dossiers_and_a_wrapper_several_envelopes() -> None:
    first, second = dossier(), dossier(MA_LK="79983.2611.000002")
    hoso = second[second.index("<HOSO>") : second.index("</DANHSACHHOSO>")]
    both = first.replace("</DANHSACHHOSO>", hoso + "</DANHSACHHOSO>")
    assert len(opened(both.encode()).dossiers) == 2
    assert len(opened(wrapped([both, first])).dossiers) == 3


@pytest.mark.parametrize("document", [wrapped([]), envelope(FACILITY, "", []).replace("<HOSO></HOSO>", "").encode()])
def test_nothing_in_it_is_nothing(document: bytes) -> None:
    """Also where an envelope says that there should be one: that one is missing, and counted."""
    found = opened(document)
    assert found.dossiers == ()
    assert found.unreadable == (b"SOLUONGHOSO" in document)


def test_a_check_in_is_no_dossier_and_no_mistake() -> None:
    """Table 0 is sent when a visit begins, as a document of its own."""
    found = opened(element("CHI_TIEU_TRANG_THAI_KCB", summary()).encode())
    assert (found.dossiers, found.unreadable) == ((), 0)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"<a/>",
        b"<GIAMDINHHS/>",
        b"<GIAMDINHHS><THONGTINHOSO/></GIAMDINHHS>",
        b"<DANHSACHGIAMDINHHS><a/></DANHSACHGIAMDINHHS>",
        dossier().encode()[:-20],
        dossier().encode("utf-16")[3:],
        dossier(HO_TEN="x").encode().replace(b"<MACSKCB>", b"<MACSKCB>\xff\xfe"),
        (LAUGHS + dossier()).encode(),
        (FILE + dossier()).encode(),
        b"<a>" * 100_000,
        b"<GIAMDINHHS>" + b"<a/>" * 300_000 + b"</GIAMDINHHS>",
    ],
    ids=[
        "empty", "json", "other", "bare", "no list", "other in wrapper", "cut", "utf-16", "not utf-8", "laughs", "file",
        "deep", "many",
    ],
)  # fmt: skip
async def test_f10_f11_a_document_that_is_no_envelope_is_garbled(document: bytes) -> None:
    """Nothing but our own error, whose text holds nothing of the document."""
    with pytest.raises(Garbled) as caught:
        await Station(document).ask(Encounter)
    assert "ha" not in str(caught.value).split()
    assert AN.personal_id not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "%%%%",
        "abc",
        packed(b""),
        packed(b"\xff\xfe\xfd"),
        packed(SUMMARY.encode()[:-5]),
        packed(SUMMARY.encode("utf-16-le")),
        packed((LAUGHS + SUMMARY).encode()),
        packed((FILE + SUMMARY.replace(AN.personal_id, "&x;")).encode()),
        packed(b"<a>" * 100_000),
        packed(b"<TONG_HOP>" + b"<a/>" * 250_000 + b"</TONG_HOP>"),
        packed(element("CHITIEU_CHITIET_THUOC", summary()).encode()),
        packed(element("TONG_HOP", {}).encode()),
    ],
    ids=[
        "none", "no base64", "half base64", "empty", "bytes", "cut", "utf-16", "laughs", "file", "deep", "many",
        "another table", "no key",
    ],
)  # fmt: skip
async def test_f10_f11_a_dossier_whose_summary_cannot_be_read_is_counted(content: str) -> None:
    """Nobody can tell whose it is; the dossier beside it is not hurt. Alone, it makes the answer unreadable."""
    answer = await Station([raw(content), dossier(MA_LK="79983.2611.000002")]).ask(Encounter)
    assert (len(answer.records), answer.dropped) == (1, 1)
    with pytest.raises(Garbled):
        await Station([raw(content)]).ask(Encounter)


async def test_two_summaries_are_none() -> None:
    """Which of the two says whose the dossier is?"""
    two = envelope(FACILITY, "20261102", [("XML1", SUMMARY), ("XML1", SUMMARY)])
    answer = await Station([two, dossier(MA_LK="79983.2611.000002")]).ask(Encounter)
    assert (len(answer.records), answer.dropped) == (1, 1)


@pytest.mark.parametrize("table", ["<other/>", LAUGHS + DRUG[1], "<not well-formed", "\x00"])
async def test_f10_a_table_that_cannot_be_read_costs_its_own_records(table: str) -> None:
    """The visit is there; its drugs are missing, and the answer about drugs says so."""
    station = Station(dossier(("XML2", table)))
    drugs, visits = await station.ask(Medication), await station.ask(Encounter)
    assert (drugs.records, drugs.dropped) == ((), 1)
    assert (len(visits.records), visits.dropped) == (1, 0)


async def test_f11_a_huge_base64_stops_at_the_bound() -> None:
    """Beyond the size that the options allow nothing is read."""
    with pytest.raises(Garbled, match="larger"):
        await Station(raw("QUFB" * 2_000_000).encode()).ask(Encounter)


async def test_f11_memory_stays_near_the_size_of_the_answer() -> None:
    """Four megabytes of base64 that holds a million elements: the bound on elements stops the unfolding."""
    body = raw(packed(b"<TONG_HOP>" + b"<a/>" * 750_000 + b"</TONG_HOP>")).encode()
    tracemalloc.start()
    try:
        found = opened(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.dossiers, found.unreadable) == ((), 1)
    assert peak < 128 * 1024 * 1024


async def test_text_forms_say_nothing() -> None:
    """They may end up in a traceback."""
    (found,) = opened(dossier(DRUG).encode()).dossiers
    told = repr(found) + repr(found.parts) + repr(found.visit)
    assert not [text for text in (AN.personal_id, "MẪU", KEY) if text in told]
