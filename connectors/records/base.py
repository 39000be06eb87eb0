"""What every record shares: where it comes from, how codes are kept, how little a date may know.

The attribute names here are the field names of the graph (in camel case there), so that an answer is read from a
record by plain attribute access: no copying, no resolver on a list item.
"""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, NewType, Self

from msgspec import Meta, Struct

PartialDate = NewType("PartialDate", str)
"""``2019``, ``2019-04`` or ``2019-04-30``: a source often knows no more. Sorts as text."""


def doc(text: str) -> Meta:
    """The sentence that describes a field: in the code, and word for word in the published schema."""
    return Meta(description=text)


class Described(Enum):
    """An enumeration whose members carry their own sentence for the published schema."""

    description: str
    __hash__ = object.__hash__
    """There is one object for each member: its own hash will do, and costs no call of a function."""
    if not TYPE_CHECKING:
        # As ever; but told without a call of a function, for it is told with every outcome of every question.
        value = property(attrgetter("_value_"))

    def __new__(cls, value: str, description: str) -> Self:
        """Give the member its value; the sentence rides along."""
        member = object.__new__(cls)
        member._value_ = value
        member.description = description
        return member


class SourceKind(Described):
    """What a source is to the city, whichever protocol it speaks."""

    HOSPITAL = "HOSPITAL", "A hospital or clinic."
    HEALTH_STATION = "HEALTH_STATION", "A ward's health station (trạm y tế)."
    VACCINATION = "VACCINATION", "A register of vaccinations."
    INSURANCE = "INSURANCE", "The health-insurance portal."
    POPULATION_REGISTER = "POPULATION_REGISTER", "The population register: who a person is, and their family."
    LABORATORY = "LABORATORY", "A laboratory that reports on its own."


class SourceHealth(Described):
    """How a source did when this gateway last asked it."""

    UNKNOWN = "UNKNOWN", "Not asked since the gateway started."
    UP = "UP", "The last question was answered."
    DEGRADED = "DEGRADED", "The last question was answered, but some classes of record failed and are given a rest."
    FAILING = "FAILING", "The last question was not answered, or not in a usable form."


class FoundBy(Described):
    """How it is known whether a source holds anything about a citizen."""

    ALWAYS = "always", "It is a register of everybody: it is always asked."
    POINTERS = "pointers", "It tells by events about whom it holds what; see its coverage."
    PROBING = "probing", "Nothing is known beforehand: it is asked when something points there, or within the bound."


class Sender(Struct, frozen=True, kw_only=True, gc=False):
    """Who may send events in the name of a source, by the access token that it shows."""

    client: str
    """``client_id``."""
    issuer: str | None = None
    """``iss``; by default the first configured issuer."""


class SourceInfo(Struct, kw_only=True, eq=False):
    """One configured system, as the graph shows it."""

    id: Annotated[str, doc("Key of the source in this gateway's configuration; stable.")]
    name: Annotated[str, doc("Name for people, as configured.")]
    kind: Annotated[SourceKind, doc("What the source is to the city.")]
    protocol: Annotated[str, doc("How the gateway speaks with it: fhir, vss, population ...")]
    facility_code: Annotated[str | None, doc("Health-insurance facility code (5 characters), for a facility.")] = None
    health: Annotated[SourceHealth, doc("How the source did when it was last asked.")] = SourceHealth.UNKNOWN
    resting: frozenset[str] = frozenset()
    """Classes of record that it is not asked for just now, or only on trial, because it failed too often."""
    found_by: FoundBy = FoundBy.ALWAYS
    """How it is known whether it holds anything about a citizen."""
    sender: Sender | None = None
    """Who may send events in its name."""


class Provenance(Struct, frozen=True, kw_only=True, gc=False):
    """Where a record stands, and how fresh the reading is."""

    source: Annotated[SourceInfo, doc("The system that holds the record.")]
    recorded_at: Annotated[datetime | None, doc("When the source recorded it, where it says so.")] = None
    retrieved_at: Annotated[datetime, doc("When this gateway read it from the source.")]
    from_cache: Annotated[bool, doc("Whether the reading was kept for some seconds, as the source allows.")] = False
    source_record_id: Annotated[str, doc("The record's own id at the source.")]
    author: Annotated[str | None, doc("Person or organisation who wrote it, where the source says so.")] = None
    security: tuple[str, ...] = ()
    """Codes of the labels by which the source says that it is not for everybody's eyes (HL7 security labels)."""


class ConflictRule(Described):
    """By which rule a record shows one value where its systems say several."""

    PRESENT_OVER_ABSENT = (
        "PRESENT_OVER_ABSENT",
        "What one system holds for present is shown as present, whoever calls it past or refuted.",
    )
    HIGHEST_CRITICALITY = "HIGHEST_CRITICALITY", "The gravest criticality that a system gives."
    NONE_WHERE_DISAGREED = (
        "NONE_WHERE_DISAGREED",
        "No value at all, because a wrong one could kill: look at the values, and ask.",
    )
    LEADING_SYSTEM = (
        "LEADING_SYSTEM",
        (
            "The word of the system that is closest to the fact (a register for its vaccinations and people, the "
            "insurer for its cards and claims, a laboratory for its results), else the latest entry."
        ),
    )


class ConflictValue(Struct, frozen=True, kw_only=True, gc=False):
    """One of the values between which systems disagree."""

    value: Annotated[str, doc("The value in words, as the field would show it.")]
    provenance: Annotated[tuple[Provenance, ...], doc("Where it stands.")]


class Conflict(Struct, frozen=True, kw_only=True, gc=False):
    """A field of a record in which its systems disagree."""

    field: Annotated[str, doc("Name of the field in the graph.")]
    values: Annotated[tuple[ConflictValue, ...], doc("Every value that a system gives, in the order of provenance.")]
    rule: Annotated[ConflictRule, doc("By which rule the field shows what it shows.")]


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """One typed fact about a citizen, held by at least one source. Never changed, only replaced."""

    id: Annotated[str, doc("Opaque and stable: the same fact has the same id tomorrow.")]
    provenance: Annotated[
        tuple[Provenance, ...],
        doc("Where it stands; more than one where several systems hold the same fact."),
    ]
    conflicts: Annotated[
        tuple[Conflict, ...], doc("Fields in which its systems disagree; the fields show the safest value.")
    ] = ()

    def __repr__(self) -> str:
        """Say what it is and whose, never what it says: a traceback or log line may print it."""
        return f"{type(self).__name__}({', '.join(p.source.id for p in self.provenance)})"


class Coding(Struct, frozen=True, kw_only=True, gc=False):
    """One code as the source wrote it."""

    system: Annotated[str, doc("URI of the code system; 'unknown' where the source names none.")]
    code: Annotated[str, doc("The code, unchanged.")]
    display: Annotated[str | None, doc("The source's own text for the code.")] = None


class CodedText(Struct, frozen=True, kw_only=True, gc=False):
    """A meaning in words, with the codes that the source gave for it (FHIR CodeableConcept)."""

    text: Annotated[str, doc("Words to show: the source's text, else a display, else the code.")]
    codings: Annotated[tuple[Coding, ...], doc("Codes as the source wrote them; may be empty.")] = ()


class Quantity(Struct, frozen=True, kw_only=True, gc=False):
    """A measured amount, exact."""

    value: Annotated[Decimal, doc("The number with the digits that the source wrote.")]
    unit: Annotated[str | None, doc("Unit for people.")] = None
    code: Annotated[str | None, doc("Unit as a UCUM code, where the source gave one.")] = None
    comparator: Annotated[str | None, doc("<, <=, >= or >, when only a bound is known.")] = None


class Facility(Struct, frozen=True, kw_only=True, gc=False):
    """A place of care."""

    code: Annotated[str, doc("Health-insurance facility code, or the source's own where it has none.")]
    name: Annotated[str, doc("Name for people; the code where no name is known.")]
    address: Annotated[str | None, doc("Postal address as text.")] = None
    kind: Annotated[str | None, doc("Kind of facility as the source names it.")] = None


class Practitioner(Struct, frozen=True, kw_only=True, gc=False):
    """A professional who took part in care."""

    name: Annotated[str | None, doc("Full name.")] = None
    licence: Annotated[str | None, doc("Number of the practising certificate.")] = None
    role: Annotated[str | None, doc("What the professional did here.")] = None
