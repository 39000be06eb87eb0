"""From what the types of one class gave to one answer: nothing twice, and nothing missing without a word."""

from collections.abc import Callable, Sequence
from typing import Any

from connectors.contract import Answer
from connectors.errors import Garbled, SourceError, WrongPerson
from connectors.fhir.mapping.around import Around
from connectors.fhir.mapping.reading import Reading
from connectors.fhir.pages import Found
from connectors.records import Record
from connectors.stamping import Stamp

Nearby = Callable[[Found[Reading], Stamp], Around]
"""What is known around the resources of one search."""


def told(found: Found[Reading], around: Around) -> Answer[Any]:
    """The answer of one type alone.

    Args:
        found: what it gave.
        around: what is known besides.
    """
    records, dropped = found.reading.build(found.resources.values(), around)
    return Answer(
        records=tuple(records),
        retrieved_at=around.stamp.retrieved_at,
        truncated=found.truncated,
        dropped=found.dropped + dropped,
        narrowed=found.asked,
    )


def joined(parts: Sequence[Found[Reading] | BaseException], around: Nearby, stamp: Stamp) -> Answer[Any]:
    """One answer of several types. One that failed costs its own records: the answer then says that it is not whole.

    What cannot be read is counted and never stands in the way of the rest.

    Raises:
        SourceError: a type failed and no other gave a record, or one of them was about somebody else.
        BaseException: what is no failure of a source.
    """
    failures = [part for part in parts if isinstance(part, BaseException)]
    for failure in failures:
        if isinstance(failure, WrongPerson) or not isinstance(failure, SourceError):
            raise failure
    gave = [part for part in parts if isinstance(part, Found)]
    dropped = sum(isinstance(failure, Garbled) for failure in failures)
    records: dict[tuple[str, str], Record] = {}
    stood_for: list[tuple[Found[Reading], tuple[str, str], tuple[str, str]]] = []
    for part in gave:
        near = around(part, stamp)
        made, unreadable = part.reading.build(part.resources.values(), near)
        dropped += part.dropped + unreadable
        for record in made:
            place = part.reading.type, _id(record, part.reading.table.kind)
            records[place] = record
            target = _stood_for(part, place[1], near)
            if target is not None:
                stood_for.append((part, place, target))
    if failures and not records:
        raise failures[0]
    for part, place, target in stood_for:
        if target in records:
            records[place] = part.reading.table.taking(records[place], records[target])
    left_out = {target for _, _, target in stood_for}
    return Answer(
        records=tuple(record for place, record in records.items() if place not in left_out),
        retrieved_at=stamp.retrieved_at,
        truncated=bool(failures) or any(part.truncated for part in gave),
        dropped=dropped,
    )


def _id(record: Record, kind: str) -> str:
    """The id of the resource of which a record was made."""
    named = record.provenance[0].source_record_id
    return named.removeprefix(f"{kind}/") if kind else named


def _stood_for(part: Found[Reading], id_: str, around: Around) -> tuple[str, str] | None:
    """Which resource of another type the record of this id stands for."""
    element = part.reading.table.stands_for
    if element is None:
        return None
    target = around.target(getattr(part.resources[id_], element))
    # A pointer to its own type is a mistake of the source, and must not hide a record.
    return target if target and target[0] != part.reading.type else None
