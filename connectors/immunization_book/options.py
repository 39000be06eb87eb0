"""What the block of a source of kind `immunization_book` may say."""

from typing import Literal

from msgspec import Struct

from connectors.options import Route, Secret, SourceOptions


class Endpoints(Struct, frozen=True, kw_only=True):
    """Paths of the book's operations below the source's URL. The path of ``products`` was never observed."""

    auth: Route = "/auth"
    antigens: Route = "/lich_su_tiem/khang_nguyen"
    """The history by antigen."""
    products: Route = "/lich_su_tiem/vacxin"
    """The history by product."""


class Lookup(Struct, frozen=True, kw_only=True):
    """How a citizen is found by number, always by POST. Nothing of it was ever observed: it is to be agreed upon."""

    path: Route = "/doi_tuong/tra_cuu"
    field: str = "dinh_danh"
    """Name under which the number stands in the body."""
    encoding: Literal["json", "form"] = "json"
    """How the body is written."""


class ImmunizationBookOptions(SourceOptions, frozen=True, kw_only=True):
    """The account of the agreement with the authority that keeps the book."""

    phone: Secret
    """``phoneNumber`` of the account: a person's number."""
    password: Secret
    """``pass`` of the account."""
    device: str = "citizen-graph"
    """``deviceId`` under which the account signs in."""
    lookup: Lookup = Lookup()
    endpoints: Endpoints = Endpoints()
