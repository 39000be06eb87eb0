"""Writes the Python of a unit.

Of an object it makes a dictionary, as the library does. Where all of it is written as JSON by msgspec, it makes an
instance of a class with a place for each name of the selection: that is made, written and freed in less time, and dates
and numbers need not become texts before.

Nothing of a document stands in the code but the names of its fields, as quoted literals; everything else is given to it
by names of ours.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from msgspec import Struct, defstruct

from gateway.operations.plans.reading import NotPlannable, known_classes, reading
from gateway.operations.plans.values import NAMES, Unusual, admission, exact_class, leaf, names

Unit = Callable[[Any, Any], Any]
"""Completes a value; takes it and the context. Raises any exception when the library must do it instead."""

_DEEPEST = 80
"""Columns to which a function is indented at most: what lies deeper has a function of its own."""
_LOOPS = 8
"""Lists in lists that one function walks through."""


class Selections(Protocol):
    """Tells what is selected where."""

    def below(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> GroupedFieldSet:
        """What is selected of an object of that type.

        Raises:
            NotPlannable: not all of it belongs to the same answer.
        """

    def field(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> Any:
        """The definition of that field."""

    def dispatch(
        self, kind: GraphQLAbstractType, fields: FieldDetailsList, *, in_json: bool
    ) -> tuple[dict[type, Unit], Unit]:
        """For objects of an abstract type: the units for classes that were met, and the one for any other class."""

    def spend(self, fields: int) -> None:
        """Count fields that are written.

        Raises:
            NotPlannable: there are too many.
        """


def unit(selections: Selections, kind: Any, fields: FieldDetailsList, *, in_json: bool = False) -> Unit:
    """The unit that completes values of that nullable type.

    Args:
        selections: what is selected where.
        kind: the type.
        fields: all places of the document that select the value.
        in_json: whether msgspec writes what comes of it.

    Raises:
        NotPlannable: the library must complete them all.
    """
    writer = _Writer(selections, in_json=in_json)
    name = writer.function(kind, fields)
    source = "\n".join(writer.lines)
    exec(compile(source, "<plan>", "exec"), writer.given)  # noqa: S102 - see above
    return cast("Unit", writer.given[name])


class _Writer:
    """Writes functions one after the other; those that others call come first.

    One function walks through objects in objects and lists in lists: a call costs more than what most fields do.
    """

    def __init__(self, selections: Selections, *, in_json: bool) -> None:
        self.lines: list[str] = []
        self.given: dict[str, Any] = {"Unusual": Unusual, **NAMES}
        """What the code calls by name."""
        self._selections = selections
        self._in_json = in_json
        self._numbered = 0
        self._loops = 0
        self._leaves: dict[str, str] = {}

    def function(self, kind: Any, fields: FieldDetailsList) -> str:
        """Write a function that completes a value of that type; its name."""
        name = self._name("f")
        body: list[str] = []
        loops, self._loops = self._loops, 0
        self._complete("v", kind, fields, body, "    ")
        self._loops = loops
        self.lines += [f"def {name}(v, c):", *body, "    return v"]
        return name

    def _complete(self, v: str, kind: Any, fields: FieldDetailsList, body: list[str], indent: str) -> None:
        """Write what turns the variable into its completed value."""
        something = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if is_leaf_type(something):
            body += [indent + line for line in self._leaf(v, something, nullable=something is kind)]
        elif something is kind:
            body.append(f"{indent}if {v} is not None:")
            self._complete_something(v, kind, fields, body, indent + "    ")
        else:
            self._complete_something(v, something, fields, body, indent)

    def _complete_something(self, v: str, kind: Any, fields: FieldDetailsList, body: list[str], indent: str) -> None:
        """The same for what has something below it, and must not be null: every test in it fails for null."""
        if isinstance(kind, GraphQLList):
            self._complete_list(v, kind.of_type, fields, body, indent)
        elif is_abstract_type(kind):
            known, find = self._selections.dispatch(kind, fields, in_json=self._in_json)
            u = self._name("u")
            body += [
                f"{indent}{u} = {self._give('d', known)}.get(type({v}))",
                f"{indent}{v} = {self._give('d', find)}({v}, c) if {u} is None else {u}({v}, c)",
            ]
        else:
            self._complete_object(v, kind, fields, body, indent)

    def _complete_list(self, v: str, item: Any, fields: FieldDetailsList, body: list[str], indent: str) -> None:
        i, items = self._name("i"), self._name("l")
        body += [
            f"{indent}if type({v}) is not tuple and type({v}) is not list: raise Unusual",
            f"{indent}{items} = []",
            f"{indent}for {i} in {v}:",
        ]
        inner = indent + "    "
        if len(indent) > _DEEPEST or self._loops == _LOOPS:
            body.append(f"{inner}{i} = {self.function(item, fields)}({i}, c)")
        else:
            self._loops += 1
            self._complete(i, item, fields, body, inner)
            self._loops -= 1
        body += [f"{inner}{items}.append({i})", f"{indent}{v} = {items}"]

    def _leaf(self, v: str, kind: GraphQLLeafType, *, nullable: bool) -> list[str]:
        something = f"{v} is not None"
        if isinstance(kind, GraphQLEnumType):
            members, written = self._enum(v, kind)
            return (
                [f"if type({v}) is {members}: {v} = {written}", f"elif {something}: raise Unusual"]
                if nullable
                else [f"if type({v}) is not {members}: raise Unusual", f"{v} = {written}"]
            )
        odd = f"{v} = {self._coercion(kind)}({v})"
        exact = exact_class(kind)
        if exact is None:
            return [f"if {something}: {odd}" if nullable else odd]
        test = exact.odd.format(v)
        if exact.written is None or self._in_json:
            return [f"if ({test}) and {something}: {odd}" if nullable else f"if {test}: {odd}"]
        written = f"else: {v} = {exact.written.format(v)}"
        if not nullable:
            return [f"if {test}: {odd}", written]
        return [f"if {test}:", f"    if {something}: {odd}", written]

    def _enum(self, v: str, kind: GraphQLEnumType) -> tuple[str, str]:
        """Names of the class of members, and of what is written for one."""
        found = names(kind)
        if found is None:
            raise NotPlannable
        members, graph_names = found
        as_named = len(graph_names) == len(members.__members__) and all(
            own == name for own, name in graph_names.items()
        )
        return self._give("e", members), f"{v}._name_" if as_named else f"{self._give('n', graph_names)}[{v}._name_]"

    def _complete_object(
        self, v: str, kind: GraphQLObjectType, fields: FieldDetailsList, body: list[str], indent: str
    ) -> None:
        if len(indent) > _DEEPEST:
            body.append(f"{indent}{v} = {self.function(kind, fields)}({v}, c)")
            return
        grouped = self._selections.below(kind, fields)
        self._selections.spend(len(grouped) + 1)
        admitted, admit = admission(known_classes(kind))
        body.append(f"{indent}if type({v}) not in {self._give('k', admitted)}: {self._give('a', admit)}({v})")
        parts: dict[str, str] = {}
        for response_name, below in grouped.items():
            if below[0].node.name.value == "__typename":
                parts[response_name] = repr(kind.name)
                continue
            field = self._selections.field(kind, below)
            how = reading(field, below[0].node)
            part = self._name("v")
            read = f"{v}.{how.attribute}" if how.pure is None else f"{self._give('p', how.pure)}({v}, c)"
            body.append(f"{indent}{part} = {read}")
            self._complete(part, field.type, below, body, indent)
            parts[response_name] = part
        body.append(f"{indent}{v} = {self._object(parts)}")

    def _object(self, parts: Mapping[str, str]) -> str:
        """Write the making of what has those values by name."""
        if self._in_json:
            return f"{self._give('o', _shape(tuple(parts)))}({', '.join(parts.values())})"
        return f"{{{', '.join(f'{name!r}: {part}' for name, part in parts.items())}}}"

    def _coercion(self, kind: GraphQLScalarType) -> str:
        if kind.name not in self._leaves:
            self._leaves[kind.name] = self._give("s", leaf(kind))
        return self._leaves[kind.name]

    def _give(self, letter: str, value: Any) -> str:
        name = self._name(letter)
        self.given[name] = value
        return name

    def _name(self, letter: str) -> str:
        self._numbered += 1
        return f"{letter}{self._numbered}"


@lru_cache(maxsize=1024)
def _shape(names: tuple[str, ...]) -> type[Struct]:
    """A class with a place for each of those names, under which msgspec writes what stands there."""
    places = [f"v{number}" for number in range(len(names))]
    return defstruct("Shape", places, rename=dict(zip(places, names, strict=True)), gc=False)
