"""What is prepared of one operation, for one set of values of the variables that decide what is selected."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import (
    CollectedFields,
    DeferUsage,
    FieldDetailsList,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.operations.plans.library import Library
from gateway.operations.plans.reading import NotPlannable, reading, type_of
from gateway.operations.plans.selections import Unit
from gateway.operations.plans.steps import Read, Step, call
from gateway.operations.plans.values import Unusual, is_certain
from gateway.operations.plans.variables import demanded
from gateway.operations.plans.writing import unit

_MOST_FIELDS = 4000
"""Compiled in one operation: a document of five thousand tokens has no more, unless it repeats fragments."""
_MEMBERS = 8
"""Types of a union for which one function has a branch each."""

_Collected = tuple[FieldDetailsList, CollectedFields]


class _Memo(dict[tuple[GraphQLObjectType, int], _Collected]):
    """Selections by type and place, as the library's executor keeps them, but for longer than one execution."""

    def __init__(self, prepared: "Prepared") -> None:
        super().__init__()
        self._prepared = prepared

    def __setitem__(self, key: tuple[GraphQLObjectType, int], value: _Collected) -> None:
        super().__setitem__(key, value)
        self._prepared.spent(1 + len(value[1].grouped_field_set))


class Prepared:
    """Selections that were collected once, and units that were compiled once. Nothing is before it is needed."""

    def __init__(
        self, executor: Executor[Any], variables: VariableValues, *, converter: GraphQLCoreConverter, whole: bool
    ) -> None:
        """Prepare nothing yet.

        Args:
            executor: of the operation. None of its values are kept.
            variables: those alone that decide what is selected.
            converter: Strawberry's, of the schema.
            whole: whether what is deferred comes with the rest.
        """
        self._converter = converter
        self.memo = _Memo(self)
        self.fields = 0
        """What it weighs: fields that were compiled or collected."""
        self.spent: Callable[[int], None] = _ignored
        """Is told of every such field."""
        self.library = Library(executor)
        self._schema = executor.schema
        self._fragments = executor.fragments
        self._operation = executor.operation
        self._variables = variables
        self._hide_suggestions = executor.hide_suggestions
        self._whole = whole
        self._certain = demanded(executor.operation)
        self._compiled = 0
        self._top: tuple[GroupedFieldSet, Sequence[DeferUsage]] | None = None
        self._units: dict[tuple[int, int, bool], tuple[FieldDetailsList, Unit | None]] = {}
        self._steps: dict[tuple[int, int], tuple[FieldDetailsList, Step | None]] = {}

    def top(
        self, grouped: GroupedFieldSet, deferred: Sequence[DeferUsage]
    ) -> tuple[GroupedFieldSet, Sequence[DeferUsage]]:
        """The selection at the top of the operation: the same object each time, so all below it is known again."""
        if self._top is None:
            self._top = grouped, deferred
        return self._top

    def root(self) -> tuple[GraphQLObjectType, GroupedFieldSet]:
        """The type at the top of the operation, and what is selected of it.

        Raises:
            NotPlannable: the schema has none.
        """
        root = self._schema.get_root_type(self._operation.operation)
        if root is None:
            raise NotPlannable
        if self._top is None:
            collected = collect_fields(
                self._schema, self._fragments, self._variables, root, self._operation, self._hide_suggestions
            )
            self._top = collected.grouped_field_set, collected.new_defer_usages
        return root, self._top[0]

    def compile_all(self) -> None:
        """Compile what can be before there are any values, and is not yet; the rest is compiled as they are met."""
        try:
            self._compile_below(*self.root())
        except NotPlannable:
            return

    def _compile_below(self, kind: GraphQLObjectType, grouped: GroupedFieldSet) -> None:
        for fields in grouped.values():
            field = self._schema.get_field(kind, fields[0].node.name.value)
            if field is None or isinstance(self.step(kind, fields), Read):
                continue
            of = get_nullable_type(field.type)
            named = get_named_type(of)
            for_spine = self._units.get((id(fields), id(of), True))
            if for_spine is not None and for_spine[1] is not None:
                continue
            if self.unit(of, fields) is None and isinstance(named, GraphQLObjectType):
                self._compile_below(named, self.below(named, fields))

    def unit(self, kind: Any, fields: FieldDetailsList, *, in_json: bool = False) -> Unit | None:
        """What completes values of that nullable type; ``None`` where the library does.

        Args:
            kind: the type.
            fields: all places of the document that select the value.
            in_json: as for ``writing.unit``.
        """
        key = (id(fields), id(kind), in_json)
        found = self._units.get(key)
        if found is None:
            found = self._units[key] = fields, self._made(kind, fields, in_json=in_json)
        return found[1]

    def step(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> Step | None:
        """How a field of an object of that type is executed; ``None`` where the library does it all."""
        key = (id(fields), id(kind))
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = fields, self._stepped(kind, fields)
        return found[1]

    def below(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> GroupedFieldSet:
        """What is selected of an object of that type.

        Raises:
            NotPlannable: some of it comes later.
        """
        known = self.memo.get((kind, id(fields)))
        if known is None:
            collected = collect_subfields(
                self._schema, self._fragments, self._variables, self._operation, kind, fields, self._hide_suggestions
            )
            known = self.memo[kind, id(fields)] = fields, collected
        if not self._whole and known[1].new_defer_usages:
            raise NotPlannable
        return known[1].grouped_field_set

    def field(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> GraphQLField:
        """The definition of that field.

        Raises:
            NotPlannable: the rest of its list may come later.
        """
        field = self._schema.get_field(kind, fields[0].node.name.value)
        if field is None or _streams(fields):
            raise NotPlannable
        return field

    def dispatch(
        self, kind: GraphQLAbstractType, fields: FieldDetailsList, *, in_json: bool
    ) -> tuple[dict[type, Unit], Unit]:
        """For objects of an abstract type. The units for its types are compiled as objects of them are met."""
        units: dict[type, Unit] = {}

        def complete(value: Any, context: Any) -> Any:
            cls = type(value)
            known = self.unit(type_of(self._schema, kind, cls), fields, in_json=in_json)
            if known is None:
                raise NotPlannable
            units[cls] = known
            return known(value, context)

        return units, complete

    def members(self, kind: GraphQLUnionType) -> Mapping[type, GraphQLObjectType]:
        """The types of a union by the classes that show them for certain; of a large one none are told."""
        types = self._schema.get_possible_types(kind)
        classes = [cls for member in types for cls in getattr(member.is_type_of, "known", ())]
        try:
            return (
                {cls: type_of(self._schema, kind, cls) for cls in classes if is_certain(cls)}
                if len(types) <= _MEMBERS
                else {}
            )
        except Unusual:
            return {}

    def spend(self, fields: int) -> None:
        """Count fields before they are compiled.

        Raises:
            NotPlannable: these are too many.
        """
        self._compiled += fields
        if self._compiled > _MOST_FIELDS:
            raise NotPlannable
        self.spent(fields)

    def _made(self, kind: Any, fields: FieldDetailsList, *, in_json: bool) -> Unit | None:
        if is_leaf_type(kind) or isinstance(kind, GraphQLNonNull) or self._is_parted(fields):
            return None
        try:
            return unit(self, kind, fields, in_json=in_json)
        except Exception:  # noqa: BLE001 - what cannot be compiled is executed by the library, which says why
            return None

    def _stepped(self, kind: GraphQLObjectType, fields: FieldDetailsList) -> Step | None:
        node = fields[0].node
        if node.name.value.startswith("__") or self._is_parted(fields):
            return None
        try:
            field = self.field(kind, fields)
            try:
                how = reading(field, node)
            except NotPlannable:
                return call(
                    self._converter,
                    field,
                    fields,
                    fragments=self._fragments,
                    certain=self._certain,
                    hide_suggestions=self._hide_suggestions,
                )
            return Read(how, unit(self, field.type, fields))
        except Exception:  # noqa: BLE001 - the same
            return None

    def _is_parted(self, fields: FieldDetailsList) -> bool:
        """Whether some of what is below comes with one part of the answer, and some with another."""
        first = fields[0].defer_usage
        return _streams(fields) or (not self._whole and any(one.defer_usage is not first for one in fields))


def _streams(fields: FieldDetailsList) -> bool:
    return any(directive.name.value == "stream" for directive in fields[0].node.directives or ())


def _ignored(_fields: int) -> None:
    pass
