"""Absence is never silence: how it went with every source that could have known."""

from collections.abc import Iterable
from typing import Annotated, Any, Protocol, TypeVar

import strawberry
from msgspec import Struct

from connectors.contract import Outcome, SourceState
from connectors.records import Record, SourceInfo, doc
from resolvers.found import Found
from resolvers.language import Language
from resolvers.sections import SECTION_OF, Section
from resolvers.shown import shown

R = TypeVar("R", bound=Record)


@shown(SourceInfo, shared=True)
class Source:
    """One configured system of the city."""

    id: strawberry.ID = strawberry.field(description="Key of the source in this gateway's configuration; stable.")


class ShownOutcome(Outcome, frozen=True, kw_only=True, gc=False):
    """An outcome with what the caller needs to read it."""

    section: Annotated[Section, doc("What was asked for.")]
    message: Annotated[str, doc("Plain words for the citizen, in the language of the answer.")]


@shown(ShownOutcome)
class SourceOutcome:
    """How it went with one source and one section of the record."""


class CompletenessOf(Struct, frozen=True, kw_only=True, gc=False):
    """Whether a list is all there is."""

    complete: Annotated[
        bool, doc("True only when every source that could hold something answered in full. False is not 'nothing'.")
    ]
    sources: Annotated[
        tuple[ShownOutcome, ...],
        doc("One entry per source that was asked, or that was not although something points there."),
    ]
    not_asked: Annotated[
        int, doc("Number of sources that could hold something and were not asked. A list is complete only with 0.")
    ]
    restricted: Annotated[
        bool,
        doc(
            "Whether records may be withheld from this caller, by law or by the citizen's will. It is said whether or "
            "not any is: nothing follows from it. For whoever treats, such a list is never complete."
        ),
    ] = False
    veiled: bool = False
    """Whether it is incomplete for that reason."""

    @property
    def is_counted(self) -> bool:
        """As for ``Rests``."""
        return self.complete

    @property
    def completeness(self) -> "CompletenessOf":
        """As for ``Rests``."""
        return self


class Told(Protocol):
    """What can tell whether a list is all there is."""

    @property
    def is_counted(self) -> bool:
        """Whether the number of its items is that of all there are."""

    @property
    def completeness(self) -> CompletenessOf:
        """Whether it is all there is, in words."""


class Rests(Struct, frozen=True):
    """What a list came from: whether it is all there is, is put into words when somebody looks."""

    found: Found[Any]
    language: Language
    beside: tuple[Found[Any], ...] = ()
    """What its items show from answers to other questions."""

    @property
    def is_counted(self) -> bool:
        """Whether the number of its items is that of all there are."""
        return self.found.complete

    @property
    def completeness(self) -> CompletenessOf:
        """Whether it is all there is, in the caller's language."""
        own = completeness(self.found, self.language)
        if not self.beside:
            return own
        return together([own, *(completeness(found, self.language) for found in self.beside)])


@shown(CompletenessOf)
class Completeness:
    """Whether a list is all there is, and if not, who did not answer."""


def show(outcome: Outcome, language: Language) -> ShownOutcome:
    """The outcome in the caller's language."""
    return ShownOutcome(
        source=outcome.source,
        about=outcome.about,
        state=outcome.state,
        code=outcome.code,
        retryable=outcome.retryable,
        records=outcome.records,
        retrieved_at=outcome.retrieved_at,
        elapsed_ms=outcome.elapsed_ms,
        retry_after=outcome.retry_after,
        restricted=outcome.restricted,
        whole=outcome.whole,
        section=SECTION_OF[outcome.about],
        message=language.say("outcomes", _words(outcome)),
    )


def completeness(found: Found[R], language: Language) -> CompletenessOf:
    """The completeness of a list that came from that."""
    return CompletenessOf(
        complete=found.complete,
        sources=tuple([show(outcome, language) for outcome in found.outcomes]),
        restricted=found.restricted,
        veiled=found.veiled,
        not_asked=found.not_asked,
    )


def together(lists: Iterable[CompletenessOf]) -> CompletenessOf:
    """The completeness of a list whose items show what several questions brought.

    A question that several of them rest on is asked once, and how it went is told once.
    """
    each = list(lists)
    return CompletenessOf(
        complete=all(one.complete for one in each),
        sources=tuple(dict.fromkeys(outcome for one in each for outcome in one.sources)),
        restricted=any(one.restricted for one in each),
        veiled=any(one.veiled for one in each),
        not_asked=sum(one.not_asked for one in each),
    )


def _words(outcome: Outcome) -> str:
    """An answer that was cut off, or may be veiled, is described as one that may be missing something."""
    if not outcome.whole:
        return SourceState.INVALID_ANSWER._name_
    if outcome.restricted and outcome.state in (SourceState.ANSWERED, SourceState.NO_RECORD):
        return "RESTRICTED"
    return outcome.state._name_  # an attribute; Enum's own ``name`` is computed each time
