"""How one resource type becomes records: a table with one line per field of the record.

A *maker* gives the value of a field. Its parameters say what it reads: each bears the name of an element of the
resource (see ``wire``), or of a step of the table, or is ``around``. Nothing else is put into its hands, so it cannot
read what it does not name; and whoever knows which fields are wanted knows which elements are read (``reading``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from inspect import signature
from typing import Any

from msgspec import Struct, structs

from connectors.fhir.bundle import Resource
from connectors.records import Record

Maker = Callable[..., Any] | str
"""Gives a value. A name stands for the element or step itself."""

AROUND = "around"
"""Parameter of a maker for what is known besides the resource (see ``around.Around``)."""
POINTERS = "pointers"
"""Parameter of ``Points.of``: the list to which it adds."""
_GIVEN = (AROUND, POINTERS)
PROVENANCE = frozenset({"recorded_at", "author"})
"""What a record's provenance has from the resource, by the names of its fields."""


class Points(Struct, frozen=True):
    """References without whose targets a field of the record would lack something."""

    field: str | None
    """The field; None where it is not even a record without them."""
    of: Callable[..., None]
    """Adds the references to ``pointers``; the rest of its parameters are as a maker's."""
    to: tuple[str, ...]
    """Resource types behind them that say something."""


class Table(Struct, frozen=True, kw_only=True, eq=False):
    """The fields of a record, made of one resource type."""

    record: type[Record]
    wire: type[Resource]
    """Struct of the resource; its name is the resource type."""
    kind: str = ""
    """Its type, where another type stands for the class: two types may use the same id."""
    steps: Mapping[str, Maker] = {}
    """What several makers need, made once for each resource, and only where one of them is asked."""
    is_one: Maker | None = None
    """Whether the resource is a record of the class at all. Raises ``Unreadable`` where that cannot be told."""
    recorded: Maker | None = None
    """When it was written down, as the resource says; else its last change counts."""
    author: Maker | None = None
    """Who wrote it down, in words."""
    always: Mapping[str, object] = {}
    """Fields that are the same in every record."""
    fields: Mapping[str, Maker]
    """Every other field. What its maker cannot do without makes the resource ``Unreadable``."""
    points: tuple[Points, ...] = ()
    stands_for: str | None = None
    """Element that points to a resource of another type of the class that says the same with less: it is left out."""
    taking: Callable[[Any, Any], Any] = lambda own, _: own
    """The record with what it takes over from the record of that resource before this is left out."""

    @property
    def type(self) -> str:
        """The resource type."""
        return self.wire.__name__

    @property
    def needed(self) -> frozenset[str]:
        """Fields without which no record can be made."""
        return frozenset(one.name for one in structs.fields(self.record) if one.required) & self.fields.keys()

    def reads(self, makers: Iterable[Maker]) -> frozenset[str]:
        """The elements that these makers read, themselves and by the steps that they take.

        Raises:
            LookupError: a maker names what is neither an element nor a step.
        """
        elements = {one.name for one in structs.fields(self.wire)}
        named = set(self._named(makers))
        if unknown := named - elements:
            raise LookupError(f"{self.type} has no {', '.join(sorted(unknown))}")
        return frozenset(named)

    def _named(self, makers: Iterable[Maker]) -> Iterator[str]:
        for maker in makers:
            for name in parameters_of(maker):
                if name in self.steps:
                    yield from self._named((self.steps[name],))
                elif name not in _GIVEN:
                    yield name


@cache
def parameters_of(maker: Maker) -> tuple[str, ...]:
    """What a maker is given, by name."""
    return (maker,) if isinstance(maker, str) else tuple(signature(maker).parameters)
