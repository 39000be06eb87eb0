"""From a request to the data and errors of its answer."""

from collections.abc import Iterator
from typing import Any

import strawberry
from graphql import GraphQLSchema, OperationDefinitionNode, OperationType
from msgspec import Struct
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionResult

from gateway.errors import RequestError
from gateway.operations.documents import Document, Documents
from gateway.operations.introspection import asks_for_the_schema
from gateway.operations.request import GraphQLRequest
from gateway.settings import Limits
from resolvers.context import Context

_DOCUMENT = "document"


class KnownDocument(SchemaExtension):
    """Hands a document that is already parsed and validated to Strawberry, which then does neither again."""

    def on_parse(self) -> Iterator[None]:
        """Put the document in place before parsing would begin."""
        context = self.execution_context
        if context.operation_extensions is not None:
            context.graphql_document = context.operation_extensions[_DOCUMENT]
            context.pre_execution_errors = []
        yield


class Operation(Struct, frozen=True):
    """One operation of a checked document, ready to run."""

    document: Document
    node: OperationDefinitionNode
    name: str | None

    @property
    def is_query(self) -> bool:
        """Whether it only reads."""
        return self.node.operation is OperationType.QUERY


class Executor:
    """Runs operations on one schema."""

    def __init__(self, schema: strawberry.Schema, limits: Limits, *, introspection: bool) -> None:
        self._schema = schema
        self._introspection = introspection
        core: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no public name for graphql-core's schema
        self.documents = Documents(core, limits)

    def prepare(self, request: GraphQLRequest) -> Operation:
        """The operation that the request names.

        Raises:
            RequestError: the document is invalid, or it is not clear which operation is meant.
        """
        document = self.documents.get(request.query)
        name = request.operation_name
        if name is None and len(document.operations) > 1:
            raise RequestError(
                400, "BAD_REQUEST", "The document has several operations: 'operationName' must name one."
            )
        node = document.operations.get(name) if name else next(iter(document.operations.values()), None)
        if node is None:
            raise RequestError(400, "BAD_REQUEST", "The document has no operation of that name.")
        if not self._introspection and asks_for_the_schema(document.node):
            raise RequestError(400, "INTROSPECTION_DISABLED", "The schema is published as a file, not here.")
        return Operation(document, node, node.name.value if node.name else None)

    async def run(self, operation: Operation, variables: dict[str, Any] | None, context: Context) -> ExecutionResult:
        """Execute. Errors of fields stand in the result; nothing is raised for them."""
        return await self._schema.execute(
            operation.document.text,
            variable_values=variables,
            context_value=context,
            operation_name=operation.name,
            operation_extensions={_DOCUMENT: operation.document.node},
        )
