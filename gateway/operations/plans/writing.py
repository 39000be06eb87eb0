"""Writes the Python of a unit.

Of an object it makes a dictionary, as the library does. Where all of it is written as JSON by msgspec, it makes an
instance of a class with a place for each name of the selection: that is made, written and freed in less time, and dates
and numbers need not become texts before.

Nothing of a document stands in the code but the names of its fields, as quoted literals; everything else is given to it
by names of ours.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from msgspec import Struct, defstruct

from gateway.operations.plans.keeping import Kept
from gateway.operations.plans.leaves import Leaves
from gateway.operations.plans.naming import Names
from gateway.operations.plans.reading import NotPlannable, is_shared, known_classes, lasting, reading
from gateway.operations.plans.selections import Selections, Unit
from gateway.operations.plans.values import NAMES, Unusual, admission, is_certain

_DEEPEST = 80
"""Columns to which a function is indented at most: what lies deeper has a function of its own."""


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
    exec(compile(source, "<plan>", "exec"), writer.names.given)  # noqa: S102 - see above
    return cast("Unit", writer.names.given[name])


class _Writer:
    """Writes functions one after the other; those that others call come first.

    One function walks through objects in objects and lists in lists: a call costs more than what most fields do.
    """

    def __init__(self, selections: Selections, *, in_json: bool) -> None:
        self.lines: list[str] = []
        self.names = Names({"Unusual": Unusual, **NAMES})
        self._selections = selections
        self._in_json = in_json
        self._leaves = Leaves(self.names, in_json=in_json)
        self._functions: dict[tuple[int, int], str] = {}
        self._in_list = False
        self._met: list[str] = []
        """Where the function that is written keeps objects that stand in many places."""

    def function(self, kind: Any, fields: FieldDetailsList) -> str:
        """Write a function that completes a value of that type, once; its name."""
        key = id(kind), id(fields)
        name = self._functions.get(key)
        if name is not None:
            return name
        name = self._functions[key] = self.names.name("f")
        body: list[str] = []
        outside = self._in_list, self._met
        self._in_list, self._met = False, []
        self._complete("v", kind, fields, body, "    ")
        begun = ["    held = []", *(f"    {one} = {{}}" for one in self._met)] if self._met else []
        self._in_list, self._met = outside
        self.lines += [f"def {name}(v, c):", *begun, *body, "    return v"]
        return name

    def _complete(self, v: str, kind: Any, fields: FieldDetailsList, body: list[str], indent: str) -> None:
        """Write what turns the variable into its completed value."""
        something = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if is_leaf_type(something):
            body += [indent + line for line in self._leaves.lines(v, something, nullable=something is kind)]
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
            self._complete_abstract(v, kind, fields, body, indent)
        elif self._in_json and self._in_list and is_shared(kind) and self._is_much(kind, fields):
            self._complete_shared(v, kind, fields, body, indent)
        else:
            self._complete_object(v, kind, fields, body, indent)

    def _complete_list(self, v: str, item: Any, fields: FieldDetailsList, body: list[str], indent: str) -> None:
        i, items, inner = self.names.name("i"), self.names.name("l"), indent + "    "
        known = f"if type({v}) is not tuple and type({v}) is not list: raise Unusual"
        if not self._in_list and len(indent) <= _DEEPEST:
            body += [indent + known, f"{indent}{items} = []", f"{indent}for {i} in {v}:"]
            self._in_list = True
            self._complete(i, item, fields, body, inner)
            self._in_list = False
            body += [f"{inner}{items}.append({i})", f"{indent}{v} = {items}"]
            return
        # Of the lists of an item most have one entry: no loop, and its list is made at once.
        body += [f"{indent}if type({v}) is tuple and len({v}) == 1:", f"{inner}{i}, = {v}"]
        if len(indent) <= _DEEPEST:
            self._complete(i, item, fields, body, inner)
            body.append(f"{inner}{v} = [{i}]")
        each = self.function(item, fields)
        loop = [known, f"{items} = []", f"for {i} in {v}: {items}.append({each}({i}, c))", f"{v} = {items}"]
        body += [f"{indent}else:", *(inner + line for line in loop)]

    def _complete_abstract(
        self, v: str, kind: GraphQLAbstractType, fields: FieldDetailsList, body: list[str], indent: str
    ) -> None:
        """Write a branch for each class of which something is selected, if it is a union; others have own functions."""
        known, find = self._selections.dispatch(kind, fields, in_json=self._in_json)
        u = self.names.name("u")
        dispatched = [
            f"{u} = {self.names.give('d', known)}.get(type({v}))",
            f"{v} = {self.names.give('d', find)}({v}, c) if {u} is None else {u}({v}, c)",
        ]
        members = self._selections.members(kind) if isinstance(kind, GraphQLUnionType) else {}
        branches = 0
        for cls, member in members.items():
            branch = self._branch(v, member, fields, indent + "    ")
            if branch:
                word = "elif" if branches else "if"
                body += [f"{indent}{word} type({v}) is {self.names.give('k', cls)}:", *branch]
                branches += 1
        if branches:
            body.append(f"{indent}else:")
            indent += "    "
        body += [indent + line for line in dispatched]

    def _branch(self, v: str, kind: GraphQLObjectType, fields: FieldDetailsList, indent: str) -> list[str]:
        branch: list[str] = []
        try:
            if self._selections.below(kind, fields):
                self._complete_object(v, kind, fields, branch, indent, is_known=True)
        except NotPlannable:  # it has no function either; that is found when such an object comes
            return []
        return branch

    def _complete_shared(
        self, v: str, kind: GraphQLObjectType, fields: FieldDetailsList, body: list[str], indent: str
    ) -> None:
        """Write an object of which the very same stands in many places: it is completed where it is met first.

        That is once in a list; or once in all answers, if what comes of it rests on the object alone. As long as it is
        held, no other has its identity.
        """
        one, inner = self.names.name("w"), indent + "    "
        lasts = lasting(kind)
        if lasts is None or self._is_told(kind, fields):
            found = self.names.name("m")
            self._met.append(found)
            get, kept = f"{found}.get", [f"{found}[id({one})] = {v}", f"held.append({one})"]
        else:
            keeping = Kept(lasts)
            get = self.names.give("g", keeping.completed.get)
            kept = [f"{v} = {self.names.give('h', keeping.keep)}({one}, {v})"]
        body += [f"{indent}{one} = {v}", f"{indent}{v} = {get}(id({one}))", f"{indent}if {v} is None:"]
        body.append(f"{inner}{v} = {one}")
        self._complete_object(v, kind, fields, body, inner)
        body += [inner + line for line in kept]

    def _is_told(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> bool:
        """Whether anything that is selected of it is made of the context as well."""
        for below in self._selections.below(kind, fields).values():
            if below[0].node.name.value == "__typename":
                continue
            field = self._selections.field(kind, below)
            named = get_named_type(field.type)
            if reading(field, below[0].node).pure is not None or is_abstract_type(named):
                return True
            if isinstance(named, GraphQLObjectType) and self._is_told(named, below):
                return True
        return False

    def _is_much(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> bool:
        """Whether to complete such an object takes longer than to find out that it was."""
        grouped = self._selections.below(kind, fields)
        return len(grouped) > 2 or not all(self._is_little(kind, below) for below in grouped.values())

    def _is_little(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> bool:
        if fields[0].node.name.value == "__typename":
            return True
        field = self._selections.field(kind, fields)
        return is_leaf_type(get_nullable_type(field.type)) and reading(field, fields[0].node).pure is None

    def _complete_object(
        self,
        v: str,
        kind: GraphQLObjectType,
        fields: FieldDetailsList,
        body: list[str],
        indent: str,
        *,
        is_known: bool = False,
    ) -> None:
        if len(indent) > _DEEPEST:
            body.append(f"{indent}{v} = {self.function(kind, fields)}({v}, c)")
            return
        grouped = self._selections.below(kind, fields)
        self._selections.spend(len(grouped) + 1)
        if not is_known:
            body.append(indent + self._tested(v, known_classes(kind)))
        parts: dict[str, str] = {}
        for response_name, below in grouped.items():
            if below[0].node.name.value == "__typename":
                parts[response_name] = repr(kind.name)
                continue
            field = self._selections.field(kind, below)
            how = reading(field, below[0].node)
            part = self.names.name("v")
            read = f"{v}.{how.attribute}" if how.pure is None else f"{self.names.give('p', how.pure)}({v}, c)"
            body.append(f"{indent}{part} = {read}")
            self._complete(part, field.type, below, body, indent)
            parts[response_name] = part
        body.append(f"{indent}{v} = {self._object(parts)}")

    def _tested(self, v: str, known: tuple[type, ...] | None) -> str:
        """Write the judgement of an object; mostly it is of the class that the type was made for."""
        admitted, admit = admission(known)
        first = next(filter(is_certain, known or ()), None)
        most = "" if first is None else f"type({v}) is not {self.names.give('k', first)} and "
        return f"if {most}type({v}) not in {self.names.give('k', admitted)}: {self.names.give('a', admit)}({v})"

    def _object(self, parts: Mapping[str, str]) -> str:
        """Write the making of what has those values by name."""
        if self._in_json:
            return f"{self.names.give('o', _shape(tuple(parts)))}({', '.join(parts.values())})"
        return f"{{{', '.join(f'{name!r}: {part}' for name, part in parts.items())}}}"


@lru_cache(maxsize=1024)
def _shape(names: tuple[str, ...]) -> type[Struct]:
    """A class with a place for each of those names, under which msgspec writes what stands there."""
    places = [f"v{number}" for number in range(len(names))]
    return defstruct("Shape", places, rename=dict(zip(places, names, strict=True)), gc=False)
