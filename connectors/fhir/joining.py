"""From what the types of one class gave to one answer: nothing twice, and nothing missing without a word."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, structs

from connectors.contract import Answer, Question
from connectors.errors import Garbled, SourceError, WrongPerson
from connectors.fhir.held import Held
from connectors.fhir.mapping.elements import Around, Unreadable
from connectors.fhir.searching import Found
from connectors.records import Record


class Gave(Struct, frozen=True):
    """What one resource type gave, not yet made into records."""

    held: Held
    found: Found[Any]
    asked: Question[Any] | None = None
    """The slice by which it was asked, where it was."""


def joined(parts: Sequence[Gave | BaseException], around: Around) -> Answer[Any]:
    """One answer of all types. One that failed costs its own records: the answer then says that it is not whole.

    What cannot be read is counted and never stands in the way of the rest.

    Raises:
        SourceError: a type failed and no other gave a record, or one of them was about somebody else.
        BaseException: what is no failure of a source.
    """
    failures = [part for part in parts if isinstance(part, BaseException)]
    for failure in failures:
        if isinstance(failure, WrongPerson) or not isinstance(failure, SourceError):
            raise failure
    gave = [part for part in parts if isinstance(part, Gave)]
    records, dropped = _records(gave, around)
    if failures and not records:
        raise failures[0]
    return Answer(
        records=records,
        retrieved_at=around.stamp.retrieved_at,
        truncated=bool(failures) or any(part.found.truncated for part in gave),
        dropped=dropped + sum(isinstance(failure, Garbled) for failure in failures),
        narrowed=gave[0].asked if len(gave) == 1 else None,
    )


def _records(gave: Iterable[Gave], around: Around) -> tuple[tuple[Record, ...], int]:
    """The records, and how many could not be read."""
    records: dict[tuple[str, str], Record] = {}
    stood_for: list[tuple[Held, tuple[str, str], tuple[str, str]]] = []
    dropped = 0
    for part in gave:
        dropped += part.found.dropped
        near = structs.replace(around, included=part.found.linked)
        name, to_record, stands_for = part.held.type, part.held.to_record, part.held.stands_for
        for id_, resource in part.found.resources.items():
            try:
                record = to_record(resource, near)
            except Unreadable:
                dropped += 1
                continue
            if record is None:
                continue
            records[name, id_] = record
            target = near.target(stands_for(resource)) if stands_for is not None else None
            # A pointer to its own type is a mistake of the source, and must not hide a record.
            if target and target[0] != name:
                stood_for.append((part.held, (name, id_), target))
    for held, place, target in stood_for:
        if target in records:
            records[place] = held.taking(records[place], records[target])
    left_out = {target for _, _, target in stood_for}
    return tuple(record for place, record in records.items() if place not in left_out), dropped
