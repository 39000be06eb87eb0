"""What the block of a source of kind `vss` may say."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from connectors.options import Duration, Route, Secret, SourceOptions

Encoding = Literal["json", "form"]


class Endpoints(Struct, frozen=True, kw_only=True):
    """Paths of the portal's operations below the source's URL; the documented ones by default."""

    token: Route = "/api/token/take"  # noqa: S105 - a path
    card: Route = "/api/egw/KQNhanLichSuKCB2024"
    history: Route = "/api/egw/Lskcb2025"
    """Of the operations before it, such as ``/api/egw/KQNhanLichSuKCB``, the answer is understood as well."""
    details: Route = "/api/egw/nhanHoSoKCBChiTiet"
    co_payments: Route = "/api/TraCuuCCT/TraCuuTienMCCT"


class VssOptions(SourceOptions, frozen=True, kw_only=True):
    """An account at the portal. It belongs to one facility, and a named staff member answers for every call."""

    username: str
    """Of the account, for example ``79xxx_BV``."""
    password: Secret
    """Of the account; the portal is sent its MD5."""
    password_is_md5: bool = False
    """True where the secret holds the MD5 already (32 hexadecimal digits, sent in the case they are written in)."""
    md5_case: Literal["lower", "upper"] = "lower"
    """The case in which the digits of an MD5 that is made here are sent. The guide says upper, clients send lower."""
    staff_name: str
    """``hoTenCb``: full name of the staff member whom the agreement with the portal names."""
    staff_id: Secret
    """``cccdCb``: that person's citizen number."""
    token_encoding: Encoding = "form"  # noqa: S105 - how it is written
    """How the body of a request for a token is written."""
    card_encoding: Encoding = "json"
    """How the body of a card check is written. The guide says JSON; there are portals that want a form."""
    history_encoding: Encoding = "form"
    """How the body of a request for the history is written. The present operation refuses JSON."""
    history_account: bool = False
    """True where a request for the history carries the account in its query, as the operations before 2025 want it."""
    concurrency: int = 4
    """Calls in flight at once: an account that asks for too much is restricted."""
    calls_per_minute: Annotated[int, Meta(ge=0, le=100_000)] = 0
    """Of the account, as agreed; a tenth of them may be made at once. 0 is without limit."""
    details: Annotated[int, Meta(ge=0, le=200)] = 20
    """The newest visits that are looked up one by one, a call each, where their details are wanted. 0: none ever."""
    co_payments_deadline: Duration = Duration(60)
    """For a question about co-payments, which takes the portal 5 to 60 seconds. The request's own deadline may end it
    sooner."""
    endpoints: Endpoints = Endpoints()
