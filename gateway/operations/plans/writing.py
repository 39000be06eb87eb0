"""Writes the Python of a unit.

Nothing of a document stands in the code but the names of its fields, as quoted literals; everything else is given to it
by names of ours.
"""

from collections.abc import Callable
from typing import Any, Protocol, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet

from gateway.operations.plans.reading import NotPlannable, known_classes, reading
from gateway.operations.plans.values import Unusual, admission, leaf, names

Unit = Callable[[Any, Any], Any]
"""Completes a value; takes it and the context. Raises any exception when the library must do it instead."""

_EXACT = {
    GraphQLString.name: "type({0}) is str",
    GraphQLID.name: "type({0}) is str",
    GraphQLBoolean.name: "type({0}) is bool",
    GraphQLInt.name: "type({0}) is int and -2147483648 <= {0} <= 2147483647",
    GraphQLFloat.name: "type({0}) is float and {0} - {0} == 0.0",
}
"""When a value is written out as it is: the class that its scalar promises, and in its bounds."""
_SPECIFIED = {kind.name: kind for kind in (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt, GraphQLFloat)}


class Selections(Protocol):
    """Tells what is selected where."""

    def below(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> GroupedFieldSet:
        """What is selected of an object of that type.

        Raises:
            NotPlannable: not all of it belongs to the same answer.
        """

    def field(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> Any:
        """The definition of that field."""

    def dispatch(self, kind: GraphQLAbstractType, fields: FieldDetailsList) -> Unit:
        """The unit for objects of an abstract type: finds the type of each."""

    def spend(self, fields: int) -> None:
        """Count fields that are written.

        Raises:
            NotPlannable: there are too many.
        """


def unit(selections: Selections, kind: Any, fields: FieldDetailsList) -> Unit:
    """The unit that completes values of that nullable type.

    Raises:
        NotPlannable: the library must complete them all.
    """
    writer = _Writer(selections)
    name = writer.function(kind, fields)
    source = "\n".join(writer.lines)
    exec(compile(source, "<plan>", "exec"), writer.given)  # noqa: S102 - see above
    return cast("Unit", writer.given[name])


class _Writer:
    """Writes functions one after the other; those that others call come first."""

    def __init__(self, selections: Selections) -> None:
        self.lines: list[str] = []
        self.given: dict[str, Any] = {"Unusual": Unusual}
        """What the code calls by name."""
        self._selections = selections
        self._numbered = 0
        self._leaves: dict[str, str] = {}

    def function(self, kind: Any, fields: FieldDetailsList) -> str:
        """Write a function that completes a value of that type; its name."""
        name = self._name("f")
        body: list[str] = []
        self._complete("v", kind, fields, body, "    ")
        self.lines += [f"def {name}(v, c):", *body, "    return v"]
        return name

    def _complete(self, v: str, kind: Any, fields: FieldDetailsList, body: list[str], indent: str) -> None:
        """Write what turns the variable into its completed value."""
        if isinstance(kind, GraphQLNonNull):
            self._complete_something(v, kind.of_type, fields, body, indent)
            return
        inner: list[str] = []
        self._complete_something(v, kind, fields, inner, indent + "    ")
        body += [f"{indent}if {v} is not None:", *inner]

    def _complete_something(self, v: str, kind: Any, fields: FieldDetailsList, body: list[str], indent: str) -> None:
        """The same for a value that must not be null: every test in it fails for null."""
        if is_leaf_type(kind):
            self._complete_leaf(v, kind, body, indent)
        elif isinstance(kind, GraphQLList):
            item = self.function(kind.of_type, fields)
            body += [
                f"{indent}if type({v}) is not tuple and type({v}) is not list: raise Unusual",
                f"{indent}{v} = [{item}(i, c) for i in {v}]",
            ]
        elif is_abstract_type(kind):
            body.append(f"{indent}{v} = {self._give('d', self._selections.dispatch(kind, fields))}({v}, c)")
        else:
            self._complete_object(v, kind, fields, body, indent)

    def _complete_leaf(self, v: str, kind: GraphQLLeafType, body: list[str], indent: str) -> None:
        if isinstance(kind, GraphQLEnumType):
            self._complete_enum(v, kind, body, indent)
            return
        call = f"{v} = {self._coercion(kind)}({v})"
        is_specified = _SPECIFIED.get(kind.name) is kind
        body.append(f"{indent}if not ({_EXACT[kind.name].format(v)}): {call}" if is_specified else f"{indent}{call}")

    def _complete_enum(self, v: str, kind: GraphQLEnumType, body: list[str], indent: str) -> None:
        found = names(kind)
        if found is None:
            raise NotPlannable
        members, graph_names = found
        body += [
            f"{indent}if type({v}) is not {self._give('e', members)}: raise Unusual",
            f"{indent}{v} = {self._give('n', graph_names)}[{v}._name_]",
        ]

    def _complete_object(
        self, v: str, kind: GraphQLObjectType, fields: FieldDetailsList, body: list[str], indent: str
    ) -> None:
        grouped = self._selections.below(kind, fields)
        self._selections.spend(len(grouped) + 1)
        admitted, admit = admission(known_classes(kind))
        body.append(f"{indent}if type({v}) not in {self._give('k', admitted)}: {self._give('a', admit)}({v})")
        parts = []
        for response_name, below in grouped.items():
            if below[0].node.name.value == "__typename":
                parts.append(f"{response_name!r}: {kind.name!r}")
                continue
            field = self._selections.field(kind, below)
            how = reading(field, below[0].node)
            part = self._name("v")
            read = f"{v}.{how.attribute}" if how.pure is None else f"{self._give('p', how.pure)}({v}, c)"
            body.append(f"{indent}{part} = {read}")
            self._complete(part, field.type, below, body, indent)
            parts.append(f"{response_name!r}: {part}")
        body.append(f"{indent}{v} = {{{', '.join(parts)}}}")

    def _coercion(self, kind: GraphQLScalarType) -> str:
        if kind.name not in self._leaves:
            self._leaves[kind.name] = self._give("s", leaf(kind.coerce_output_value))
        return self._leaves[kind.name]

    def _give(self, letter: str, value: Any) -> str:
        name = self._name(letter)
        self.given[name] = value
        return name

    def _name(self, letter: str) -> str:
        self._numbered += 1
        return f"{letter}{self._numbered}"
