"""The data types of FHIR R4 and R5, as far as records are made of them (http://hl7.org/fhir/R4/datatypes.html).

Numbers stay exact (``Decimal``), dates stay text, for R4 allows ``2019`` and ``2019-04`` as well.
"""

from decimal import Decimal

from msgspec import Struct


class Wire(Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Read from JSON only, never changed, without cycles."""

    def __repr__(self) -> str:
        """Say what it is and not what it says: a traceback may print it."""
        return type(self).__name__


class Coding(Wire, frozen=True, kw_only=True):
    """A code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Wire, frozen=True, kw_only=True):
    """A meaning: codes, words, or both."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Identifier(Wire, frozen=True, kw_only=True):
    """A number somebody gave."""

    system: str | None = None
    value: str | None = None


class Reference(Wire, frozen=True, kw_only=True):
    """Points to another resource: by address, by identifier, or only in words."""

    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class CodeableReference(Wire, frozen=True, kw_only=True):
    """A meaning, a pointer, or both (R5); and what R4 has in the same place: a CodeableConcept or a Reference.

    R5 wraps a Reference in an element of the same name, where R4 has the address itself.
    """

    concept: CodeableConcept | None = None
    reference: Reference | str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None
    coding: tuple[Coding, ...] = ()
    text: str | None = None

    @property
    def meaning(self) -> CodeableConcept | None:
        """The CodeableConcept; None where there is only a pointer."""
        if self.concept is not None:
            return self.concept
        return CodeableConcept(coding=self.coding, text=self.text) if self.coding or self.text else None

    @property
    def pointer(self) -> Reference | None:
        """The Reference; None where there is only a meaning."""
        if isinstance(self.reference, Reference):
            return self.reference
        if not (self.reference or self.identifier or self.display):
            return None
        return Reference(reference=self.reference, type=self.type, identifier=self.identifier, display=self.display)


class Period(Wire, frozen=True, kw_only=True):
    """From, to; either may be open."""

    start: str | None = None
    end: str | None = None


class Quantity(Wire, frozen=True, kw_only=True):
    """A measured amount, also in its forms Age, Duration and SimpleQuantity."""

    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    code: str | None = None


class Range(Wire, frozen=True, kw_only=True):
    """Two bounds."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Wire, frozen=True, kw_only=True):
    """A titre, a strength."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Money(Wire, frozen=True, kw_only=True):
    """An amount of money."""

    value: Decimal | None = None
    currency: str | None = None


class Annotation(Wire, frozen=True, kw_only=True):
    """A note."""

    text: str | None = None


class HumanName(Wire, frozen=True, kw_only=True):
    """A name of a person."""

    use: str | None = None
    text: str | None = None
    family: str | None = None
    given: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()


class Address(Wire, frozen=True, kw_only=True):
    """Of a Patient."""

    use: str | None = None
    text: str | None = None
    line: tuple[str, ...] = ()
    city: str | None = None
    district: str | None = None
    state: str | None = None


class ContactPoint(Wire, frozen=True, kw_only=True):
    """A telephone number, among others."""

    system: str | None = None
    value: str | None = None
    use: str | None = None


class SampledData(Wire, frozen=True, kw_only=True):
    """A curve, as text."""

    data: str | None = None


class Attachment(Wire, frozen=True, kw_only=True):
    """Content that lies elsewhere, or here as Base64, which is not read."""

    title: str | None = None
    content_type: str | None = None
    url: str | None = None
    size: Decimal | None = None
    """Bytes. R5 writes it as text."""
    creation: str | None = None
