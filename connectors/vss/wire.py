"""The portal's answers, as far as they are wanted. Everything else in them is skipped unread.

Address, sex, the sentence ``ghiChu``, the employer's fields and the earlier checks by other facilities
(``dsLichSuKT2018``) are not wanted: what is not read cannot leak. Entries of a list stay undecoded, so that one
unreadable entry spoils no other.

Source: appendix 03 of letter 1923/BHXH-CNTT (card), letter 2746/BHXH-CNTT (history); the details of a visit, the older
history and the co-payments as production clients read them.
"""

from typing import Annotated

from msgspec import Raw, Struct, field

from connectors.reports import Each, Promise
from connectors.vss import dates, values

Text = str | None
Code = str | int | None
"""The guide writes codes as text; numbers have been seen."""
Day = Annotated[Code, Promise(dates.partial_date)]
"""A date or a moment, in any of the portal's forms."""
Amount = Annotated[str | int | float | None, Promise(values.number)]
"""Of money, or of anything; written as a number or as text."""


class Wire(Struct, frozen=True, kw_only=True, gc=False):
    """Something the portal said. Its text form says nothing: it may end up in a traceback."""

    def __repr__(self) -> str:
        return type(self).__name__


class ApiKey(Wire, frozen=True, kw_only=True, gc=False):
    """A session of the account."""

    access_token: str
    id_token: str
    expires_in: Text = None
    """A date-time (ISO 8601), whatever the name suggests."""


class TokenAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to ``/api/token/take``."""

    code: str = field(name="maKetQua")
    key: ApiKey | None = field(name="APIKey", default=None)


class CardAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to a card check: the card that was found and, where it was re-issued, the old and the new one."""

    code: str = field(name="maKetQua")
    name: Text = field(name="hoTen", default=None)
    birth_date: Annotated[Text, Promise(dates.partial_date)] = field(name="ngaySinh", default=None)
    card: Text = field(name="maThe", default=None)
    valid_from: Annotated[Text, Promise(dates.partial_date)] = field(name="gtTheTu", default=None)
    valid_until: Annotated[Text, Promise(dates.partial_date)] = field(name="gtTheDen", default=None)
    facility: Text = field(name="maDKBD", default=None)
    five_years_from: Annotated[Text, Promise(dates.partial_date)] = field(name="ngayDu5Nam", default=None)
    social_insurance_number: Text = field(name="maSoBHXH", default=None)
    old_card: Text = field(name="maTheCu", default=None)
    new_card: Text = field(name="maTheMoi", default=None)
    new_valid_from: Annotated[Text, Promise(dates.partial_date)] = field(name="gtTheTuMoi", default=None)
    new_valid_until: Annotated[Text, Promise(dates.partial_date)] = field(name="gtTheDenMoi", default=None)
    new_facility: Text = field(name="maDKBDMoi", default=None)
    new_facility_name: Text = field(name="tenDKBDMoi", default=None)


class Visit(Wire, frozen=True, kw_only=True, gc=False):
    """One visit of the history. The older history calls its beginning and end otherwise."""

    file: Code = field(name="maHoSo", default=None)
    facility: Text = field(name="maCSKCB", default=None)
    admitted: Day = field(name="ngayVao", default=None)
    discharged: Day = field(name="ngayRa", default=None)
    older_admitted: Day = field(name="tuNgay", default=None)
    older_discharged: Day = field(name="denNgay", default=None)
    diagnosis: Text = field(name="tenBenh", default=None)
    discharge: Code = field(name="tinhTrang", default=None)
    result: Code = field(name="kqDieuTri", default=None)
    entitlement: Code = field(name="lyDoVV", default=None)


class HistoryAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to a history request, under the name that the operation asked has for the list."""

    code: str = field(name="maKetQua")
    visits: Annotated[list[Raw] | None, Each(Visit)] = field(name="dsLichSuKCB2025", default=None)
    visits_of_2018: Annotated[list[Raw] | None, Each(Visit)] = field(name="dsLichSuKCB2018", default=None)
    older_visits: Annotated[list[Raw] | None, Each(Visit)] = field(name="dsLichSuKCB", default=None)


class Summary(Wire, frozen=True, kw_only=True, gc=False):
    """``xml1`` of a visit's details: whose it is, and the totals in VND."""

    name: Text = field(name="HoTen", default=None)
    birth_date: Day = field(name="NgaySinh", default=None)
    total: Amount = field(name="TTongchi", default=None)
    citizen_pays: Amount = field(name="TBntt", default=None)
    insurer_pays: Amount = field(name="TBhtt", default=None)


class Medicine(Wire, frozen=True, kw_only=True, gc=False):
    """An entry of ``dsXml2``."""

    code: Code = field(name="MaThuoc", default=None)
    name: Text = field(name="TenThuoc", default=None)
    unit: Text = field(name="DonViTinh", default=None)
    strength: Text = field(name="HamLuong", default=None)
    route: Code = field(name="DuongDung", default=None)
    dose: Text = field(name="LieuDung", default=None)
    registration: Code = field(name="SoDangKy", default=None)
    quantity: Amount = field(name="SoLuong", default=None)
    unit_price: Amount = field(name="DonGia", default=None)
    amount: Amount = field(name="ThanhTien", default=None)
    ordered: Day = field(name="NgayYl", default=None)


class Service(Wire, frozen=True, kw_only=True, gc=False):
    """An entry of ``dsXml3``: a service, or a supply."""

    code: Code = field(name="MaDichVu", default=None)
    supply: Code = field(name="MaVatTu", default=None)
    name: Text = field(name="TenDichVu", default=None)
    quantity: Amount = field(name="SoLuong", default=None)
    unit_price: Amount = field(name="DonGia", default=None)
    amount: Amount = field(name="ThanhTien", default=None)


class Finding(Wire, frozen=True, kw_only=True, gc=False):
    """An entry of ``dsXml4``: a result. No unit comes with it."""

    service: Code = field(name="MaDichVu", default=None)
    index: Code = field(name="MaChiSo", default=None)
    name: Text = field(name="TenChiSo", default=None)
    value: str | int | float | None = field(name="GiaTri", default=None)
    description: Text = field(name="MoTa", default=None)
    conclusion: Text = field(name="KetLuan", default=None)
    at: Day = field(name="NgayKq", default=None)


class Details(Wire, frozen=True, kw_only=True, gc=False):
    """``hoSoKCB``: one visit with what was done and what it cost."""

    summary: Summary | None = field(name="xml1", default=None)
    medicines: Annotated[list[Raw] | None, Each(Medicine)] = field(name="dsXml2", default=None)
    services: Annotated[list[Raw] | None, Each(Service)] = field(name="dsXml3", default=None)
    findings: Annotated[list[Raw] | None, Each(Finding)] = field(name="dsXml4", default=None)


class DetailsAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to a request for the details of one visit."""

    code: str = field(name="maKetQua")
    details: Details | None = field(name="hoSoKCB", default=None)


class PaidEntry(Wire, frozen=True, kw_only=True, gc=False):
    """What counts of one visit towards the limit of co-payments."""

    id: Code = field(name="Id", default=None)
    card: Text = field(name="maThe", default=None)
    facility: Text = field(name="maCskcb", default=None)
    admitted: Day = field(name="ngayVao", default=None)
    discharged: Day = field(name="ngayRa", default=None)
    entitlement: Code = field(name="maDoiTuongKCB", default=None)
    amount: Amount = field(name="tBNCCTMCCT", default=None)
    year_to_date: Amount = field(name="tBNCCTLuyKe", default=None)
    reported: Day = field(name="ngayNhan", default=None)


class Holder(Wire, frozen=True, kw_only=True, gc=False):
    """``ThongTinSoThe``: whose co-payments these are."""

    name: Text = field(name="hoTen", default=None)
    birth_date: Annotated[Text, Promise(dates.partial_date)] = field(name="ngaySinh", default=None)


class PaidAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to a question about co-payments. Its names begin with capitals."""

    code: str = field(name="MaKetQua")
    entries: Annotated[list[Raw] | None, Each(PaidEntry)] = field(name="DataCCT", default=None)
    holder: Holder | None = field(name="ThongTinSoThe", default=None)
