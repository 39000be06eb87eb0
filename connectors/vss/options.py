"""What the block of a source of kind `vss` may say."""

from typing import Literal

from msgspec import Struct

from connectors.options import Route, Secret, SourceOptions


class Endpoints(Struct, frozen=True, kw_only=True):
    """Paths of the portal's operations below the source's URL; the documented ones by default."""

    token: Route = "/api/token/take"  # noqa: S105 - a path
    card: Route = "/api/egw/KQNhanLichSuKCB2024"
    history: Route = "/api/egw/Lskcb2025"


class VssOptions(SourceOptions, frozen=True, kw_only=True):
    """An account at the portal. It belongs to one facility, and a named staff member answers for every call."""

    username: str
    """Of the account, for example ``79xxx_BV``."""
    password: Secret
    """Of the account; the portal is sent its MD5."""
    password_is_md5: bool = False
    """True where the secret holds the MD5 already (32 hexadecimal digits, sent in the case they are written in)."""
    staff_name: str
    """``hoTenCb``: full name of the staff member whom the agreement with the portal names."""
    staff_id: Secret
    """``cccdCb``: that person's citizen number."""
    card_encoding: Literal["json", "form"] = "json"
    """How the body of a card check is written. The guide says JSON; there are portals that want a form."""
    endpoints: Endpoints = Endpoints()
