"""Ways to choose the value of a field for an item: the one that does the least harm if it is wrong."""

from collections.abc import Callable, Sequence
from typing import Any

from connectors.records import ConflictRule, Record
from resolvers.joining.rule import Choice


def gravest(field: str, order: Sequence[Any], rule: ConflictRule | None) -> Choice[Any]:
    """The value that stands first in the order; one that the order does not know counts as the gravest."""
    ranks = {value: rank for rank, value in enumerate(order)}

    def pick(records: Sequence[Record]) -> Any:
        said = [value for record in records if (value := getattr(record, field)) is not None]
        return min(said, key=lambda value: ranks.get(value, -1), default=None)

    return Choice(pick=pick, rule=rule)


def if_any(field: str) -> Choice[Any]:
    """True when one record says so; false is what a record says that knows no better."""
    return Choice(pick=_any(field), rule=None)


def only_if_all(field: str, rule: ConflictRule) -> Choice[Any]:
    """True only when every record says so."""
    return Choice(pick=lambda records: all(getattr(record, field) for record in records), rule=rule)


def latest(field: str) -> Choice[Any]:
    """The latest known date. Two days of writing down are no conflict.

    An item then stands in the list where its newest record stands: when that source falls silent between two pages the
    item moves back, and is seen again rather than never.
    """
    return Choice(
        pick=lambda records: max((day for record in records if (day := getattr(record, field))), default=None),
        rule=None,
    )


def leading(field: str) -> Choice[Any]:
    """What the leading record says as a whole, or the next that says anything: parts of two are never mixed."""
    return Choice(
        pick=lambda records: next(
            (value for record in records if (value := getattr(record, field))), getattr(records[0], field)
        ),
        rule=None,
    )


def _any(field: str) -> Callable[[Sequence[Record]], bool]:
    return lambda records: any(getattr(record, field) for record in records)
