"""Which values a unit may take as they are. Everything else raises ``Unusual``, and the library completes it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)
from msgspec import Struct
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.types.base_scalars import isoformat

from gateway.operations.plans import moments

_SIMPLE = frozenset({str, int, float, bool, bytes, date, datetime, time, timedelta, Decimal, UUID, list, tuple, dict})
"""Can neither be awaited nor be an exception, so a scalar may be asked to write them out."""

UNCHANGING = (str, int, float, bool, date, datetime, Decimal, Enum, type(None))
"""May be given to every call again: nobody can change it."""


class Exact(Struct, frozen=True):
    """How a value is written out whose class is the very one that its scalar promises: in Python, by its name."""

    odd: str
    """Test for a value that is none of these."""
    written: str | None = None
    """What is written; ``None`` for the value itself. In JSON msgspec writes the same of the value itself."""


def _itself(of: type, bounds: str = "") -> Exact:
    return Exact(f"type({{0}}) is not {of.__name__}{bounds}")


_SPECIFIED = {
    GraphQLString: _itself(str),
    GraphQLID: _itself(str),
    GraphQLBoolean: _itself(bool),
    GraphQLInt: _itself(int, " or not -2147483648 <= {0} <= 2147483647"),
    GraphQLFloat: _itself(float, " or {0} - {0} != 0.0"),
}
_ISO = {"Date": Exact(moments.ODD_DATE, moments.WRITTEN), "DateTime": Exact(moments.ODD_MOMENT, moments.WRITTEN)}
NAMES = {"Decimal": Decimal, **moments.NAMES}
"""What these call by name."""


def exact_class(kind: GraphQLScalarType) -> Exact | None:
    """How values of that scalar are written out without asking it; ``None`` when it must look at each."""
    specified = next((exact for known, exact in _SPECIFIED.items() if known is kind), None)
    if specified is not None:
        return specified
    coerce = kind.coerce_output_value
    if coerce is isoformat:
        return _ISO.get(kind.name)
    if coerce is str:
        return Exact("type({0}) is not Decimal", "str({0})") if kind.name == "Decimal" else _itself(str)
    return None


class Unusual(Exception):
    """A value that the library must complete."""


def leaf(kind: GraphQLScalarType) -> Callable[[Any], Any]:
    """Writes out a value whose class is not the one that the scalar promises, or that every scalar must look at."""
    coerce = kind.coerce_output_value

    def complete(value: Any) -> Any:
        if type(value) not in _SIMPLE:
            raise Unusual
        written = coerce(value)
        if written is None or written is Undefined:
            raise Unusual
        return written

    return moments.odd_moment(complete) if coerce is isoformat else complete


def names(kind: GraphQLEnumType) -> tuple[type[Enum], dict[str, str]] | None:
    """The Python enumeration behind one of the graph, and the graph's name for each member's name."""
    members = getattr(kind, "wrapped_cls", None)
    if not (isinstance(members, type) and issubclass(members, Enum)):
        return None
    found = {}
    for name, member in members.__members__.items():
        try:
            found[name] = kind.coerce_output_value(member)
        except Exception:  # noqa: BLE001, S112 - a member that cannot be shown is left to the library
            continue
    return members, found


def admission(known: tuple[type, ...] | None) -> tuple[set[type], Callable[[Any], None]]:
    """The classes whose instances are objects of a type for certain, and the judgement of one of another class.

    A class is remembered when nothing in its instances can change the judgement: records have no attributes of their
    own making. Objects of other classes are judged each time.

    Args:
        known: the classes that the type shows; ``None`` for a type that shows whatever it is given.
    """
    admitted = {cls for cls in known or () if is_certain(cls)}

    def admit(value: Any) -> None:
        cls = type(value)
        if known is not None and not isinstance(value, known):
            raise Unusual
        if value is None or value is Undefined or isinstance(value, Exception) or optimized_is_awaitable(value):
            raise Unusual
        if is_plain(cls):
            admitted.add(cls)

    return admitted, admit


def is_certain(cls: type) -> bool:
    """Whether every instance of a class that a type shows is an object of it, and nothing to wait for."""
    return is_plain(cls) and not hasattr(cls, "__await__")


def is_plain(cls: type) -> bool:
    """Whether all instances of the class are alike: they have its fields, and no attribute of their own."""
    return issubclass(cls, Struct) and not cls.__dictoffset__ and "__getattr__" not in cls.__dict__
