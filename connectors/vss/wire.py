"""The portal's answers, as far as they are wanted. Everything else in them is skipped unread.

Address, sex, the sentence ``ghiChu``, the employer's fields and the earlier checks by other facilities
(``dsLichSuKT2018``) are not wanted: what is not read cannot leak.

Source: appendix 03 of letter 1923/BHXH-CNTT (card), letter 2746/BHXH-CNTT (history).
"""

from typing import Annotated

from msgspec import Raw, Struct, field

from connectors.reports import Each

Text = str | None
Code = str | int | None
"""The guide writes codes as text; numbers have been seen."""


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
    birth_date: Text = field(name="ngaySinh", default=None)
    card: Text = field(name="maThe", default=None)
    valid_from: Text = field(name="gtTheTu", default=None)
    valid_until: Text = field(name="gtTheDen", default=None)
    facility: Text = field(name="maDKBD", default=None)
    five_years_from: Text = field(name="ngayDu5Nam", default=None)
    social_insurance_number: Text = field(name="maSoBHXH", default=None)
    old_card: Text = field(name="maTheCu", default=None)
    new_card: Text = field(name="maTheMoi", default=None)
    new_valid_from: Text = field(name="gtTheTuMoi", default=None)
    new_valid_until: Text = field(name="gtTheDenMoi", default=None)
    new_facility: Text = field(name="maDKBDMoi", default=None)
    new_facility_name: Text = field(name="tenDKBDMoi", default=None)


class Visit(Wire, frozen=True, kw_only=True, gc=False):
    """One visit of the history."""

    file: Code = field(name="maHoSo", default=None)
    facility: Text = field(name="maCSKCB", default=None)
    admitted: Code = field(name="ngayVao", default=None)
    discharged: Code = field(name="ngayRa", default=None)
    diagnosis: Text = field(name="tenBenh", default=None)
    discharge: Code = field(name="tinhTrang", default=None)
    result: Code = field(name="kqDieuTri", default=None)
    entitlement: Code = field(name="lyDoVV", default=None)


class HistoryAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to a history request. Visits stay undecoded, so that one unreadable visit spoils no other."""

    code: str = field(name="maKetQua")
    visits: Annotated[list[Raw] | None, Each(Visit)] = field(name="dsLichSuKCB2025", default=None)
