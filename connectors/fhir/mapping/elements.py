"""Data types of FHIR to the shared pieces of records: codes, dates, quantities, places, people. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw, Struct

from connectors.clock import HO_CHI_MINH
from connectors.fhir.base import POINTER, Base
from connectors.fhir.bundle import Linked
from connectors.fhir.datatypes import CodeableConcept, CodeableReference, HumanName, Identifier, Period, Reference
from connectors.fhir.datatypes import Quantity as WireQuantity
from connectors.fhir.mapping.inlining import inlined
from connectors.records import CodedText, Coding, Facility, PartialDate, Practitioner, Quantity
from connectors.stamping import Stamp

Contained = tuple[Raw, ...]
"""What stands in a resource itself for others to be pointed to (``contained``)."""

ENTERED_IN_ERROR = "entered-in-error"
"""The source says that the resource should never have been: it is nobody's record."""

_PARTIAL = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?", re.ASCII)
"""No year before 1000 or after 2999: at the ends of the calendar a change of time zone breaks, and nobody is there."""
_LEAP = re.compile(r"(?<=T\d{2}:\d{2}):60", re.ASCII)
"""The second that is put in between (R4 allows it); Python knows none, so it counts as the one before it."""
_MARKS, _MARKS_OF_DAY = "2019-04-30T10:00:00+07:00"[4::3], "2019-04-30"[4::3]
"""What stands between the numbers of an instant and of a day, as nearly every one is written."""
_OFFSET, _SINCE = "+07:00", "1976"
"""Of the city, and the first whole year in which it was so: https://www.iana.org/time-zones."""
_DAY = len("2019-04-30")
_read, _read_day = datetime.fromisoformat, date.fromisoformat
_LINKED = msgspec.json.Decoder(Linked)
_MOST_DIGITS = 40
"""Of a number before or after the point. R4 asks for 18; an exponent beyond any sense would blow up arithmetic."""


_UNMET: Any = object()


class Unreadable(ValueError):
    """A resource lacks what its record cannot do without. Counted, never shown; the text holds no value of it."""


class Around(Struct, frozen=True, kw_only=True):
    """What a mapping knows besides the resource itself."""

    stamp: Stamp
    base: Base
    own: Facility | None = None
    """The facility whose own server this is; none for a register or an insurer."""
    facility_system: str | None = None
    """Under which an Organization carries its facility code."""
    included: Mapping[tuple[str, str], Linked] = {}
    """Resources that came along in the pages or were fetched for them, by type and id."""
    targets: dict[str, Any] = {}
    """What addresses of this answer mean: most stand in it many times."""
    places: dict[Reference, Facility | None] = {}
    """What references to places of this answer mean, where that is not plain."""

    def target(self, reference: Reference | None) -> tuple[str, str] | None:
        """Type and id of the resource that is meant (see ``Base.target``)."""
        if reference is None or not reference.reference:
            return None
        address = reference.reference
        known: tuple[str, str] | None = self.targets.get(address, _UNMET)
        if known is _UNMET:
            pointer = POINTER.fullmatch(address)
            # Nearly every one is relative; what else it may be the base knows.
            known = (pointer[1], pointer[2]) if pointer else self.base.target(reference)
            self.targets[address] = known
        return known

    def linked(self, reference: Reference | None, contained: Contained) -> Linked | None:
        """The resource that a reference means, where it came along: contained in the same one or included."""
        if reference is None or not reference.reference:
            return None
        if reference.reference.startswith("#"):
            return _contained(reference.reference[1:], contained)
        if not self.included:
            return None
        target = self.target(reference)
        return self.included.get(target) if target else None

    def visit(self, *references: Reference | None) -> str | None:
        """The id of the Encounter that one of them means."""
        for reference in references:
            target = self.target(reference)
            if target and target[0] == "Encounter":
                return target[1]
        return None


def _contained(anchor: str, contained: Contained) -> Linked | None:
    for raw in contained:
        try:
            inner = _LINKED.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # an unreadable neighbour is not what the anchor means
        if inner.id == anchor:
            return inner
    return None


@inlined
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


@inlined
def coded(concept: CodeableConcept | CodeableReference | None) -> CodedText | None:
    """Words and codes as written. None when there is neither."""
    if concept is None:
        return None
    codings = concept.coding
    if codings and not codings[1:] and (code := codings[0].code):
        one, words = codings[0], concept.text or codings[0].display or code
        return CodedText(text=words, codings=(Coding(system=one.system or "unknown", code=code, display=one.display),))
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


@inlined
def meant(said: CodeableReference | None) -> CodedText | None:
    """The meaning, else the words of the pointer."""
    if said is None:
        return None
    found = coded(said.concept or said)
    if found is not None:
        return found
    words = said.reference.display if isinstance(said.reference, Reference) else said.display
    return CodedText(text=words) if words else None


def coded_all(concepts: Iterable[CodeableConcept]) -> tuple[CodedText, ...]:
    """Those that say something."""
    return tuple(found for concept in concepts if (found := coded(concept)))


@inlined
def needed(concept: CodedText | None) -> CodedText:
    """The meaning without which a record says nothing.

    Raises:
        Unreadable: there is none.
    """
    if concept is None:
        raise Unreadable("neither code nor text")
    return concept


@inlined
def partial(text: str | None) -> PartialDate | None:
    """The calendar date in a FHIR date or dateTime, in Ho Chi Minh City where a time is given; None if it is none."""
    if not text:
        return None
    if text[10:11] == "T":
        return _day_of_moment(text)
    if text[4::3] == _MARKS_OF_DAY and text[0] in "12":
        try:
            _read_day(text)
        except ValueError:
            return None
        return PartialDate(text)
    return PartialDate(text) if _PARTIAL.fullmatch(text) and len(text) < _DAY else None


@inlined
def _day_of_moment(text: str) -> PartialDate | None:
    at = moment(text)
    if at is None:
        return None
    if text[19:] == _OFFSET and text > _SINCE:
        return PartialDate(text[:10])  # written in the city, or where the day is the same
    return PartialDate(at.astimezone(HO_CHI_MINH).date().isoformat())


@inlined
def moment(text: str | None) -> datetime | None:
    """The instant in a FHIR dateTime or date; midnight for a date. A year or month is no instant: None."""
    if not text:
        return None
    try:
        # As nearly every one is written.
        if text[4::3] == _MARKS and text[0] in "12":
            return _read(text)
        if text[4::3] == _MARKS_OF_DAY and text[0] in "12":
            return _read(text).replace(tzinfo=HO_CHI_MINH)
    except ValueError:
        pass  # the second that is put in between, or none at all
    return _moment(text)


def _moment(text: str) -> datetime | None:
    if len(text) <= _DAY or not _PARTIAL.fullmatch(text[:_DAY]):
        return None
    try:
        at = _read(_LEAP.sub(":59", text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=HO_CHI_MINH)


@inlined
def day(text: str | None) -> date | None:
    """The full calendar date in a FHIR date or dateTime, in Ho Chi Minh City."""
    known = partial(text)
    return _read_day(known) if known is not None and known[_DAY - 1 :] else None


@inlined
def start_of(period: Period | None) -> str | None:
    """The beginning as written."""
    return period.start if period else None


@inlined
def end_of(period: Period | None) -> str | None:
    """The end as written."""
    return period.end if period else None


@inlined
def exact(value: Decimal) -> Decimal:
    """The number with the digits that the source wrote.

    Raises:
        Unreadable: it is infinite, no number, or beyond any measure.
    """
    text = str(value)
    if "E" not in text and "N" not in text and "I" not in text and not text[_MOST_DIGITS:]:
        return value  # as nearly every one is written: no exponent, no NaN, no Infinity, and few digits
    return _exact(value, text)


def _exact(value: Decimal, text: str) -> Decimal:
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise Unreadable("not a number that measures anything")
    if len(text) > _MOST_DIGITS and len(value.as_tuple().digits) > _MOST_DIGITS:
        raise Unreadable("not a number that measures anything")
    return value


def quantity(found: WireQuantity | None) -> Quantity | None:
    """An amount, when there is a number in it."""
    if found is None or found.value is None:
        return None
    return Quantity(value=exact(found.value), unit=found.unit, code=found.code, comparator=found.comparator)


def amount_text(found: WireQuantity | None) -> str:
    """An amount in words: ``<= 5.0 mmol/L``; empty when there is no number."""
    if found is None or found.value is None:
        return ""
    return " ".join(part for part in (found.comparator, f"{exact(found.value):f}", found.unit or found.code) if part)


@inlined
def facility(reference: Reference | None, around: Around, contained: Contained) -> Facility | None:
    """The place that a reference means.

    The server's own facility is known by its configured code or name, and is meant where a hospital's server gives
    neither. Any other place keeps the code that the server has for it.
    """
    if reference is None:
        return None
    if not reference.display or around.facility_system is not None:
        return _facility(reference, around, contained)
    return facility_at(reference.display, around.target(reference), around)


@inlined
def facility_at(name: str, target: tuple[str, str] | None, around: Around) -> Facility:
    """The place of that name and target, where no facility code is known."""
    if around.own is not None and name == around.own.name:
        return around.own
    return Facility(code=target[1] if target else name, name=name)


def _facility(reference: Reference, around: Around, contained: Contained) -> Facility | None:
    """The same where what stands behind the reference matters."""
    if reference in around.places:
        return around.places[reference]
    inner = around.linked(reference, contained)
    name = reference.display or (inner.name if inner and isinstance(inner.name, str) else None)
    code = None
    if around.facility_system is not None:
        code = _facility_code((*(inner.identifier if inner else ()), reference.identifier), around.facility_system)
    own, target = around.own, around.target(reference)
    if own and (code == own.code or (code is None and name in (None, own.name))):
        place: Facility | None = own
    else:
        code = code or (target[1] if target else name)
        place = Facility(code=code, name=name or code) if code else None
    if not (reference.reference or "").startswith("#"):  # an anchor means another place in each resource
        around.places[reference] = place
    return place


def _facility_code(identifiers: Iterable[Identifier | None], system: str) -> str | None:
    return next((item.value for item in identifiers if item and item.system == system), None)


def practitioner(reference: Reference | None, around: Around, contained: Contained) -> Practitioner | None:
    """The professional that a reference means; None for patients, relatives, devices and the nameless."""
    if reference is None:
        return None
    target = around.target(reference)
    kind = target[0] if target else reference.type
    if kind not in (None, "Practitioner", "PractitionerRole"):
        return None
    inner = around.linked(reference, contained)
    name = reference.display or (person_name(inner.name) if inner and isinstance(inner.name, tuple) else None)
    return Practitioner(name=name) if name else None


def person_name(names: tuple[HumanName, ...]) -> str | None:
    """The name by which a person is registered: the official one first, family name first."""
    known, rank = None, _NO_NAME
    for name in names:
        its_rank = _USES.get(name.use or "", 1)
        if its_rank < rank and (
            text := name.text or " ".join((name.family, *name.given) if name.family else name.given)
        ):
            known, rank = text, its_rank
    return known


_USES = {"official": 0, "usual": 1, "nickname": 3, "anonymous": 3, "old": 4, "maiden": 4}
_NO_NAME = 5


@inlined
def display_of(reference: Reference | None) -> str | None:
    """The words of a reference."""
    return reference.display if reference else None
