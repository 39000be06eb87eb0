"""The price of an operation, told before anything is asked (after the IBM GraphQL cost specification).

    price = sum over the selected fields of   items above x weight

A field that is an object weighs 1, a section of a citizen ``SECTION``, for it asks sources; a value weighs nothing.
Items above are those of every list that the field lies in: ``first`` where the list has it and the caller says so,
otherwise ``PAGE`` for a list of records and ``LIST`` for a list within a record. What it really holds nobody knows yet.

A fragment is priced once for each type and page, however often it is spread; the walk is bounded because the document
passed its other limits first.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)
from graphql.type import GraphQLField, GraphQLOutputType

from resolvers.subgraph import MOST

SECTION = 10
"""Weight of a section of a citizen."""
PAGE = 50
"""Items of a list of records whose length the caller does not bound."""
LIST = 5
"""Items of a list within a record."""

_SIZE = "first"
_CITIZEN = "Citizen"
_ITEMS = frozenset({"nodes", "edges"})
_ENTITIES = "_entities"

_Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


class Price:
    """What one operation costs, for the values of the variables that bound its lists."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = fragments
        self._defaults = {
            definition.variable.name.value: _number(definition.default_value, {})
            for definition in operation.variable_definitions or ()
        }
        self._bounding: list[str] | None = None
        self._fixed: int | None = None
        """Where no variable bounds a list."""
        self._known: dict[tuple[int | None, ...], int] = {}

    def of(self, variables: Mapping[str, Any] | None) -> int:
        """The price, with those variables as the caller sent them: they are not checked yet, and need not fit."""
        if self._fixed is not None:
            return self._fixed
        if self._bounding is None:
            walk = _Walk(self._schema, self._fragments, {})
            price = walk.price_of(self._operation)
            self._bounding = sorted(walk.met)
            if not self._bounding:
                self._fixed = price
                return price
        given = variables or {}
        sizes = tuple(_size_of(given.get(name, self._defaults.get(name))) for name in self._bounding)
        known = self._known.get(sizes)
        if known is None:
            named = dict(zip(self._bounding, sizes, strict=True))
            known = _Walk(self._schema, self._fragments, named).price_of(self._operation)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[sizes] = known
        return known


_MOST_KNOWN = 64
"""Prices remembered for one operation: pages have few sizes, and an attacker may name all of them."""


class _Walk:
    """One walk through an operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        sizes: Mapping[str, int | None],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._sizes = sizes
        self._spread: dict[tuple[str, str, int | None], int] = {}
        self.met: set[str] = set()
        """Variables that bound a list."""

    def price_of(self, operation: OperationDefinitionNode) -> int:
        root = self._schema.get_root_type(operation.operation)
        return self._selected(operation.selection_set, root, None) if root else 0

    def _selected(self, selection_set: SelectionSetNode, parent: _Composite, page: int | None) -> int:
        price = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                price += self._field(selection, parent, page)
            elif isinstance(selection, FragmentSpreadNode):
                price += self._fragment(selection.name.value, page)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._schema.type_map[condition.name.value] if condition else parent
                price += self._selected(selection.selection_set, inner, page) if _has_fields(inner) else 0
        return price

    def _fragment(self, name: str, page: int | None) -> int:
        fragment = self._fragments[name]
        condition = fragment.type_condition.name.value
        key = (name, condition, page)
        if key not in self._spread:
            on = self._schema.type_map[condition]
            self._spread[key] = self._selected(fragment.selection_set, on, page) if _has_fields(on) else 0
        return self._spread[key]

    def _field(self, node: FieldNode, parent: _Composite, page: int | None) -> int:
        field = None if isinstance(parent, GraphQLUnionType) else parent.fields.get(node.name.value)
        if field is None or node.selection_set is None:
            return 0  # __typename, or a value
        named = get_named_type(field.type)
        weight = SECTION if parent.name == _CITIZEN else 1
        below = self._page_of(node, field)
        inner = self._selected(node.selection_set, named, below) if _has_fields(named) else 0
        return _items(node, field.type, page) * (weight + inner)

    def _page_of(self, node: FieldNode, field: GraphQLField) -> int | None:
        """Items that the list of this field may have; ``None`` for a field that is no such list."""
        if _SIZE not in field.args:
            return None
        for argument in node.arguments or ():
            if argument.name.value == _SIZE:
                if isinstance(argument.value, VariableNode):
                    self.met.add(argument.value.name.value)
                return _number(argument.value, self._sizes) or PAGE
        return PAGE


def _items(node: FieldNode, kind: GraphQLOutputType, page: int | None) -> int:
    inner = kind.of_type if is_non_null_type(kind) else kind
    if not is_list_type(inner):
        return 1
    if node.name.value == _ENTITIES:
        return MOST
    return page if page is not None and node.name.value in _ITEMS else LIST


def _has_fields(named: object) -> TypeGuard[_Composite]:
    return isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)


def _number(value: ValueNode | None, sizes: Mapping[str, int | None]) -> int | None:
    """The size that a value of a document names, if it names any that could hold."""
    if isinstance(value, VariableNode):
        return sizes.get(value.name.value)
    return _size_of(int(value.value)) if isinstance(value, IntValueNode) and len(value.value) < 12 else None


def _size_of(value: Any) -> int | None:
    """A size as it counts: a whole number that a list can have, or nothing."""
    return value if type(value) is int and 0 < value < 10**9 else None
