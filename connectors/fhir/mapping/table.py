"""How one resource type becomes records: a table with one line per field of the record.

A *maker* gives the value of a field. Its parameters say what it reads: each bears the name of an element of the
resource (see ``wire``), or of a step of the table, or is ``around``. Nothing else is put into its hands, so it cannot
read what it does not name; and whoever knows which fields are wanted knows which elements are read (``reading``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from inspect import signature
from typing import Any, TypeVar

from msgspec import Struct, structs

from connectors.fhir.bundle import Resource
from connectors.records import Record

F = TypeVar("F", bound=Callable[..., Any])


class Of(Struct, frozen=True):
    """What a function makes of one element or step, whatever its parameter is called."""

    make: Callable[[Any], Any]
    element: str


Maker = Callable[..., Any] | Of | str | tuple[Callable[..., Any] | Of | str, ...]
"""Gives a value. A name stands for the element or step itself, several makers for the first that gives anything."""

AROUND = "around"
"""Parameter of a maker for what is known besides the resource (see ``around.Around``)."""
RESOURCE = "resource"
"""What a maker is given that reads many elements (see ``reading``)."""
PROVENANCE = frozenset({"recorded_at", "author"})
"""What a record's provenance has from the resource, by the names of its fields."""


class Points(Struct, frozen=True):
    """References without whose targets a field of the record would lack something."""

    field: str | None
    """The field; None where it is not even a record without them."""
    of: Maker
    """Gives the references; None among them points nowhere."""
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
    recorded: str | None = None
    """What says when it was written down; else its last change counts."""
    author: Maker | None = None
    """Who wrote it down, in words."""
    always: Mapping[str, object] = {}
    """Fields that are the same in every record."""
    fields: Mapping[str, Maker]
    """Every other field. What its maker cannot do without makes the resource ``Unreadable``."""
    points: tuple[Points, ...] = ()
    alike: frozenset[str] = frozenset()
    """Elements of which few kinds stand in one answer, or that are looked at only where another one says nothing. They
    are left as they are written until something is made of them, and what was made of the same words is used again: in
    the same answer, and where they are words of code systems in every other (see ``vocabulary``).
    """
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
                elif name != AROUND:
                    yield name


def reading(*elements: str) -> Callable[[F], F]:
    """A maker of many elements: it is given the resource itself, of which it reads these and no other."""

    def marked(maker: F) -> F:
        maker.__dict__["elements"] = elements
        return maker

    return marked


def reads_resource(maker: Maker) -> bool:
    """Whether a maker is given the resource itself."""
    return hasattr(maker, "elements")


@cache
def parameters_of(maker: Maker) -> tuple[str, ...]:
    """What a maker reads, by name."""
    if isinstance(maker, str):
        return (maker,)
    if isinstance(maker, Of):
        return (maker.element,)
    if isinstance(maker, tuple):
        return tuple(name for one in maker for name in parameters_of(one))
    elements: tuple[str, ...] = getattr(maker, "elements", ())
    return elements or tuple(signature(maker).parameters)
