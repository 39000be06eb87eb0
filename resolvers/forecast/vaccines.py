"""Which antigens a recorded vaccination holds: by the diseases that it names, and by its product."""

from collections.abc import Iterable, Mapping
from importlib import resources

import msgspec
from msgspec import Struct

from connectors.records import CodedText, Immunization
from resolvers.joining.codes import ICD10, codes, words

SNOMED, CVX, ATC = "http://snomed.info/sct", "http://hl7.org/fhir/sid/cvx", "http://www.whocc.no/atc"


class Antigen(Struct, frozen=True, forbid_unknown_fields=True):
    """A disease that vaccines protect against."""

    id: str
    icd10: str
    snomed: str
    names: tuple[str, ...]
    live: bool = False
    """Whether its vaccine is live and injected: two of them keep their distance."""


class Product(Struct, frozen=True, forbid_unknown_fields=True):
    """A product, or products that hold the same antigens."""

    cvx: tuple[str, ...]
    atc: tuple[str, ...]
    names: tuple[str, ...]
    antigens: tuple[str, ...]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    antigens: tuple[Antigen, ...]
    products: tuple[Product, ...]

    def __post_init__(self) -> None:
        known = {antigen.id for antigen in self.antigens}
        if any(set(product.antigens) - known for product in self.products):
            raise ValueError("a product holds an antigen that is not in the file")


_FILE = msgspec.toml.decode(
    resources.files("resolvers.forecast").joinpath("vaccines.toml").read_text(encoding="utf-8"), type=_File
)
ANTIGENS: Mapping[str, Antigen] = {antigen.id: antigen for antigen in _FILE.antigens}
_DISEASES: Mapping[tuple[str, str], frozenset[str]] = {
    key: frozenset({antigen.id})
    for antigen in _FILE.antigens
    for key in (
        (ICD10, antigen.icd10),
        (SNOMED, antigen.snomed),
        *(("words", words(name)) for name in antigen.names),
    )
}
_PRODUCTS: Mapping[tuple[str, str], frozenset[str]] = {
    key: frozenset(product.antigens)
    for product in _FILE.products
    for key in (
        *((CVX, code) for code in product.cvx),
        *((ATC, code) for code in product.atc),
        *(("words", words(name)) for name in product.names),
    )
}


def antigens(dose: Immunization) -> frozenset[str] | None:
    """The antigens of a vaccination, or none when nobody can tell.

    A source may name fewer diseases than its product holds, or no product: then the other tells. Where neither holds
    the other, or one of the diseases is unknown, a wrong antigen would be counted: nobody can tell.
    """
    product = _looked_up(_PRODUCTS, dose.vaccine)
    if product is None:
        product = _looked_up(_DISEASES, dose.vaccine)
    named = [_looked_up(_DISEASES, disease) for disease in dose.target_diseases]
    if None in named:
        return None
    diseases = frozenset[str]().union(*(one for one in named if one))
    if not product or not diseases:
        return product or diseases or None
    return product | diseases if product <= diseases or diseases <= product else None


def _looked_up(table: Mapping[tuple[str, str], frozenset[str]], concept: CodedText) -> frozenset[str] | None:
    """What its codes say, if they agree; its words only where no code is known."""
    for keys in (codes(concept), [("words", words(concept.text))]):
        found = _known(table, keys)
        if found:
            return next(iter(found)) if len(found) == 1 else None
    return None


def _known(table: Mapping[tuple[str, str], frozenset[str]], keys: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    return {table[key] for key in keys if key in table}
