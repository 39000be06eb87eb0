"""Doses out of two views of them: the history by antigen and the history by product overlap, and are merged.

A five-in-one product is one row by product and five rows by antigen. Added up they would be six doses; it was one.
"""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from connectors.immunization_book import antigens, dates
from connectors.immunization_book.wire import AntigenRow, Code, ProductRow
from connectors.records import PartialDate

_ANTIGEN = msgspec.json.Decoder(AntigenRow)
_PRODUCT = msgspec.json.Decoder(ProductRow)
_PLANNED, _GIVEN = "1", "2"
_STATES = frozenset({_PLANNED, _GIVEN})

Row = TypeVar("Row", AntigenRow, ProductRow)


class Target(Struct, frozen=True):
    """An antigen of a dose as the book writes it."""

    id: str | None
    name: str | None
    number: str | None = None
    """Which dose against this antigen it was."""

    @property
    def key(self) -> str:
        """Equal for two ways of writing the same antigen."""
        return antigens.same(self.id, self.name)


class Dose(Struct, kw_only=True):
    """One dose that was given, as far as either view knows it."""

    id: str
    on: PartialDate
    product: ProductRow | None = None
    numbered: bool
    """Whether the id is the book's own."""
    targets: dict[str, Target]
    """By key: what the product lists, and what the history by antigen says about it."""


def merged(by_antigen: Iterable[Raw], by_product: Iterable[Raw]) -> tuple[list[Dose], int]:
    """Every dose that was given, in the book's order, and how many rows could not be read.

    Rows of one dose carry the same id. Where an id is missing, a row by antigen belongs to a product that was given
    on the same day and lists that antigen. What finds no product is a dose of its own.
    """
    doses: dict[str, Dose] = {}
    products, unreadable = _given(_PRODUCT, by_product)
    for product, on in products:
        _add_product(doses, product, on)
    rows, more = _given(_ANTIGEN, by_antigen)
    for row, on in rows:
        _add_antigen(doses, row, on)
    return list(doses.values()), unreadable + more


def said(text: Code) -> str | None:
    """What the book said; an empty text says nothing."""
    return ("" if text is None else str(text)).strip() or None


def _given(decoder: "msgspec.json.Decoder[Row]", raws: Iterable[Raw]) -> tuple[list[tuple[Row, PartialDate]], int]:
    """The rows of given doses with their days, and how many rows cannot be read. Planned doses are passed over."""
    rows: list[tuple[Row, PartialDate]] = []
    unreadable = 0
    for raw in raws:
        try:
            row = decoder.decode(raw)
            state = said(row.state)
            if state == _GIVEN:
                rows.append((row, dates.day(row.on)))
            unreadable += state not in _STATES
        except (msgspec.DecodeError, ValueError, RecursionError):
            unreadable += 1
    return rows, unreadable


def _add_product(doses: dict[str, Dose], row: ProductRow, on: PartialDate) -> None:
    own = said(row.dose)
    id_ = own or f"{said(row.product) or said(row.name) or ''}@{on}"
    dose = doses.setdefault(id_, Dose(id=id_, on=on, product=row, numbered=own is not None, targets={}))
    for name in (row.antigens or "").split(","):
        _aim(dose, Target(None, said(name)))


def _add_antigen(doses: dict[str, Dose], row: AntigenRow, on: PartialDate) -> None:
    target = Target(said(row.antigen), said(row.name), said(row.number))
    own = said(row.dose)
    id_ = own if own in doses else _product_of(target, on, doses.values(), numbered=own is not None)
    id_ = id_ or own or f"{target.key}@{on}"
    _aim(doses.setdefault(id_, Dose(id=id_, on=on, numbered=own is not None, targets={})), target)


def _aim(dose: Dose, target: Target) -> None:
    """Add a target once; an antigen's own row knows more than the list of a product."""
    if target.id or (target.name and target.key not in dose.targets):
        dose.targets[target.key] = target


def _product_of(target: Target, on: PartialDate, doses: Iterable[Dose], *, numbered: bool) -> str | None:
    """The product that was given on that day against that antigen. Two ids that differ are two doses."""
    fitting = (dose for dose in doses if dose.product and dose.on == on and target.key in dose.targets)
    return next((dose.id for dose in fitting if not (numbered and dose.numbered)), None)
