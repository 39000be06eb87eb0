"""The values of an operation's variables, where these are plain: the rest is the library's, and so is every error."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    NonNullTypeNode,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    is_leaf_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues, get_variable_values
from msgspec import Struct

from gateway.operations.plans.values import UNCHANGING

_ABSENT = object()


class _Unusual(Exception):
    """A value that the library must look at."""


class _Variable(Struct, frozen=True):
    name: str
    is_text: bool
    """Whether a text is taken as it is."""
    coerce: Callable[[Any], Any]
    default: Any
    """Where the caller says nothing: a value, ``Undefined`` for none at all, ``_ABSENT`` where that is an error."""


class Variables:
    """Those of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        definitions = operation.variable_definitions or ()
        found = [_variable(schema, definition) for definition in definitions]
        self._plain = [variable for variable in found if variable is not None]
        self._all_plain = len(self._plain) == len(definitions)

    def coerced(self, given: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Their values, by name, as the library makes them; ``None`` where it has to do so itself.

        Args:
            given: as the caller sent them.
        """
        if not self._all_plain:
            return None
        values: dict[str, Any] = {}
        sent = given or {}
        for variable in self._plain:
            name = variable.name
            value = sent.get(name, _ABSENT)
            if variable.is_text and type(value) is str:
                values[name] = value
            elif value is not _ABSENT:
                try:
                    values[name] = variable.coerce(value)
                except Exception:  # noqa: BLE001 - the library finds it again, and says it in its own words
                    return None
            elif variable.default is _ABSENT:
                return None
            elif variable.default is not Undefined:
                values[name] = variable.default
        return values


def demanded(operation: OperationDefinitionNode) -> frozenset[str]:
    """Those that always have a value, and never null."""
    declared = operation.variable_definitions or ()
    return frozenset(one.variable.name.value for one in declared if isinstance(one.type, NonNullTypeNode))


def _variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> _Variable | None:
    """How a variable is coerced; ``None`` when it is not plain."""
    kind = type_from_ast(schema, definition.type)
    coerce = _coercion(kind)
    default = _default(schema, definition, required=isinstance(kind, GraphQLNonNull))
    if coerce is None or (definition.default_value is not None and not isinstance(default, UNCHANGING)):
        return None
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return _Variable(definition.variable.name.value, bare in (GraphQLString, GraphQLID), coerce, default)


def _default(schema: GraphQLSchema, definition: VariableDefinitionNode, *, required: bool) -> Any:
    if definition.default_value is None:
        return _ABSENT if required else Undefined
    found = get_variable_values(schema, [definition], {})
    return found.coerced.get(definition.variable.name.value, ()) if isinstance(found, VariableValues) else ()


def _coercion(kind: Any) -> Callable[[Any], Any] | None:
    """What the library does with a value of that type, where that is plain; it raises whatever is not."""
    if isinstance(kind, GraphQLNonNull):
        inner = _coercion(kind.of_type)
        return None if inner is None else _something(inner)
    if is_leaf_type(kind):
        return _leaf(kind.coerce_input_value)
    if isinstance(kind, GraphQLList):
        inner = _coercion(kind.of_type)
        return None if inner is None else _items(inner)
    return None


def _something(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        coerced = inner(value)
        if coerced is None:
            raise _Unusual
        return coerced

    return coerce


def _leaf(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        if value is None:
            return None
        coerced = parse(value)
        if coerced is Undefined:
            raise _Unusual
        return coerced

    return coerce


def _items(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not list:
            raise _Unusual  # one value stands for a list of one
        return [inner(item) for item in value]

    return coerce
