"""What the tests of kind `hospital_xml` share: invented citizens, their dossiers, and a source before them."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import httpx

from connectors.contract import Answer, Question, Subject
from connectors.hospital_xml.client import HospitalXmlSource
from connectors.hospital_xml.options import HospitalXmlOptions
from connectors.records import PartialDate, Record, SourceKind
from tests.connectors.conformance import grant_for, inquiry_of
from tests.connectors.serving import PATIENCE
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.render.hospital_xml import element, envelope, table, wrapped

R = TypeVar("R", bound=Record)
Fields = Mapping[str, str]

AN = Subject(ref="ref-an", personal_id="079185998101", name="Trần Thị Mẫu Ân", birth_date=PartialDate("1985-02-03"))
BINH = Subject(ref="ref-binh", personal_id="079080998102", name="Lê Văn Mẫu Bình", birth_date=PartialDate("1980"))
NOBODY = Subject(ref="ref-nobody", personal_id="079090998103", name="Võ Mẫu Không")

KEY = "79983.2611.000001"
FACILITY = "79983"
NAMES = {
    "XML2": ("CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"),
    "XML3": ("CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"),
    "XML4": ("CHITIEU_CHITIET_DICHVUCANLAMSANG", "DSACH_CHI_TIET_CLS", "CHI_TIET_CLS"),
    "XML5": ("CHITIEU_CHITIET_DIENBIENLAMSANG", "DSACH_CHI_TIET_DIEN_BIEN_BENH", "CHI_TIET_DIEN_BIEN_BENH"),
    "XML7": ("CHI_TIEU_DU_LIEU_GIAY_RA_VIEN", "", ""),
    "XML8": ("CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN", "", ""),
    "XML13": ("CHI_TIEU_GIAYCHUYENTUYEN", "", ""),
    "XML14": ("CHI_TIEU_GIAYHEN_KHAMLAI", "", ""),
}


def summary(**fields: str) -> Fields:
    """XML1 of a visit of Ân, with other fields where the test says so."""
    return {
        "MA_LK": KEY,
        "MA_BN": "TYT-000001",
        "HO_TEN": "TRẦN THỊ MẪU ÂN",
        "SO_CCCD": AN.personal_id,
        "NGAY_SINH": "198502030000",
        "MA_THE_BHYT": "DN4797999998101",
        "LY_DO_VV": "Tái khám",
        "CHAN_DOAN_RV": "Tăng huyết áp vô căn",
        "MA_BENH_CHINH": "I10",
        "MA_DOITUONG_KCB": "1.1",
        "NGAY_VAO": "202611020815",
        "NGAY_RA": "202611021030",
        "KET_QUA_DTRI": "2",
        "MA_LOAI_RV": "1",
        "NGAY_TTOAN": "202611021030",
        "T_TONGCHI_BV": "194180",
        "T_BNTT": "0",
        "T_BNCCT": "38836",
        "T_BHTT": "155344",
        "MA_LOAI_KCB": "01",
        "MA_KHOA": "K01",
        "MA_CSKCB": FACILITY,
        **fields,
    }


def part(kind: str, *rows: Fields) -> tuple[str, str]:
    """A table of the dossier; its rows belong to the visit unless they say otherwise."""
    root, listed, row = NAMES[kind]
    own = [{"MA_LK": KEY, **fields} for fields in rows]
    return kind, table((root, listed, row), own) if listed else element(root, own[0])


def dossier(*parts: tuple[str, str], made: str = "20261102", **fields: str) -> str:
    """An envelope with one dossier."""
    return envelope(FACILITY, made, [("XML1", element("TONG_HOP", summary(**fields))), *parts])


def options(**fields: Any) -> HospitalXmlOptions:
    """A health station, with other options where the test says so."""
    asked = {"url": "http://station.invalid"} if "directory" not in fields else {}
    given = {
        "kind": "hospital_xml",
        "name": "Trạm Y tế Phường Mẫu",
        "category": SourceKind.HEALTH_STATION,
        "facility": FACILITY,
        **asked,
        **fields,
    }
    return HospitalXmlOptions(**given)


class Station:
    """A service that answers this to everybody, and remembers what it was asked."""

    def __init__(self, answer: bytes | str | Iterable[str], media_type: str = "application/xml") -> None:
        if isinstance(answer, str):
            answer = [answer]
        self.body = answer if isinstance(answer, bytes) else wrapped(answer)
        self.media_type = media_type
        self.calls: list[httpx.Request] = []

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(self.body), headers={"content-type": self.media_type})

    def source(self, **fields: Any) -> HospitalXmlSource:
        """A source before it."""
        return HospitalXmlSource(
            "station", options(**fields), clock=HeldClock(), transport=httpx.MockTransport(self._handle)
        )

    async def ask(self, about: type[R], subject: Subject = AN, seconds: float = PATIENCE, **fields: Any) -> Answer[R]:
        """One question in a request of its own, which has this much time."""
        source = self.source(deadline=seconds, **fields)
        try:
            return await ask(source, about, subject, seconds)
        finally:
            await source.close()


async def ask(source: HospitalXmlSource, about: type[R], subject: Subject = AN, seconds: float = PATIENCE) -> Answer[R]:
    """One question in a request of its own."""
    inquiry = inquiry_of(seconds)
    try:
        return await source.ask(Question(about=about), grant_for(subject, about), inquiry)
    finally:
        await inquiry.close()


async def only(about: type[R], *parts: tuple[str, str], **fields: str) -> R:
    """The only record of that class in a dossier."""
    (record,) = await all_of(about, *parts, **fields)
    return record


async def all_of(about: type[R], *parts: tuple[str, str], **fields: str) -> tuple[R, ...]:
    """The records of that class in a dossier that can be read whole."""
    answer = await Station(dossier(*parts, **fields)).ask(about)
    assert (answer.dropped, answer.truncated) == (0, False)
    return answer.records
