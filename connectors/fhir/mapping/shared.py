"""Makers that several tables share: of fields that stand in many resources under the same names."""

from connectors.fhir.datatypes import CodeableConcept, Reference
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.elements import ENTERED_IN_ERROR, coded, needed
from connectors.fhir.mapping.table import Maker
from connectors.records import CodedText, Facility


def is_right(status: str | None) -> bool:
    """Whether the source does not say that it should never have been."""
    return status != ENTERED_IN_ERROR


def _unknown() -> str:
    return "unknown"


STATED: Maker = ("status", _unknown)
"""The state as the source wrote it."""


def meaning(code: CodeableConcept | None) -> CodedText:
    """What it is about.

    Raises:
        Unreadable: it does not say so.
    """
    return needed(coded(code))


def visit(encounter: Reference | None, around: Around) -> str | None:
    """The id of the visit that it belongs to."""
    return around.visit(encounter)


def own(around: Around) -> Facility | None:
    """The facility whose own server this is."""
    return around.own
