"""Which item belongs to which, by the ids that records of one source name each other by. Pure.

Such an id means something at its own source only, so links are read from the records as the sources gave them, before
they are joined: an item may stand in several systems, and each of them links its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from connectors.records import Encounter, Provenance, Record

R = TypeVar("R", bound=Record)

READS = frozenset({"encounter_id"})
"""Names of the fields by which a record says to which visit it belongs."""
Place = tuple[str, str]
"""A source, and an id at it."""


class OfVisit(Protocol):
    """A record that may say to which visit it belongs."""

    @property
    def provenance(self) -> tuple[Provenance, ...]:
        """Where it stands."""

    @property
    def encounter_id(self) -> str | None:
        """Id of the visit at its own source."""


def place(told: Provenance) -> Place:
    """Where that record stands."""
    return told.source.id, told.source_record_id


def by_place(items: Iterable[R]) -> Mapping[Place, R]:
    """The items by every place at which they stand."""
    return {place(told): item for item in items for told in item.provenance}


def of_visits(visits: Iterable[Encounter], items: Sequence[R], told: Iterable[OfVisit]) -> Mapping[str, tuple[R, ...]]:
    """The items that belong to each visit, by the visit's id.

    Args:
        visits: joined.
        items: joined, of one class.
        told: the records of that class as the sources gave them.
    """
    visit_at = {spot: visit.id for spot, visit in by_place(visits).items()}
    item_at = by_place(items)
    found: dict[str, dict[str, R]] = defaultdict(dict)
    for record in told:
        for one in record.provenance:
            visit = visit_at.get((one.source.id, record.encounter_id or ""))
            item = item_at.get(place(one))
            if visit is not None and item is not None:
                found[visit].setdefault(item.id, item)
    return {visit: tuple(each.values()) for visit, each in found.items()}


def named(
    items: Iterable[R], told: Iterable[R], names: Callable[[R], Iterable[str]], targets: Sequence[Record]
) -> Mapping[str, tuple[tuple[Record, ...], int]]:
    """The targets that each item names, and how many it names that did not come; by the item's id.

    Args:
        items: joined.
        told: the same records as the sources gave them.
        names: ids of targets at the record's own source.
        targets: joined, of the other class.
    """
    item_at, target_at = by_place(items), by_place(targets)
    found: dict[str, dict[str, Record]] = defaultdict(dict)
    missing: dict[str, int] = defaultdict(int)
    for record in told:
        for one in record.provenance:
            item = item_at.get(place(one))
            if item is None:
                continue
            for id_ in dict.fromkeys(names(record)):
                target = target_at.get((one.source.id, id_))
                if target is None:
                    missing[item.id] += 1
                else:
                    found[item.id].setdefault(target.id, target)
    return {id_: (tuple(found[id_].values()), missing[id_]) for id_ in {*found, *missing}}
