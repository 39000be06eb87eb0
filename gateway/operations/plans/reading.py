"""How the fields of the schema are read, as far as a unit may read them."""

import keyword
from collections.abc import Callable
from typing import Any

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    default_type_resolver,
)
from msgspec import Struct
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from gateway.operations.plans.values import Unusual, is_plain

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


class NotPlannable(Exception):
    """A selection that is executed by the library."""


class Reading(Struct, frozen=True):
    """A field's value: an attribute, or what a pure function makes of the object and the context."""

    attribute: str | None
    pure: Callable[[Any, Any], Any] | None


def reading(field: GraphQLField, node: FieldNode) -> Reading:
    """How the value of the field is read.

    Raises:
        NotPlannable: it has arguments, a resolver that is not pure, or something around it.
    """
    defined = definition(field)
    if node.arguments or field.args:
        raise NotPlannable
    pure = defined.metadata.get("pure")
    if pure is not None and not defined.extensions:
        return Reading(None, pure)
    name = defined.python_name
    # Where errors are turned into answers, Strawberry takes another way even for an attribute.
    is_attribute = defined.is_basic_field and getattr(field.resolve, "__name__", "") == "_get_basic_result"
    if not is_attribute or defined.default_resolver is not getattr:
        raise NotPlannable
    if not name.isidentifier() or keyword.iskeyword(name):
        raise NotPlannable
    return Reading(name, None)


def definition(field: GraphQLField) -> StrawberryField:
    """What Strawberry made the field of.

    Raises:
        NotPlannable: it did not.
    """
    defined = (field.extensions or {}).get(_DEFINITION)
    if not isinstance(defined, StrawberryField):
        raise NotPlannable
    return defined


def known_classes(kind: GraphQLObjectType) -> tuple[type, ...] | None:
    """The classes that a type shows; ``None`` when it shows whatever it is given.

    Raises:
        NotPlannable: it looks at each object.
    """
    if kind.is_type_of is None:
        return None
    known: tuple[type, ...] | None = getattr(kind.is_type_of, "known", None)
    if known is None:
        raise NotPlannable
    return known


def is_shared(kind: GraphQLObjectType) -> bool:
    """Whether the very same object often stands in many places."""
    return getattr(kind.is_type_of, "shared", False) is True


def lasting(kind: GraphQLObjectType) -> Callable[[Any], bool] | None:
    """Tells which of these objects are the same in every answer; ``None`` where none is."""
    return getattr(kind.is_type_of, "lasts", None)


def type_of(schema: GraphQLSchema, kind: GraphQLAbstractType, cls: type) -> GraphQLObjectType:
    """The type under which an abstract one shows instances of that class, as Strawberry finds it.

    Raises:
        Unusual: it would look at the instance.
    """
    if not is_plain(cls) or hasattr(cls, "__strawberry_definition__") or not _asks_classes(kind):
        raise Unusual
    for possible in schema.get_possible_types(kind):
        if possible.is_type_of is None:
            continue
        known = getattr(possible.is_type_of, "known", None)
        if known is None:
            raise Unusual
        if issubclass(cls, known):
            return possible
    raise Unusual


def _asks_classes(kind: GraphQLAbstractType) -> bool:
    if isinstance(kind, GraphQLUnionType):
        return getattr(kind.resolve_type, "__name__", "") == "_resolve_union_type"
    defined = (kind.extensions or {}).get(_DEFINITION)
    return kind.resolve_type is default_type_resolver or getattr(defined, "resolve_type", True) is None
