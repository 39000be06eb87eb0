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
        records=tuple(records.values()),
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
        records |= {(part.reading.type, id_): record for id_, record in made.items()}
        stood_for += [(part, (part.reading.type, id_), target) for id_, target in _stood_for(part, made, near)]
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


def _stood_for(part: Found[Reading], made: dict[str, Record], around: Around) -> list[tuple[str, tuple[str, str]]]:
    """Of each record that stands for a resource of another type: its id, and which resource that is."""
    element = part.reading.table.stands_for
    if element is None:
        return []
    targets = ((id_, around.target(getattr(part.resources[id_], element))) for id_ in made)
    # A pointer to its own type is a mistake of the source, and must not hide a record.
    return [(id_, target) for id_, target in targets if target and target[0] != part.reading.type]
