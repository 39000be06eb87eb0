"""The library's executor, which completes values by units where there are any."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution import Executor
from graphql.execution.collect_fields import DeferUsage, FieldDetailsList, GroupedFieldSet
from graphql.pyutils import Path

from gateway.operations.plans.prepared import Prepared
from gateway.operations.plans.steps import Call
from gateway.operations.plans.tally import Tally

T = TypeVar("T")


class PlannedExecutor(Executor[T], Generic[T]):
    """To be put before an executor of the library. Without ``prepare`` it is that executor."""

    prepared: Prepared | None = None
    _tally: Tally
    _differs: Callable[[str], None] | None = None

    def prepare(self, prepared: Prepared, tally: Tally, differs: Callable[[str], None] | None) -> None:
        """Use what is prepared.

        Args:
            prepared: of this operation, for the values that its variables have here.
            tally: counts what was given up.
            differs: where every value is completed by the library as well, and its value is the one that counts: told
                at which field the two differed.
        """
        self.prepared = prepared
        self._tally = tally
        self._differs = differs
        self._relevant_sub_fields = prepared.memo

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> Any:
        """Begin with the selection that is known."""
        if self.prepared is not None:
            grouped_field_set, new_defer_usages = self.prepared.top(grouped_field_set, new_defer_usages)
        return super().execute_collected_root_fields(
            root_type, root_value, grouped_field_set, serially, new_defer_usages
        )

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: T | None,
    ) -> Any:
        """Take the step that is known for the field; the library where there is none."""
        # Where values are verified, the library finds its own way to each of them.
        step = None if self.prepared is None or self._differs else self.prepared.step(parent_type, field_details_list)
        if isinstance(step, Call):
            return self._called(step, parent_type, source, field_details_list, path, position_context)
        if step is not None:
            try:
                return step(source, self.context_value)
            except Exception:  # noqa: BLE001 - whatever it is, the library meets it again and says so
                self._tally.given_up += 1
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    def _called(
        self,
        step: Call,
        parent_type: GraphQLObjectType,
        source: Any,
        fields: FieldDetailsList,
        path: Path,
        position_context: T | None,
    ) -> Any:
        """What the library does with a resolver, with everything known beforehand that can be."""
        kind = step.kind
        info = self.build_resolve_info(step.field, step.nodes, parent_type, path)
        told = step.info_class(_raw_info=info, _field=step.defined)
        values = self.variable_values
        try:
            if step.written is not None and step.written.fits(values.coerced):
                resolve = partial(step.written.resolver, source, told, values.coerced)
            else:
                args, named = step.given(source, told, values)
                resolve = partial(step.function, *args, **named)
        except Exception:  # noqa: BLE001 - arguments are found wrong when the library looks at them, not before
            return super().execute_field(parent_type, source, fields, path, position_context)
        try:
            result = resolve()
            if self.is_awaitable(result):
                return self.complete_awaitable_value(kind, fields, info, path, result, position_context)
            completed = self.complete_value(kind, fields, info, path, result, position_context)
        except Exception as error:  # noqa: BLE001 - it stands in the answer, as the library puts it there
            self.handle_field_error(error, kind, fields, path)
            return None
        return self._awaited(completed, kind, fields, path) if self.is_awaitable(completed) else completed

    async def _awaited(self, completed: Any, kind: GraphQLOutputType, fields: FieldDetailsList, path: Path) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - the same
            self.handle_field_error(error, kind, fields, path)
            return None

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: T | None,
    ) -> Any:
        """Complete it by its unit; by the library where there is none, or where it gives up."""
        prepared = self.prepared
        if prepared is not None and not isinstance(return_type, GraphQLNonNull):
            unit = prepared.unit(return_type, field_details_list)
            if unit is not None:
                try:
                    found = unit(result, self.context_value)
                except Exception:  # noqa: BLE001 - whatever it is, the library meets it again and says so
                    self._tally.given_up += 1
                else:
                    if self._differs is None:
                        return found
                    complete = partial(
                        super().complete_value, return_type, field_details_list, info, path, result, position_context
                    )
                    return self._verified(found, complete, info, self._differs)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def complete_otherwise(
        self, kind: GraphQLOutputType, fields: FieldDetailsList, info: GraphQLResolveInfo[Any], path: Path, result: Any
    ) -> Any:
        """Complete by the library what its unit gave up, or made nothing of where something must be."""
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        completed = super().complete_value(bare, fields, info, path, result, None)
        if completed is None and bare is not kind:
            return super().complete_value(kind, fields, info, path, None, None)
        return completed

    def _verified(
        self, found: Any, complete: Callable[[], Any], info: GraphQLResolveInfo[Any], differs: Callable[[str], None]
    ) -> Any:
        """The library's value; whether the unit has another one is told."""
        prepared, self.prepared = self.prepared, None
        errors = self.collected_errors.errors
        before = len(errors)
        same = False
        try:
            expected = complete()
            same = repr(expected) == repr(found) and len(errors) == before
        finally:
            self.prepared = prepared
            if not same:
                self._tally.differences += 1
                differs(f"{info.parent_type.name}.{info.field_name}")
        return expected
