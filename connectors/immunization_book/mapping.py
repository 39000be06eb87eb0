"""The book's answers to records: an ``Immunization`` per dose that was given. Pure: no call, no clock."""

import re
from collections.abc import Iterable

from msgspec import Raw

from connectors.immunization_book import antigens
from connectors.immunization_book.doses import Dose, Target, merged, said
from connectors.immunization_book.wire import ProductRow, Reaction
from connectors.records import CodedText, Coding, Facility, Immunization
from connectors.stamping import Stamp

_OWN = "urn:citizen-graph:immunization_book:{}"
_ICD10 = "http://hl7.org/fhir/sid/icd-10"
_NUMBER = re.compile(r"[1-9]\d?", re.ASCII)


def immunizations(
    by_antigen: Iterable[Raw], by_product: Iterable[Raw], stamp: Stamp
) -> tuple[tuple[Immunization, ...], int]:
    """The doses that were given, each once, and how many cannot be read.

    Args:
        by_antigen: rows of the history by antigen.
        by_product: rows of the history by product.
        stamp: of this answer.
    """
    doses, dropped = merged(by_antigen, by_product)
    records: list[Immunization] = []
    for dose in doses:
        try:
            records.append(_immunization(dose, stamp))
        except ValueError:
            dropped += 1
    return tuple(records), dropped


def _immunization(dose: Dose, stamp: Stamp) -> Immunization:
    product = dose.product or ProductRow()
    return Immunization(
        **stamp(Immunization, dose.id),
        vaccine=_vaccine(product, dose),
        target_diseases=tuple(_disease(target) for target in dose.targets.values()),
        dose_number=_dose_number(dose),
        on=dose.on,
        lot=said(product.lot),
        facility=_facility(said(product.place)),
        status="completed",
        reactions=tuple(_reactions(product)),
    )


def _vaccine(product: ProductRow, dose: Dose) -> CodedText:
    """The product; where only antigens are known, their names.

    Raises:
        ValueError: neither is.
    """
    name, id_ = said(product.name), said(product.product)
    text = name or ", ".join(_words(target) for target in dose.targets.values()) or id_
    if not text:
        raise ValueError("a dose of nothing")
    codings = (Coding(system=_OWN.format("vacxin"), code=id_, display=name),) if id_ else ()
    return CodedText(text=text, codings=codings)


def _disease(target: Target) -> CodedText:
    """The antigen's name as written, its id at the book, and the ICD-10 code of the disease where it is known."""
    own = [Coding(system=_OWN.format("khang_nguyen"), code=target.id, display=target.name)] if target.id else []
    antigen = antigens.known(target.id, target.name)
    common = [Coding(system=_ICD10, code=antigen.icd10)] if antigen else []
    return CodedText(text=_words(target), codings=(*own, *common))


def _words(target: Target) -> str:
    """The antigen's name as written, else as the table has it, else its id."""
    antigen = antigens.known(target.id, target.name)
    return target.name or (antigen.names[0] if antigen else target.key)


def _dose_number(dose: Dose) -> int | None:
    """The product's own number; without a product, the one on which all antigens agree."""
    if dose.product and (number := _count(said(dose.product.number))):
        return number
    numbers = {_count(target.number) for target in dose.targets.values()}
    return numbers.pop() if len(numbers) == 1 else None


def _count(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None


def _facility(name: str | None) -> Facility | None:
    """The book names places and gives no code for them: the name stands for it."""
    return Facility(code=name, name=name) if name else None


def _reactions(product: ProductRow) -> Iterable[CodedText]:
    """In the book's words; one, several, or a plain text."""
    told = product.reactions
    rows = told if isinstance(told, list) else [told]
    texts = (said(row.kind if isinstance(row, Reaction) else row) for row in rows)
    return (CodedText(text=text) for text in texts if text)
