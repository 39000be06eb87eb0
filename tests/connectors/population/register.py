"""What the tests of kind `population` share: invented citizens, and answers of the register about them."""

from typing import Any

from connectors.contract import Subject
from connectors.options import Secret
from connectors.population.options import PopulationOptions
from connectors.records import PartialDate, SourceKind

Json = dict[str, Any]

AN = Subject(ref="ref-an", personal_id="079185998101", name="Trần Thị Mẫu Ân", birth_date=PartialDate("1985-02-03"))
BINH = Subject(ref="ref-binh", personal_id="079080998102", name="Lê Văn Mẫu Bình", birth_date=PartialDate("1980"))
NOBODY = Subject(ref="ref-nobody", personal_id="079090998103", name="Võ Mẫu Không")
CHILD, WARD = "079317998104", "079160998105"
API_KEY = "khoa-mau"


def citizen(**fields: Any) -> Json:
    """The register's entry of Ân, with other fields where the test says so."""
    home = {"MaTinhThanh": "79", "MaQuanHuyen": "", "MaPhuongXa": "99901", "ChiTiet": "1 Đường Mẫu", "QuocGia": "VN"}
    return {
        "SoDinhDanh": AN.personal_id,
        "SoCMND": "020998101",
        "HoVaTen": {"Ho": "TRẦN", "ChuDem": "THỊ MẪU", "Ten": "ÂN"},
        "GioiTinh": "2",
        "NgayThangNamSinh": {"Nam": "1985", "NgayThangNam": "19850203"},
        "DanToc": "01",
        "TonGiao": "religion",
        "NhomMau": "O",
        "QuocTich": "VN",
        "ThuongTru": home,
        "NoiOHienTai": {**home, "ChiTiet": ""},
        "SoDienThoai": "0900000101",
        "Cha": None,
        "NgayChet": "",
        **fields,
    }


def dependant(number: str = CHILD, **fields: Any) -> Json:
    """Somebody for whom Ân may act, with other fields where the test says so."""
    return {
        "QuanHe": "CON",
        "TuNgay": "20170511",
        "DenNgay": "",
        "HanChe": False,
        "CongDan": {
            "SoDinhDanh": number,
            "HoVaTen": {"Ho": "PHẠM", "ChuDem": "MẪU", "Ten": "AN"},
            "NgayThangNamSinh": {"Nam": "2017", "NgayThangNam": "20170511"},
            "GioiTinh": "2",
        },
        **fields,
    }


def options(**fields: Any) -> PopulationOptions:
    """Options of a source of this kind."""
    given: Json = {
        "kind": "population",
        "name": "Dân cư Mẫu",
        "category": SourceKind.POPULATION_REGISTER,
        "url": "http://register.invalid",
        "headers": {"X-API-Key": Secret(API_KEY)},
    }
    return PopulationOptions(**{**given, **fields})
