"""The register's answers, as far as they are wanted. Everything else in them is skipped unread.

Religion, marital status, the old card's number, the household and the relatives whom a citizen's own record names are
not wanted: what is not read cannot leak.

Source: fields of ``CongDan`` in the national population database, as provincial portals consume them; ``NgayChet``
and the list of dependants are agreed with the city platform.
"""

from typing import Annotated

from msgspec import Raw, Struct, field

from connectors.reports import Each

Text = str | None
Code = str | int | None


class Wire(Struct, frozen=True, kw_only=True, gc=False):
    """Something the register said. Its text form says nothing: it may end up in a traceback."""

    def __repr__(self) -> str:
        return type(self).__name__


class Name(Wire, frozen=True, kw_only=True, gc=False):
    """``HoVaTen``: family name, middle names, given name."""

    family: Text = field(name="Ho", default=None)
    middle: Text = field(name="ChuDem", default=None)
    given: Text = field(name="Ten", default=None)


class Birth(Wire, frozen=True, kw_only=True, gc=False):
    """``NgayThangNamSinh``: the year always, the day (``yyyymmdd``) where it is known."""

    year: Code = field(name="Nam", default=None)
    day: Code = field(name="NgayThangNam", default=None)


class Place(Wire, frozen=True, kw_only=True, gc=False):
    """An address: codes, and everything that has no code in one line."""

    province: Code = field(name="MaTinhThanh", default=None)
    ward: Code = field(name="MaPhuongXa", default=None)
    line: Text = field(name="ChiTiet", default=None)


class Citizen(Wire, frozen=True, kw_only=True, gc=False):
    """``CongDan``."""

    personal_id: str = field(name="SoDinhDanh")
    name: Name | None = field(name="HoVaTen", default=None)
    birth: Birth | None = field(name="NgayThangNamSinh", default=None)
    sex: Code = field(name="GioiTinh", default=None)
    nationality: Text = field(name="QuocTich", default=None)
    ethnicity: Code = field(name="DanToc", default=None)
    blood_type: Text = field(name="NhomMau", default=None)
    permanent: Place | None = field(name="ThuongTru", default=None)
    current: Place | None = field(name="NoiOHienTai", default=None)
    phone: Code = field(name="SoDienThoai", default=None)
    died: Code = field(name="NgayChet", default=None)


class CitizenAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to the lookup of one citizen."""

    code: str = field(name="MaKetQua")
    citizen: Citizen | None = field(name="CongDan", default=None)


class Dependant(Wire, frozen=True, kw_only=True, gc=False):
    """Somebody for whom the citizen may act, and since when, until when. Whether a court barred it is always said."""

    relation: str = field(name="QuanHe")
    since: Text = field(name="TuNgay", default=None)
    until: Text = field(name="DenNgay", default=None)
    scope: Text = field(name="PhamVi", default=None)
    barred: bool = field(name="HanChe")
    barred_from: Text = field(name="HanCheTuNgay", default=None)
    barred_until: Text = field(name="HanCheDenNgay", default=None)
    citizen: Citizen = field(name="CongDan")


class DependantsAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to the question whom a citizen represents. Entries stay undecoded: one spoils no other."""

    code: str = field(name="MaKetQua")
    personal_id: str | None = field(name="SoDinhDanh", default=None)
    """Whose dependants these are. Missing only where the register does not know the citizen."""
    dependants: Annotated[list[Raw] | None, Each(Dependant)] = field(name="DanhSach", default=None)


class Named(Wire, frozen=True, kw_only=True, gc=False):
    """``CongDan`` of a representative: the name and nothing else, for nobody's record is opened by it."""

    name: Name | None = field(name="HoVaTen", default=None)


class Representing(Wire, frozen=True, kw_only=True, gc=False):
    """Somebody who may act for the citizen; in the words of ``Dependant``: ``CON`` is a parent of the citizen."""

    relation: str = field(name="QuanHe")
    since: Text = field(name="TuNgay", default=None)
    until: Text = field(name="DenNgay", default=None)
    barred: bool = field(name="HanChe")
    citizen: Named = field(name="CongDan")


class RepresentativesAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to the question who represents a citizen. Entries stay undecoded: one spoils no other."""

    code: str = field(name="MaKetQua")
    personal_id: str | None = field(name="SoDinhDanh", default=None)
    """Whose representatives these are. Missing only where the register does not know the citizen."""
    representatives: Annotated[list[Raw] | None, Each(Representing)] = field(name="DanhSachDaiDien", default=None)


class WrittenAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Any answer where what it found stands in it as the text of an XML document."""

    code: str = field(name="MaKetQua")
    personal_id: str | None = field(name="SoDinhDanh", default=None)
    citizen: str | None = field(name="CongDan", default=None)
    dependants: str | None = field(name="DanhSach", default=None)
    representatives: str | None = field(name="DanhSachDaiDien", default=None)
