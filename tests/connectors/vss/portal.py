"""What the tests of kind `vss` share: invented citizens, and a portal that says what it is told to say."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec

from connectors.clock import Clock
from connectors.contract import Answer, Deadline, Inquiry, Question, Subject
from connectors.options import Secret
from connectors.records import PartialDate, Record, SourceKind
from connectors.vss.client import VssSource
from connectors.vss.options import VssOptions
from tests.connectors.conformance import grant_for
from tests.sandbox.eid.held_clock import HeldClock

AN = Subject(ref="ref-an", personal_id="079185998101", name="Trần Thị Mẫu Ân", birth_date=PartialDate("1985-02-03"))
BINH = Subject(ref="ref-binh", personal_id="079080998102", name="Lê Văn Mẫu Bình", birth_date=PartialDate("1980-07-09"))
NOBODY = Subject(
    ref="ref-nobody", personal_id="079090998103", name="Võ Mẫu Không", birth_date=PartialDate("1990-01-01")
)

PASSWORD = "mat-khau-mau"
PASSWORD_MD5 = "cf7ea278d17cf5a91c3ad782be83a1e4"
STAFF_NAME, STAFF_ID = "Nguyễn Thị Mẫu Trực", "079185998999"

TAKE, CARD, HISTORY = "/api/token/take", "/api/egw/KQNhanLichSuKCB2024", "/api/egw/Lskcb2025"
DETAILS, PAID = "/api/egw/nhanHoSoKCBChiTiet", "/api/TraCuuCCT/TraCuuTienMCCT"
Json = dict[str, Any]


def card(**fields: Any) -> Json:
    """A right card check of Ân, with other fields where the test says so."""
    return {
        "maKetQua": "000",
        "ghiChu": "Thẻ của Trần Thị Mẫu Ân còn giá trị",
        "maThe": "DN4797999998101",
        "hoTen": "TRẦN THỊ MẪU ÂN",
        "ngaySinh": "03/02/1985",
        "gioiTinh": "Nữ",
        "diaChi": "1 Đường Mẫu",
        "maDKBD": "79981",
        "gtTheTu": "01/01/2026",
        "gtTheDen": "31/12/2026",
        "ngayDu5Nam": "01/01/2021",
        "maSoBHXH": "7999998101",
        "dsLichSuKCB2018": None,
        "dsLichSuKT2018": [{"userKT": "79981_BV", "thoiGianKT": "202608120815"}],
        **fields,
    }


def visit(**fields: Any) -> Json:
    """One visit of a history, with other fields where the test says so."""
    return {
        "maHoSo": "79981202600001",
        "maCSKCB": "79981",
        "ngayVao": "202608120815",
        "ngayRa": "202608121030",
        "tenBenh": "E11.9 - Đái tháo đường típ 2",
        "tinhTrang": "1",
        "kqDieuTri": "2",
        "lyDoVV": "1.1",
        "TEMP1": "employer",
        **fields,
    }


def history(*visits: Any) -> Json:
    """A history of these visits."""
    return {"maKetQua": "000", "ghiChu": None, "dsLichSuKCB2025": list(visits)}


def details(**parts: Any) -> Json:
    """The details of a visit of Ân, with other parts where the test says so."""
    summary = {
        "MaLk": "L1",
        "HoTen": "TRẦN THỊ MẪU ÂN",
        "NgaySinh": "19850203",
        "TTongchi": 150000,
        "TBntt": "30000",
        "TBhtt": "120000.00",
    }
    return {
        "maKetQua": "000",
        "hoSoKCB": {
            "xml1": summary,
            "dsXml2": [medicine()],
            "dsXml3": [{"MaDichVu": "02.1896", "TenDichVu": "Khám bệnh", "SoLuong": 1, "DonGia": 36500}],
            "dsXml4": [{"MaChiSo": "GLU", "TenChiSo": "Glucose", "GiaTri": "6.5", "NgayKq": "202608120930"}],
            "dsXml5": None,
            **parts,
        },
    }


def medicine(**fields: Any) -> Json:
    """An entry of ``dsXml2``."""
    return {
        "MaThuoc": "40.30",
        "TenThuoc": "Metformin",
        "DonViTinh": "Viên",
        "HamLuong": "500mg",
        "DuongDung": "1.01",
        "LieuDung": "2 viên/ngày",
        "SoDangKy": "VD-1",
        "SoLuong": "60.000",
        "DonGia": 1500.5,
        "ThanhTien": 90030,
        "NgayYl": "202608120900",
        **fields,
    }


def paid(*entries: Json, **fields: Any) -> Json:
    """An answer about co-payments of Ân."""
    holder = {"hoTen": "TRẦN THỊ MẪU ÂN", "ngaySinh": "03/02/1985", "ngayKetThuc": "31/12/2026"}
    return {"MaKetQua": "200", "GhiChu": "", "DataCCT": list(entries), "ThongTinSoThe": holder, **fields}


def entry(**fields: Any) -> Json:
    """One visit of an answer about co-payments."""
    return {
        "Id": 1,
        "maThe": "DN4797999998101",
        "maCskcb": "79981",
        "ngayVao": "202608120815",
        "ngayRa": "12/08/2026",
        "maDoiTuongKCB": "1.1",
        "tBNCCTMCCT": 30000,
        "tBNCCTLuyKe": "45000.5",
        "ngayNhan": "202608121100",
        **fields,
    }


class Portal:
    """A portal whose answers are set by the test. It notes what it was asked, and gives out a new token each time."""

    def __init__(self, card_answer: Json | None = None, history_answer: Json | None = None) -> None:
        self.answers: dict[str, list[httpx.Response | Json]] = {
            CARD: [card() if card_answer is None else card_answer],
            HISTORY: [history(visit()) if history_answer is None else history_answer],
            DETAILS: [details()],
            PAID: [paid(entry())],
        }
        """By path; all but the last one are used once."""
        self.forgotten: set[str] = set()
        """Tokens that the portal does not accept any more."""
        self.calls: list[httpx.Request] = []
        self.expires_in = "2026-11-23T05:10:00.0000000Z"

    @property
    def counts(self) -> Counter[str]:
        """Number of requests by path."""
        return Counter(request.url.path for request in self.calls)

    @property
    def transport(self) -> httpx.MockTransport:
        """The way to this portal."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        path = request.url.path
        if path == TAKE and TAKE not in self.answers:
            return _streamed(httpx.Response(200, json=self._token()))
        token = request.url.params.get("token") or request.headers.get("accesstoken")
        if token in self.forgotten:
            return _streamed(httpx.Response(200, json={"maKetQua": "401", "MaKetQua": "401"}))
        told = self.answers[path]
        answer = told.pop(0) if len(told) > 1 else told[0]
        return _streamed(answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer))

    def _token(self) -> Json:
        number = self.counts[TAKE]
        key = {"access_token": f"token-{number}", "id_token": f"id-{number}", "expires_in": self.expires_in}
        return {"maKetQua": "200", "APIKey": key}


def _streamed(response: httpx.Response) -> httpx.Response:
    """The same answer as it comes from a socket: not read yet."""
    return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(response.content))


def options(**fields: Any) -> VssOptions:
    """Options of a source of this kind."""
    given: Mapping[str, Any] = {
        "kind": "vss",
        "name": "Bảo hiểm xã hội Mẫu",
        "category": SourceKind.INSURANCE,
        "url": "http://portal.invalid",
        "username": "79981_BV",
        "password": Secret(PASSWORD),
        "staff_name": STAFF_NAME,
        "staff_id": Secret(STAFF_ID),
    }
    return VssOptions(**{**given, **fields})


def source(portal: Portal, *, clock: Clock | None = None, **fields: Any) -> VssSource:
    """A source that speaks with this portal."""
    return VssSource("insurance", options(**fields), clock=clock or HeldClock(), transport=portal.transport)


def inquiry() -> Inquiry:
    """A request with time enough."""
    clock = HeldClock()
    return Inquiry(request_id="request-1", deadline=Deadline.after(5, clock), clock=clock)


async def ask(
    asked: VssSource, about: type[Record], subject: Subject = AN, request: Inquiry | None = None, **slice_: Any
) -> Answer[Record]:
    """One question, in a request of its own unless told otherwise."""
    return await asked.ask(Question(about=about, **slice_), grant_for(subject, about), request or inquiry())


def body(request: httpx.Request) -> dict[str, str]:
    """The fields of a request's body in either encoding."""
    if request.headers["content-type"] == "application/json":
        return msgspec.json.decode(request.content, type=dict[str, str])
    return dict(parse_qsl(request.content.decode(), strict_parsing=True))
