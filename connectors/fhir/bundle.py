"""What a FHIR server's answer is made of before one knows what it is about: pages, entries, resources, outcomes."""

from typing import ClassVar, Generic, Literal, TypeVar

from msgspec import DecodeError, Raw

from connectors.fhir.datatypes import (
    CodeableConcept,
    CodeableReference,
    Coding,
    HumanName,
    Identifier,
    Ratio,
    Reference,
    Wire,
)

UNDECODABLE = (DecodeError, UnicodeDecodeError, RecursionError)
"""Why something cannot be read."""


class Meta(Wire, frozen=True, kw_only=True):
    """What the server says about its own copy."""

    last_updated: str | None = None
    security: tuple[Coding, ...] = ()
    """Labels that say for whose eyes it is (https://hl7.org/fhir/R4/security-labels.html)."""


class Resource(Wire, frozen=True, kw_only=True):
    """What every resource begins with."""

    ABOUT: ClassVar[tuple[str, ...]] = ("subject",)
    """The elements of which ``about`` is made."""

    resource_type: str = ""
    id: str | None = None
    meta: Meta | None = None
    contained: tuple[Raw, ...] = ()
    """Left unread until something points into it."""
    subject: Reference | None = None
    status: str | None = None

    @property
    def about(self) -> tuple[Reference | None, ...]:
        """Whom it is about: one of them must be the citizen."""
        return (self.subject,)


W = TypeVar("W")


class Ingredient(Wire, frozen=True, kw_only=True):
    """Of a Medication."""

    item_codeable_concept: CodeableReference | None = None
    item: CodeableReference | None = None
    """R5's name for it."""
    strength: Ratio | None = None
    strength_ratio: Ratio | None = None
    """R5's name for ``strength``."""


class Linked(Resource, frozen=True, kw_only=True):
    """A resource to which another one points: contained in it, or included in the page."""

    name: str | tuple[HumanName, ...] | None = None
    code: CodeableConcept | None = None
    ingredient: tuple[Ingredient, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    patient: Reference | None = None
    beneficiary: Reference | None = None


class Link(Wire, frozen=True, kw_only=True):
    """Of a Bundle."""

    relation: str = ""
    url: str = ""


class EntrySearch(Wire, frozen=True, kw_only=True):
    """Why an entry is in the page: match, include or outcome."""

    mode: str | None = None


class Entry(Wire, frozen=True, kw_only=True):
    """One resource of a page, not yet read."""

    resource: Raw = Raw()
    search: EntrySearch | None = None


class Bundle(Wire, frozen=True, kw_only=True):
    """One page of a search."""

    resource_type: str = ""
    link: tuple[Link, ...] = ()
    entry: tuple[Entry, ...] = ()


class Match(Wire, frozen=True, kw_only=True, tag_field="mode", tag="match"):
    """Why an entry is in the page: it is what was asked for. Nothing else can be read as this."""


class EntryOf(Wire, Generic[W], frozen=True, kw_only=True):
    """The same, of a page that holds nothing but the type that was asked for."""

    resource: W
    search: Match | None = None


class BundleOf(Wire, Generic[W], frozen=True, kw_only=True):
    """A page of matches of that type alone: it is read in one go, and nothing else can be read as this."""

    resource_type: Literal["Bundle"]
    link: tuple[Link, ...] = ()
    entry: tuple[EntryOf[W], ...] = ()


class Issue(Wire, frozen=True, kw_only=True):
    """Of an OperationOutcome."""

    severity: str | None = None


class Outcome(Resource, frozen=True, kw_only=True):
    """What a server has to say about a search itself (OperationOutcome)."""

    issue: tuple[Issue, ...] = ()


class SearchParameter(Wire, frozen=True, kw_only=True):
    """By which a type can be searched."""

    name: str = ""


class Interaction(Wire, frozen=True, kw_only=True):
    """What can be done with a type."""

    code: str = ""


class Capability(Wire, frozen=True, kw_only=True):
    """One type of resource that a server knows."""

    type: str = ""
    interaction: tuple[Interaction, ...] = ()
    search_param: tuple[SearchParameter, ...] = ()
    search_include: tuple[str, ...] = ()


class Role(Wire, frozen=True, kw_only=True):
    """What a server does in one role."""

    mode: str = ""
    resource: tuple[Capability, ...] = ()


class CapabilityStatement(Wire, frozen=True, kw_only=True):
    """What a server says it can do (R4 section 5.2)."""

    resource_type: str = ""
    fhir_version: str = ""
    rest: tuple[Role, ...] = ()
