"""Random documents for any schema: valid ones mostly, with all that a document can do to a selection."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
)
from msgspec import Struct

Scalars = Mapping[str, Callable[[Random], Any]]
"""Writes a value for an argument, by the name of its scalar."""

_Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


class Written(Struct, frozen=True):
    """A document, and values for its variables, of which some may be missing or wrong."""

    text: str
    variables: list[dict[str, Any]]


class Writer:
    """Writes one document."""

    def __init__(
        self, schema: GraphQLSchema, rng: Random, scalars: Scalars, *, depth: int = 6, deferring: bool = False
    ) -> None:
        self._schema = schema
        self._rng = rng
        self._scalars = scalars
        self._depth = depth
        self._deferring = deferring
        self._declared: dict[str, str] = {}
        self._values: dict[str, Callable[[], Any]] = {}
        self._fragments: dict[str, tuple[str, str]] = {}
        self._room = 60
        """Fields that may still be written."""

    def document(self, root: GraphQLObjectType, operation: str) -> Written:
        """A document with one operation on that root."""
        selection = self._selection(root, 0)
        declared = ", ".join(f"${name}: {kind}" for name, kind in self._declared.items())
        head = f"{operation} Q({declared})" if declared else f"{operation} Q"
        fragments = " ".join(f"fragment {name} on {on} {body}" for name, (on, body) in self._fragments.items())
        return Written(f"{head} {selection} {fragments}", [self._given() for _ in range(3)])

    def _given(self) -> dict[str, Any]:
        given = {name: value() for name, value in self._values.items()}
        return {name: value for name, value in given.items() if value is not ...}

    def _selection(self, on: _Composite, depth: int) -> str:
        parts = [self._part(on, depth) for _ in range(self._rng.choice((1, 2, 3, 3, 4, 6)))]
        return "{ " + " ".join(part for part in parts if part) + " __typename }"

    def _part(self, on: _Composite, depth: int) -> str:
        chance = self._rng.random()
        if chance < 0.12 and depth < self._depth:
            return f"... {self._condition(on)}{self._directives(fragment=True)} {self._below(on, depth)}"
        if chance < 0.24 and depth < self._depth:
            return self._spread(on, depth)
        if chance < 0.3 or isinstance(on, GraphQLUnionType):
            return f"{self._alias(0.3)}__typename{self._directives()}"
        return self._field(on, depth)

    def _condition(self, on: _Composite) -> str:
        self._on = on
        if self._rng.random() < 0.3:
            return ""
        near: list[GraphQLNamedType] = [on, *getattr(on, "interfaces", ())]
        if not isinstance(on, GraphQLObjectType):
            near += self._schema.get_possible_types(on)
        chosen = self._rng.choice(near)
        self._on = chosen if is_composite_type(chosen) else on
        return f"on {chosen.name}"

    def _below(self, on: _Composite, depth: int) -> str:
        return self._selection(getattr(self, "_on", on), depth + 1)

    def _spread(self, on: _Composite, depth: int) -> str:
        fitting = [name for name, (of, _) in self._fragments.items() if of == on.name]
        if fitting and self._rng.random() < 0.6:
            return f"...{self._rng.choice(fitting)}{self._directives(fragment=True)}"
        condition = self._condition(on).removeprefix("on ") or on.name
        target = self._on if condition != on.name else on
        body = self._selection(target, depth + 1)
        name = f"F{len(self._fragments)}"
        self._fragments[name] = (condition, body)
        return f"...{name}{self._directives(fragment=True)}"

    def _field(self, on: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        below = depth < self._depth and self._room > 0
        fields = [
            (name, field) for name, field in on.fields.items() if below or is_leaf_type(get_named_type(field.type))
        ]
        if not fields:
            return "__typename"
        self._room -= 1
        name, field = self._rng.choice(fields)
        arguments = self._arguments(field)
        # With arguments under a name of its own: the same name with others would not be valid.
        alias = f"a{self._room + 100}: " if arguments else self._alias(0.15)
        kind = get_named_type(field.type)
        inner = self._selection(kind, depth + 1) if is_composite_type(kind) else ""
        return f"{alias}{name}{arguments}{self._directives()}{self._stream(field)} {inner}"

    def _stream(self, field: GraphQLField) -> str:
        if not (self._deferring and is_list_type(get_nullable_type(field.type)) and self._rng.random() < 0.05):
            return ""
        if self._rng.random() < 0.7:
            return f" @stream(initialCount: {self._rng.choice((0, 1, -1))})"
        self._declared["n"], self._values["n"] = "Int = 1", lambda: self._rng.choice((..., 0, 2))
        return " @stream(initialCount: $n)"

    def _alias(self, chance: float) -> str:
        return f"a{self._rng.randrange(1000)}: " if self._rng.random() < chance else ""

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._argument(argument)}"
            for name, argument in field.args.items()
            if isinstance(argument.type, GraphQLNonNull) or self._rng.random() < 0.4
        ]
        return f"({', '.join(given)})" if given else ""

    def _argument(self, argument: GraphQLArgument) -> str:
        if self._rng.random() < 0.4:
            name = f"v{len(self._declared)}"
            declared, optional = self._declaration(argument.type)
            self._declared[name] = declared
            self._values[name] = lambda: (
                ... if optional and self._rng.random() < 0.2 else self._value(argument.type, wrong=0.03)
            )
            return f"${name}"
        return written(self._value(argument.type), argument.type)

    def _declaration(self, kind: Any) -> tuple[str, bool]:
        """The type of a variable that may stand where that type is wanted, and whether it may have no value."""
        optional, chance = not isinstance(kind, GraphQLNonNull), self._rng.random()
        if chance < 0.2:
            return f"{kind}!" if optional else str(kind), False
        if chance < 0.4:
            default = written(self._value(GraphQLNonNull(get_nullable_type(kind))), kind)
            return f"{get_nullable_type(kind)} = {default}", True
        return str(kind), optional

    def _value(self, kind: Any, *, wrong: float = 0.0) -> Any:  # noqa: PLR0911 - one for each sort of type
        if self._rng.random() < wrong:
            return self._rng.choice((None, "?", 2**40, True, [1], {"x": 1}))
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, wrong=wrong)
        if self._rng.random() < 0.1:
            return None if wrong else self._value(GraphQLNonNull(kind))
        if isinstance(kind, GraphQLList):
            return [self._value(GraphQLNonNull(get_named_type(kind))) for _ in range(self._rng.randrange(3))]
        if isinstance(kind, GraphQLEnumType):
            return self._rng.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return {
                name: self._value(GraphQLNonNull(get_named_type(field.type)))
                for name, field in kind.fields.items()
                if isinstance(field.type, GraphQLNonNull) or self._rng.random() < 0.5
            }
        return self._scalars[kind.name](self._rng)

    def _directives(self, *, fragment: bool = False) -> str:
        found = ""
        for name in ("include", "skip"):
            if self._rng.random() < 0.08:
                found += f" @{name}(if: {self._condition_value()})"
        if fragment and self._deferring and self._rng.random() < 0.15:
            found += " @defer" if self._rng.random() < 0.7 else f" @defer(if: {self._condition_value()})"
        return found

    def _condition_value(self) -> str:
        chance = self._rng.random()
        if chance < 0.3:
            return self._rng.choice(("true", "false"))
        name = f"b{self._rng.randrange(3)}"
        optional = name == "b2"
        self._declared[name] = "Boolean = true" if optional else "Boolean!"
        self._values[name] = lambda: (
            self._rng.choice((..., None, True, False)) if optional else self._rng.random() < 0.6
        )
        return f"${name}"


def written(value: Any, kind: Any) -> str:
    """The value as a literal of a document."""
    named = get_named_type(kind)
    if isinstance(value, list):
        return "[" + ", ".join(written(item, named) for item in value) + "]"
    if isinstance(value, dict):
        # What is in a scalar has no types of its own.
        types = {name: field.type for name, field in getattr(named, "fields", {}).items()}
        parts = (f"{name}: {written(item, types.get(name, GraphQLString))}" for name, item in value.items())
        return "{" + ", ".join(parts) + "}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(named, GraphQLEnumType) or isinstance(value, int | float):
        return str(value)
    return f'"{value}"'
