"""What a joining rule consists of: one per class of record, in a file of its own."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from connectors.records import ConflictRule, Record, SourceKind

R = TypeVar("R", bound=Record)

Mark = tuple[Hashable, ...]
"""Two records with a mark in common may be the same fact. Texts, dates and numbers only: ids are made of it."""

Fact = tuple[Hashable, Hashable]
"""A name and a value. Two records that differ in the value of one name are never the same fact."""


class Choice(Struct, Generic[R], frozen=True, kw_only=True):
    """How an item comes to the value of one field where its records differ."""

    pick: Callable[[Sequence[R]], Any]
    """The value, out of all records, the leading one first."""
    rule: ConflictRule | None
    """Under which a difference is shown; none where a difference is no conflict, such as two days of writing down."""
    same: Callable[[Any, Any], bool] | None = None
    """Whether two values mean the same, where it is not as for all values of their type."""


class Rule(Struct, Generic[R], frozen=True, kw_only=True):
    """When records of one class are the same fact, and what the item then says."""

    evidence: tuple[Callable[[R], Iterable[Mark]], ...] = ()
    """Ways to recognise a fact, the strongest first. Without any, every record stands alone."""
    needs: Callable[[R], Mark | None] | None = None
    """What both of two records must say, and say alike, for any of the evidence to hold between them. It is looked at
    first: most records differ in it."""
    facts: Callable[[R], Iterable[Fact]] = lambda _: ()
    """What forbids to join. What a record does not say forbids nothing."""
    once_per_source: bool = True
    """Two records of one source are two facts: the source knows its own, and a repetition may be meant."""
    authority: tuple[SourceKind, ...] = ()
    """Kinds of source in the order in which their word leads; others come after, then the latest entry leads."""
    groups: Callable[[Sequence[R]], list[list[R]]] | None = None
    """Puts the records into groups by itself, where sameness lies in time and not in marks; the evidence then makes the
    ids alone. Every record is in exactly one group, whatever their order."""
    choices: Mapping[str, Choice[R]] = {}
    """Fields in which the leading record's word is not the safest, by name."""
    reads: frozenset[str] = frozenset()
    """Names of the fields by which all this is judged: nobody may leave them out where records may be one fact. A field
    that only its own choice looks at is not among them."""
