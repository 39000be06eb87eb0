"""Data types of FHIR to the shared pieces of records: codes, words, numbers. Pure."""

from collections.abc import Iterable
from decimal import Clamped, Context, Decimal, InvalidOperation, Rounded, Subnormal

from connectors.fhir.datatypes import CodeableConcept, CodeableReference, Reference
from connectors.fhir.datatypes import Quantity as WireQuantity
from connectors.records import CodedText, Coding, Quantity

ENTERED_IN_ERROR = "entered-in-error"
"""The source says that the resource should never have been: it is nobody's record."""

_MOST_DIGITS = 40
"""Of a number before or after the point. R4 asks for 18; an exponent beyond any sense would blow up arithmetic."""
_measured = Context(
    prec=_MOST_DIGITS, Emax=_MOST_DIGITS, Emin=-_MOST_DIGITS, traps=[Clamped, InvalidOperation, Rounded, Subnormal]
).plus
"""The number, as long as it keeps to these bounds."""


class Unreadable(ValueError):
    """A resource lacks what its record cannot do without. Counted, never shown; the text holds no value of it."""


def code_of(concept: CodeableConcept | None) -> str | None:
    """The first code, for concepts whose code system R4 requires."""
    for coding in concept.coding if concept is not None else ():
        if coding.code:
            return coding.code
    return None


def has_code(concepts: Iterable[CodeableConcept], code: str) -> bool:
    """Whether one of them has that code."""
    for concept in concepts:
        for coding in concept.coding:
            if coding.code == code:
                return True
    return False


def codes_of(concepts: Iterable[CodeableConcept]) -> set[str]:
    """Every code in all of them."""
    return {coding.code for concept in concepts for coding in concept.coding if coding.code}


def coded(concept: CodeableConcept | CodeableReference | None) -> CodedText | None:
    """Words and codes as written. None when there is neither."""
    if concept is None:
        return None
    codings = concept.coding
    if len(codings) == 1:  # as nearly every one is written
        one = codings[0]
        code, display = one.code, one.display
        if code:
            coding = Coding(system=one.system or "unknown", code=code, display=display)
            return CodedText(text=concept.text or display or code, codings=(coding,))
    return _coded(concept) if codings or concept.text else None


def _coded(concept: CodeableConcept | CodeableReference) -> CodedText | None:
    codings = tuple(
        Coding(system=coding.system or "unknown", code=coding.code, display=coding.display)
        for coding in concept.coding
        if coding.code
    )
    text = concept.text or next((c.display for c in concept.coding if c.display), None)
    text = text or (codings[0].code if codings else None)
    return CodedText(text=text, codings=codings) if text else None


def pairs_of(concepts: Iterable[CodeableConcept]) -> set[tuple[str | None, str]]:
    """Every system and code in all of them."""
    return {(coding.system, coding.code) for concept in concepts for coding in concept.coding if coding.code}


def meant(said: CodeableReference | None) -> CodedText | None:
    """The meaning, else the words of the pointer."""
    if said is None:
        return None
    found = coded(said.concept or said)
    if found is not None:
        return found
    words = said.reference.display if isinstance(said.reference, Reference) else said.display
    return CodedText(text=words) if words else None


def words_of(said: CodeableReference | None) -> str | None:
    """The words alone of what is meant."""
    if said is None:
        return None
    concept = said.concept or said
    if concept.text:
        return concept.text
    if not concept.coding and said.display:
        return said.display
    found = meant(said)
    return found.text if found is not None else None


def coded_all(concepts: Iterable[CodeableConcept]) -> tuple[CodedText, ...]:
    """Those that say something."""
    return tuple(found for concept in concepts if (found := coded(concept)))


def needed(concept: CodedText | None) -> CodedText:
    """The meaning without which a record says nothing.

    Raises:
        Unreadable: there is none.
    """
    if concept is None:
        raise Unreadable("neither code nor text")
    return concept


def exact(value: Decimal) -> Decimal:
    """The number with the digits that the source wrote.

    Raises:
        Unreadable: it is infinite, no number, or beyond any measure.
    """
    try:
        if value.is_finite():
            _measured(value)
            return value
    except ArithmeticError:
        pass  # digits would be lost
    raise Unreadable("not a number that measures anything")


def quantity(found: WireQuantity | None) -> Quantity | None:
    """An amount, when there is a number in it."""
    if found is None or found.value is None:
        return None
    return Quantity(value=exact(found.value), unit=found.unit, code=found.code, comparator=found.comparator)


def amount_text(found: WireQuantity | None) -> str:
    """An amount in words: ``<= 5.0 mmol/L``; empty when there is no number."""
    if found is None or found.value is None:
        return ""
    text, unit = f"{exact(found.value):f}", found.unit or found.code
    text = f"{text} {unit}" if unit else text
    return f"{found.comparator} {text}" if found.comparator else text


def display_of(reference: Reference | None) -> str | None:
    """The words of a reference."""
    return reference.display if reference else None
