"""The library's executor of one operation, as often as it is wanted."""

from collections.abc import Mapping
from typing import Any

from graphql import OperationDefinitionNode, default_field_resolver, default_type_resolver
from graphql.execution import Executor
from graphql.execution.values import VariableValues, get_variable_values


class Library:
    """Builds executors that differ in their context and variables alone."""

    def __init__(self, executor: Executor[Any]) -> None:
        """As that one is, of which no values are kept."""
        self.schema = executor.schema
        self.operation: OperationDefinitionNode = executor.operation
        self.fragments = executor.fragments
        self.hide_suggestions = executor.hide_suggestions
        self._made_by = type(executor)
        self._is_awaitable = executor.is_awaitable
        self._definitions = {name: details.definition for name, details in self.fragments.items()}

    def executor(self, context: Any, sent: Mapping[str, Any] | None) -> Any:
        """One more.

        Args:
            context: of the request.
            sent: variables that can be coerced, as the caller sent them.
        """
        declared = self.operation.variable_definitions or ()
        values = get_variable_values(self.schema, declared, dict(sent or {}), hide_suggestions=self.hide_suggestions)
        assert isinstance(values, VariableValues)  # noqa: S101 - they were coerced before
        return self._made_by(
            self.schema,
            self._definitions,
            self.fragments,
            None,
            context,
            self.operation,
            values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=self._is_awaitable,
            hide_suggestions=self.hide_suggestions,
        )
