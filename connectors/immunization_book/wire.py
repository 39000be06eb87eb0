"""The book's answers, as far as they are wanted. Everything else in them is skipped unread.

Carers with their names and numbers, addresses, telephones, sex (0 and 1, of unsure meaning), BCG scars and the
plan of doses to come are not wanted: what is not read cannot leak.

Source: recorded answers of the book's application for families; no contract for partners is published.
"""

from msgspec import Raw, Struct, field

Text = str | None
Code = str | int | None


class Wire(Struct, frozen=True, kw_only=True, gc=False):
    """Something the book said. Its text form says nothing: it may end up in a traceback."""

    def __repr__(self) -> str:
        return type(self).__name__


class Login(Wire, frozen=True, kw_only=True, gc=False):
    """What a sign-in gives. Whose account it is, is known already."""

    token: str


class LoginAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Answer to ``/auth``."""

    code: int
    data: Login | None = None


class ListAnswer(Wire, frozen=True, kw_only=True, gc=False):
    """Every other answer. Entries stay undecoded: one spoils no other."""

    code: int
    data: list[Raw] | None = None


class Claims(Wire, frozen=True, kw_only=True, gc=False):
    """The wanted part of a token (RFC 7519): the moment after which it is not accepted, in seconds since 1970."""

    exp: int | float | None = None


class Member(Wire, frozen=True, kw_only=True, gc=False):
    """One person of the book (``thanh_vien``)."""

    entry: Code = field(name="doi_tuong_id", default=None)
    """Opaque id at the book."""
    personal_id: Text = field(name="ma_dinh_danh", default=None)
    name: Text = field(name="ho_ten", default=None)
    birth_date: Text = field(name="ngay_sinh", default=None)


class AntigenRow(Wire, frozen=True, kw_only=True, gc=False):
    """One antigen of one dose, in the history by antigen."""

    dose: Code = field(name="lich_su_tiem_id", default=None)
    antigen: Code = field(name="khang_nguyen_id", default=None)
    name: Text = field(name="ten_khang_nguyen", default=None)
    state: Code = field(name="trang_thai", default=None)
    on: Text = field(name="ngay_tiem", default=None)
    number: Code = field(name="thu_tu_mui_tiem", default=None)


class Reaction(Wire, frozen=True, kw_only=True, gc=False):
    """What happened after a dose (``phan_ung_sau_tiem``)."""

    kind: Text = field(name="loai_phan_ung", default=None)


class ProductRow(Wire, frozen=True, kw_only=True, gc=False):
    """One dose of a product, in the history by product."""

    dose: Code = field(name="lich_su_tiem_id", default=None)
    product: Code = field(name="vacxin_id", default=None)
    name: Text = field(name="ten_vacxin", default=None)
    antigens: Text = field(name="khang_nguyen", default=None)
    """Names, separated by commas."""
    state: Code = field(name="trang_thai", default=None)
    on: Text = field(name="ngay_tiem", default=None)
    number: Code = field(name="thu_tu_mui_tiem", default=None)
    place: Text = field(name="co_so_tiem_chung", default=None)
    lot: Text = field(name="lo_vacxin", default=None)
    reactions: Reaction | list[Reaction] | str | None = field(name="phan_ung_sau_tiem", default=None)
