"""What becomes of every field of the register's answers."""

from connectors.population.formats import plain
from connectors.population.options import PopulationOptions
from connectors.population.wire import CitizenAnswer, DependantsAnswer, RepresentativesAnswer
from connectors.reports import MappingReport, Shape, counted, json_document

_OF_A_CITIZEN = {
    "what is not needed for care is not read": "TonGiao TinhTrangHonNhan SoSoHoKhau ChuHo NoiDangKyKhaiSinh QueQuan",
    "the old card's number": "SoCMND",
    "relatives: for whom a citizen may act is asked on its own": "Cha Me VoChong NguoiDaiDien",
    "there are no districts since July 2025": "ThuongTru.MaQuanHuyen NoiOHienTai.MaQuanHuyen",
    "nobody has needed it": "ThuongTru.QuocGia NoiOHienTai.QuocGia",
}


def _beneath(place: str) -> dict[str, str]:
    """The same where a citizen stands at that place."""
    return {reason: " ".join(f"{place}.{name}" for name in names.split()) for reason, names in _OF_A_CITIZEN.items()}


_ROUND_IT = {"words for the code, and the id of the question": "MoTa ThongBao MaYeuCau"}
_LOOKUP = Shape(name="CongDan", wire=CitizenAnswer, left_alone={**_ROUND_IT, **_beneath("CongDan")})
_REPRESENTATIVES = Shape(
    name="DanhSachDaiDien",
    wire=RepresentativesAnswer,
    left_alone={
        **_ROUND_IT,
        "of who represents the citizen only the name is wanted": """
            DanhSachDaiDien.CongDan.SoDinhDanh DanhSachDaiDien.CongDan.NgayThangNamSinh
            DanhSachDaiDien.CongDan.GioiTinh""",
    },
)
_LIST = Shape(name="DanhSach", wire=DependantsAnswer, left_alone={**_ROUND_IT, **_beneath("DanhSach.CongDan")})


def reports_of(options: PopulationOptions, document: bytes) -> tuple[MappingReport, ...]:
    """The report on one answer: a lookup, or a list of dependants or representatives.

    Args:
        options: of the platform; the format decides how the document is written.
        document: as the platform sent it.

    Raises:
        Garbled: no such answer.
    """
    found = json_document(document) if options.format == "json" else plain(document, options.format)
    names = found if isinstance(found, dict) else {}
    shape = next((shape for shape in (_LIST, _REPRESENTATIVES) if shape.name in names), _LOOKUP)
    return (counted(found, shape),)
