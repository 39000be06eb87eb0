"""What stands in the systems of the city before its servers start: plain JSON, and XML at the health station."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.eid import PersonLike

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The records of every system, each in the system's own format."""

    people: Sequence[PersonLike] = ()
    """Who can sign in at the e-ID."""
    resources: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    """FHIR resources by source."""
    cards: Mapping[str, Json] = field(default_factory=dict)
    """Answers of the insurance's card check by citizen number."""
    histories: Mapping[str, Json] = field(default_factory=dict)
    """Answers of the insurance's visit history by citizen number."""
    files: Mapping[str, Json] = field(default_factory=dict)
    """Answers of the insurance with the details of a visit, by the number of its file."""
    co_payments: Mapping[str, Json] = field(default_factory=dict)
    """Answers of the insurance about co-payments by citizen number."""
    citizens: Mapping[str, Json] = field(default_factory=dict)
    """``CongDan`` of the population register by citizen number."""
    dependants: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    """For whom a citizen may act, by citizen number."""
    representatives: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    """Who may act for a citizen, by citizen number."""
    dossiers: Mapping[str, bytes] = field(default_factory=dict)
    """The health station's dossiers by citizen number, in their wrapper."""
    book: Mapping[str, Json] = field(default_factory=dict)
    """Entries of the vaccination book by citizen number, each with both its histories."""
    appointments: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    """By citizen number."""
    faults: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Faults that people carry with them, by source and citizen number."""
