"""Whatever stands in a dossier: every row is a record or counted, and the newest version of a visit is shown."""

import asyncio
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.clock import HO_CHI_MINH
from connectors.contract import Answer
from connectors.errors import SourceError
from connectors.hospital_xml.client import HospitalXmlSource
from connectors.hospital_xml.held import HELD
from connectors.options import Folder
from connectors.records import (
    Appointment,
    Claim,
    Document,
    Encounter,
    Medication,
    Observation,
    Procedure,
    QuantityValue,
    Record,
    Referral,
    Report,
)
from tests.connectors.hospital_xml.any_dossier import KINDS, TEXTS, Table, any_table
from tests.connectors.hospital_xml.dossiers import Station, all_of, ask, dossier, only, options, part
from tests.sandbox.eid.held_clock import HeldClock

R = TypeVar("R", bound=Record)

UNHURRIED = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Whole answers through the whole source: on a busy machine one may take its time."""
VISIT_FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("MA_THE_BHYT", "MA_DOITUONG_KCB", "NGAY_VAO", "NGAY_RA", "MA_BENH_KT", "MA_PTTT_QT", "T_BHTT"),
            *("MA_NOI_DEN", "NGAY_TAI_KHAM", "CAN_NANG", "MA_LOAI_KCB", "KET_QUA_DTRI", "LA_LAM"),
        ]
    ),
    TEXTS,
    max_size=5,
)
TABLES = st.lists(st.sampled_from(KINDS).flatmap(any_table), max_size=5, unique_by=lambda table: table.kind)


def asked(about: type[R], *documents: str) -> Answer[R]:
    """The answer of a station that has these envelopes for everybody."""
    return asyncio.run(Station(documents).ask(about))


def sent(tables: Sequence[Table], **fields: str) -> str:
    return dossier(*((table.kind, table.document) for table in tables), **fields)


def as_set(records: Any) -> set[bytes]:
    return {msgspec.json.encode(record) for record in records}


def parts_of_list(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def day_of(text: str) -> date | None:
    """The day in eight or twelve digits, read by another reader than the product's."""
    if not re.fullmatch(r"[12][0-9]{7}([0-9]{4})?", text):
        return None
    try:
        return datetime.strptime(text.ljust(12, "0"), "%Y%m%d%H%M").date()  # noqa: DTZ007 - local time, as it is written
    except ValueError:
        return None


def expected(tables: Sequence[Table], visit: dict[str, str]) -> dict[type[Record], int]:
    """How many records of each class there should be, with those that cannot be made. Notes are not in it."""
    by_kind = {table.kind: table for table in tables}
    none = Table("", ())

    def rows(kind: str) -> list[dict[str, str]]:
        return by_kind[kind].readable if kind in by_kind else []

    def lost(*kinds: str) -> int:
        return sum(by_kind.get(kind, none).lost for kind in kinds if kind in by_kind)

    said = {name: text.strip() for name, text in visit.items()}
    done = [
        row
        for row in rows("XML3")
        if "MA_VAT_TU" not in row and (row.get("MA_NHOM") in ("8", "18") or "MA_PTTT_QT" in row)
    ]
    known = {code for row in done for code in parts_of_list(row.get("MA_PTTT_QT", ""))}
    codes = [code for code in parts_of_list(said.get("MA_PTTT_QT", "")) if code not in known]
    days = {day_of(row.get("NGAY_HEN_KL", "")) for row in rows("XML14")} - {None}
    returns = [text for text in parts_of_list(said.get("NGAY_TAI_KHAM", "")) if day_of(text) not in days]
    words = [row for row in rows("XML4") if "GIA_TRI" not in row and ("MO_TA" in row or "KET_LUAN" in row)]
    letters = len(rows("XML13")) + lost("XML13")
    return {
        Encounter: 1,
        Claim: int(said.get("MA_THE_BHYT") != "" and said.get("MA_DOITUONG_KCB") != "9"),
        Medication: len(rows("XML2")) + lost("XML2"),
        Procedure: len(done) + lost("XML3") + (len(codes) if len(done) != 1 else 0),
        Report: len(words) + lost("XML4"),
        Observation: len(rows("XML4")) - len(words) + lost("XML4") + bool(said.get("CAN_NANG")),
        Referral: letters or int(bool(said.get("MA_NOI_DEN"))),
        Appointment: len(rows("XML14")) + lost("XML14") + len(returns),
        Document: len(rows("XML7")) + len(rows("XML8")) + lost("XML7", "XML8"),
    }


@UNHURRIED
@given(TABLES.map(lambda tables: [table for table in tables if table.kind != "XML5"]), VISIT_FIELDS)
def test_f10_every_row_is_a_record_or_counted(tables: list[Table], visit: dict[str, str]) -> None:
    """Exactly one of both, whatever stands in the rows and whichever tables cannot be read; each with an own id."""
    document = sent(tables, **visit)
    for about, number in expected(tables, visit).items():
        answer = asked(about, document)
        assert (about, len(answer.records) + answer.dropped) == (about, number)
        assert len({record.id for record in answer.records}) == len(answer.records)


@UNHURRIED
@given(any_table("XML3"), st.lists(st.sampled_from(["47.11", "38.93", "I10", ""])).map(";".join))
def test_f10_every_international_code_of_a_procedure_is_shown_once(services: Table, codes: str) -> None:
    """With its row where one has it, with the only row there is, or alone."""
    answer = asked(Procedure, sent([services], MA_PTTT_QT=codes))
    assert len(answer.records) + answer.dropped == expected([services], {"MA_PTTT_QT": codes})[Procedure]
    shown = [coding.code for record in answer.records for coding in record.code.codings if "icd-9" in coding.system]
    assert answer.dropped or set(parts_of_list(codes)) <= set(shown)


@UNHURRIED
@given(any_table("XML5"))
def test_f10_a_note_that_says_something_is_not_lost(notes: Table) -> None:
    """As vital signs, as text, or counted."""
    answer = asked(Observation, sent([notes]))
    said = ("DIEN_BIEN_LS", "GIAI_DOAN_BENH", "HOI_CHAN", "PHAU_THUAT")
    telling = [row for row in notes.readable if any(row.get(name, "CSST<>") != "CSST<>" for name in said)]
    assert len(answer.records) + answer.dropped >= len(telling) + notes.lost
    assert telling or answer.dropped == notes.lost


@UNHURRIED
@given(TABLES, VISIT_FIELDS, st.sampled_from(sorted(HELD, key=str)), st.randoms(use_true_random=False))
def test_f10_a_visit_is_the_same_beside_any_other(
    tables: list[Table], visit: dict[str, str], about: type[Record], chance: Any
) -> None:
    """Also beside dossiers of which nothing can be known: these are counted. The order does not matter."""
    own = {"MA_LK": "rieng", "MA_CSKCB": "79984"}
    good = dossier(("XML2", part("XML2", {"MA_LK": "rieng", "TEN_THUOC": "Thuốc Mẫu"})[1]), **own)
    wild = sent(tables, **visit)
    nobodys = dossier(MA_LK="ai", SO_CCCD="")
    spoilt = re.sub("<NOIDUNGFILE>[^<]*", "<NOIDUNGFILE>@@", dossier(MA_LK="hong"))
    documents = [good, wild, nobodys, spoilt, dossier(MA_LK=""), dossier(("XML1", "<TONG_HOP/>"))]
    chance.shuffle(documents)
    alone, beside, together = asked(about, good), asked(about, wild), asked(about, *documents)
    assert as_set(together.records) == as_set([*alone.records, *beside.records])
    assert together.dropped == alone.dropped + beside.dropped + 4


VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(["79983", "79984"]),
        st.sampled_from(["1", "01"]),
        st.dates(date(2026, 1, 1), date(2026, 1, 5)).map("{:%Y%m%d}".format) | st.just("khi nào"),
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3)).map("{:%Y%m%d%H%M}".format),  # noqa: DTZ001 - as written
    ),
    unique=True,
    min_size=1,
    max_size=6,
)
Version = tuple[str, str, str, str]


def newest_of(versions: list[Version]) -> set[tuple[str, str, str]]:
    """Facility, key and name of the version of each visit that was sent last; no day sorts before every day."""
    newest: dict[tuple[str, str], tuple[str, str, str]] = {}
    for facility, key, made, paid in versions:
        version = (made if made.isdigit() else "", paid, f"{made} {paid}")
        newest[facility, key] = max(newest.get((facility, key), version), version)
    return {(f"{facility}/{key}", facility, version[2]) for (facility, key), version in newest.items()}


def resent(version: Version) -> str:
    facility, key, made, paid = version
    return dossier(made=made, MA_CSKCB=facility, MA_LK=key, NGAY_TTOAN=paid, LY_DO_VV=f"{made} {paid}")


def told(answer: Answer[Encounter]) -> set[tuple[str, str, str]]:
    return {
        (visit.provenance[0].source_record_id, visit.facility.code, visit.reason.text if visit.reason else "")
        for visit in answer.records
    }


@UNHURRIED
@given(VERSIONS)
def test_f20_of_a_visit_sent_again_the_newest_is_shown(versions: list[Version]) -> None:
    """By facility and key, of which ``1`` and ``01`` are two; whatever the order in which they come."""
    answer = asyncio.run(Station([resent(version) for version in versions]).ask(Encounter))
    assert told(answer) == newest_of(versions)
    assert len(answer.records) == len(newest_of(versions))


@settings(UNHURRIED, max_examples=20)
@given(VERSIONS)
def test_f20_the_same_in_a_folder_with_a_file_for_each(versions: list[Version]) -> None:
    async def asked_folder(folder: str) -> Answer[Encounter]:
        source = HospitalXmlSource("station", options(directory=Folder(folder)), clock=HeldClock())
        try:
            return await ask(source, Encounter)
        finally:
            await source.close()

    with TemporaryDirectory() as folder:
        for number, version in enumerate(versions):
            Path(folder, f"{number}.xml").write_text(resent(version), encoding="utf-8")
        assert told(asyncio.run(asked_folder(folder))) == newest_of(versions)


TREES = st.recursive(
    TEXTS.map(lambda text: text.replace("&", "").replace("<", "")),
    lambda inner: st.lists(st.tuples(st.sampled_from([*KINDS, "HOSO", "MA_LK", "TONG_HOP", "GIAMDINHHS"]), inner)).map(
        lambda pairs: "".join(f"<{name}>{inside}</{name}>" for name, inside in pairs)
    ),
    max_leaves=6,
)


@UNHURRIED
@given(
    TREES, st.sampled_from(["", "HOSO", "FILEHOSO", "THONGTINHOSO", "TONG_HOP"]), st.sampled_from(sorted(HELD, key=str))
)
def test_f10_any_tree_is_read_or_refused(tree: str, name: str, about: type[Record]) -> None:
    """Put anywhere into an envelope, or into the summary of a visit; nothing but a failure of the source is raised."""
    if name == "TONG_HOP":
        documents = [
            dossier(("XML2", f"<CHITIEU_CHITIET_THUOC>{tree}</CHITIEU_CHITIET_THUOC>"), ("XML9", f"<x>{tree}</x>"))
        ]
    else:
        documents = [
            dossier().replace(f"<{name}>", f"<{name}>{tree}", 1) if name else f"<GIAMDINHHS>{tree}</GIAMDINHHS>"
        ]
    try:
        asked(about, *documents)
    except SourceError:
        return


@UNHURRIED
@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.times(), st.booleans())
def test_a_date_keeps_its_day(day: date, time: Any, is_day: bool) -> None:
    """In every class, whether the minute is written or not."""
    minute = time.replace(second=0, microsecond=0)
    text = f"{day.year}{day:%m%d}" if is_day else f"{day.year}{day:%m%d}{minute:%H%M}"
    at = datetime.combine(day, datetime.min.time() if is_day else minute, HO_CHI_MINH)

    async def dates() -> None:
        assert (await only(Medication, part("XML2", {"TEN_THUOC": "Mẫu", "NGAY_YL": text}))).start == day.isoformat()
        done = await only(Procedure, part("XML3", {"MA_NHOM": "8", "TEN_DICH_VU": "Mẫu", "NGAY_YL": text}))
        assert done.performed == day.isoformat()
        visit = await only(Encounter, NGAY_VAO=text, NGAY_RA=text)
        assert (visit.start, visit.end) == (at, at)
        assert (await only(Document, part("XML7", {"NGAY_CT": text}))).date == at
        assert (await only(Appointment, part("XML14", {"NGAY_HEN_KL": text}), NGAY_TAI_KHAM=text)).at == at
        assert (await only(Referral, part("XML13", {"NGAY_RA": text}))).issued == day
        assert (await only(Observation, part("XML4", {"TEN_CHI_SO": "Mẫu", "GIA_TRI": "1", "NGAY_KQ": text}))).at == at

    asyncio.run(dates())


@UNHURRIED
@given(
    st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=6),
    st.integers(0, 6),
    st.from_regex(r"0[0-9]{0,5}", fullmatch=True),
)
def test_codes_keep_their_zeros_and_numbers_their_digits(number: Decimal, places: int, code: str) -> None:
    written = f"{number:.{places}f}"

    async def digits() -> None:
        drug = await only(Medication, part("XML2", {"MA_THUOC": code, "SO_LUONG": written, "T_BHTT": written}))
        assert drug.quantity
        assert [str(drug.quantity.value), str(drug.insurance_paid)] == [written, written]
        assert [coding.code for coding in drug.code.codings] == [code]
        found = await only(Observation, part("XML4", {"MA_CHI_SO": code, "GIA_TRI": f"<{written}"}))
        assert isinstance(found.value, QuantityValue)
        assert (str(found.value.value), found.value.comparator) == (written, "<")
        assert found.code.codings[0].code == code
        (claim,) = await all_of(Claim, T_TONGCHI_BV=written, MA_BENH_CHINH=code, MA_BENH_KT=f"{code};I10")
        assert str(claim.total) == written
        assert [found.code.codings[0].code for found in claim.diagnoses] == [code, code, "I10"]

    asyncio.run(digits())
