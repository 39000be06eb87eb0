"""What becomes of every field of the portal's answers."""

from connectors.reports import MappingReport, Shape, counted, json_document
from connectors.vss.options import VssOptions
from connectors.vss.wire import CardAnswer, DetailsAnswer, HistoryAnswer, PaidAnswer, TokenAnswer

_WORDS = {"words for the code, which repeat name, birth date and address": "ghiChu"}
_OF_A_VISIT = "TEMP1 TEMP2 TEMP3 TEMP4 TEMP5"
_TOKEN = Shape(name="token", wire=TokenAnswer, left_alone={"always the same": "APIKey.token_type APIKey.username"})
_CARD = Shape(
    name="card",
    wire=CardAnswer,
    left_alone={
        **_WORDS,
        "who the citizen is, the population register says": "gioiTinh diaChi",
        "for the insurer's own office and rates": "cqBHXH maKV",
        "checks of the card by other facilities: where a citizen has been is told by visits": "dsLichSuKT2018",
        "visits are asked for on their own": "dsLichSuKCB2018",
    },
)
_HISTORY = Shape(
    name="history",
    wire=HistoryAnswer,
    left_alone={
        **_WORDS,
        "the employer is no health data, and the spare fields are not documented": " ".join(
            f"{visits}.{name}"
            for visits in ("dsLichSuKCB2025", "dsLichSuKCB2018", "dsLichSuKCB")
            for name in _OF_A_VISIT.split()
        ),
        "the card stands in the card check": "maThe hoTen ngaySinh gioiTinh diaChi maDKBD gtTheTu gtTheDen maSoBHXH",
    },
)
_DETAILS = Shape(
    name="details",
    wire=DetailsAnswer,
    left_alone={
        **_WORDS,
        "the history says it": """
            hoSoKCB.xml1.MaLk hoSoKCB.xml1.TenBenh hoSoKCB.xml1.MaBenh hoSoKCB.xml1.MaBenhkhac hoSoKCB.xml1.NgayVao
            hoSoKCB.xml1.NgayRa hoSoKCB.xml1.KetQuaDtri hoSoKCB.xml1.TinhTrangRv hoSoKCB.xml1.MaCskcb""",
        "who the citizen is, the population register and the card check say": """
            hoSoKCB.xml1.MaBn hoSoKCB.xml1.GioiTinh hoSoKCB.xml1.DiaChi hoSoKCB.xml1.MaThe hoSoKCB.xml1.MaDkbd
            hoSoKCB.xml1.GtTheTu hoSoKCB.xml1.GtTheDen""",
        "follows from the days and the lines": """
            hoSoKCB.xml1.SoNgayDtri hoSoKCB.xml1.TThuoc hoSoKCB.xml1.TVtyt hoSoKCB.xml1.MucHuong""",
        "no record has a place for it": """
            hoSoKCB.xml1.MaKhoa hoSoKCB.dsXml2.MaBacSi hoSoKCB.dsXml2.MaBenh hoSoKCB.dsXml3.NgayYl hoSoKCB.dsXml3.NgayKq
            hoSoKCB.dsXml4.MaMay""",
        "notes on the clinical course are the facility's own": "hoSoKCB.dsXml5",
    },
)
_PAID = Shape(
    name="co-payments",
    wire=PaidAnswer,
    left_alone={
        "words for the code": "GhiChu",
        "when and in which line it was looked up": "DataCCT.Id DataCCT.ngayTraCuu",
        "when the facility sent it; when it came is read": "DataCCT.ngayNhanCong",
        "spare fields": "DataCCT.duPhong1 DataCCT.duPhong2 DataCCT.duPhong3 DataCCT.duPhong4 DataCCT.duPhong5",
        "the card check says it": "ThongTinSoThe.ngayKetThuc ThongTinSoThe.maBhxh",
    },
)
_SHAPES = {
    "APIKey": _TOKEN,
    "dsLichSuKCB2025": _HISTORY,
    "dsLichSuKCB": _HISTORY,
    "hoSoKCB": _DETAILS,
    "DataCCT": _PAID,
    "MaKetQua": _PAID,
}
"""By a field that the answer has and the others have not."""


def reports_of(options: VssOptions, document: bytes) -> tuple[MappingReport, ...]:  # noqa: ARG001 - as every kind
    """The report on one answer of any operation.

    Raises:
        Garbled: no such answer.
    """
    found = json_document(document)
    names = found if isinstance(found, dict) else {}
    return (counted(found, next((shape for name, shape in _SHAPES.items() if name in names), _CARD)),)
