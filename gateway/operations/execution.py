"""From a request to the data and errors of its answer."""

import hashlib
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable
from typing import Any, TypeGuard, cast

import strawberry
import structlog
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution import (
    create_source_event_stream,
    map_source_to_response_event,
)
from graphql.execution.values import VariableValues
from msgspec import Struct
from strawberry.execution import optimized_is_awaitable

from connectors.options import BadOptions
from gateway.errors import InvalidDocument, RequestError, TooExpensive
from gateway.operations.documents import Document, Documents
from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.running import plain, written
from gateway.operations.plans.self_test import fault
from gateway.operations.plans.store import Plans
from gateway.operations.plans.tally import Mode
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen, Trusted
from gateway.operations.waves import Begun, WaveExecutor, WholeExecutor
from gateway.settings import Execution, Limits
from resolvers.access.audiences import Audience, schema_for, schema_text
from resolvers.context import Context
from resolvers.publishing import published

_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


class Operation(Struct, frozen=True):
    """One operation of a checked document, ready to run."""

    document: Document
    node: OperationDefinitionNode
    name: str | None
    price: int
    """What it costs at most, told beforehand."""
    trusted: Trusted | None = None
    """Its entry in the manifest."""

    @property
    def is_query(self) -> bool:
        """Whether it only reads."""
        return self.node.operation is OperationType.QUERY

    @property
    def is_subscription(self) -> bool:
        """Whether it waits for what is to come."""
        return self.node.operation is OperationType.SUBSCRIPTION

    @property
    def defers(self) -> bool:
        """Whether some of its answer may come later, if the caller can take it so."""
        return self.name in self.document.deferring


def mode_of(wanted: Mode, planned: type[PlannedExecutor[Any]] = WholeExecutor) -> Mode:
    """The mode that is wanted; ``off``, with an alert, where the library is not the one that plans were made for."""
    reason = None if wanted == "off" else fault(planned)
    if reason is None:
        return wanted
    structlog.get_logger().error("alert", alert="plans_off", reason=reason)
    return "off"


class Executor:
    """Runs operations on one schema."""

    def __init__(
        self,
        schema: strawberry.Schema,
        limits: Limits,
        *,
        introspection: bool,
        subgraph: bool = False,
        execution: Execution,
        differs: Callable[[str], None],
        audiences: Collection[Audience] = (),
    ) -> None:
        """Nothing is compiled yet.

        Args:
            schema: of the graph.
            limits: of documents.
            introspection: whether a document may ask for the schema.
            subgraph: whether a document may ask for entities.
            execution: whether operations are compiled.
            audiences: beside the citizen's, those whose callers come here.
            differs: told at which field a compiled operation had another value than the library, where both are asked.
        """
        self._introspection = introspection
        self.max_cost = limits.max_cost
        """Of an operation."""
        self._subgraph = subgraph
        self._schema: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no public name for graphql-core's
        self.plans = Plans(
            mode_of(execution.plans),
            converter=schema.schema_converter,
            most_fields=execution.compiled_fields,
            differs=differs,
        )
        self.documents = Documents(self._schema, limits, forgotten=lambda document: self.plans.forget(document.uses))
        self.sdl = published(schema)
        """The schema as it is published, for citizens."""
        self._views = {audience: Documents(schema_for(self.sdl, audience), limits) for audience in audiences}
        """By audience: documents that are valid in its own schema."""
        self.schema_hashes = {
            audience: hashlib.sha256(schema_text(self.sdl, audience).encode()).hexdigest()
            for audience in (Audience.CITIZEN, *audiences)
        }
        """Of each schema as it is published."""

    def prepare(self, request: GraphQLRequest, chosen: Chosen, audience: Audience = Audience.CITIZEN) -> Operation:
        """The operation that the request names.

        Args:
            request: as it came.
            chosen: the document that it means.
            audience: to which the caller belongs: what does not exist for it is an unknown field.

        Raises:
            RequestError: the document is invalid, it is not clear which operation is meant, or that is too expensive.
        """
        if audience is not Audience.CITIZEN and self._views[audience].get(chosen.text).introspects:
            raise RequestError(400, "INTROSPECTION_DISABLED", "The schema is published as a file, not here.")
        document, name = self.documents.get(chosen.text), request.operation_name
        operation: Operation | None = document.ready.get(name)
        if operation is None:
            operation = document.ready[name] = self._meant(document, name)
        price, trusted = document.prices[operation.name].of(request.variables), chosen.trusted
        if price > (limit := self.max_cost if trusted is None else min(self.max_cost, trusted.max_cost)):
            raise TooExpensive(price, limit)
        if price == operation.price and trusted is operation.trusted:
            return operation
        return Operation(document, operation.node, operation.name, price, trusted)

    def _meant(self, document: Document, name: str | None) -> Operation:
        """The operation of that name, or the only one, with its price as long as nobody says anything of lists."""
        if name is None and len(document.operations) > 1:
            raise RequestError(
                400, "BAD_REQUEST", "The document has several operations: 'operationName' must name one."
            )
        node = document.operations.get(name) if name else next(iter(document.operations.values()), None)
        if node is None:
            raise RequestError(400, "BAD_REQUEST", "The document has no operation of that name.")
        if not self._introspection and document.introspects:
            raise RequestError(400, "INTROSPECTION_DISABLED", "The schema is published as a file, not here.")
        if not self._subgraph and document.refers:
            raise RequestError(400, "SUBGRAPH_DISABLED", "This graph is no part of another one.")
        own_name = node.name.value if node.name else None
        return Operation(document, node, own_name, document.prices[own_name].of(None))

    def trust(self, entries: Iterable[Trusted]) -> None:
        """Check the documents of a manifest against the schema, and have them ready.

        Raises:
            BadOptions: one does not fit; then nothing changes.
        """
        known = list(entries)
        for entry in known:
            if complaint := self.complaint_about(entry):
                raise BadOptions(f"documents.manifest: {entry.name}: {complaint}")
        self.documents.trust(entry.body for entry in known)
        for document in self.documents.trusted:
            self._compile(document)

    def _compile(self, document: Document) -> None:
        """Compile its operations before anybody asks for them."""
        for node in document.operations.values():
            executor = WholeExecutor(
                self._schema,
                {},
                document.fragments,
                None,
                None,
                node,
                VariableValues({}, {}),
                default_field_resolver,
                default_type_resolver,
                default_field_resolver,
                is_awaitable=_is_awaitable,
                hide_suggestions=True,
            )
            self.plans.compile_now(executor, document.node, document.uses)

    def complaint_about(self, entry: Trusted) -> str | None:
        """Why an entry of a manifest cannot be used with this schema and these limits; ``None`` when it can."""
        try:
            document = self.documents.get(entry.body)
        except InvalidDocument as error:
            return f"{error.code}: {error.message}"
        if list(document.operations) != [entry.name]:
            return "expected one operation, of the entry's name"
        if (price := document.prices[entry.name].of(None)) > min(entry.max_cost, self.max_cost):
            return f"its price is {price} already without variables; the limit is {min(entry.max_cost, self.max_cost)}"
        return None

    def run(
        self,
        operation: Operation,
        variables: dict[str, Any] | None,
        context: Context,
        *,
        in_waves: bool = False,
        as_json: bool = False,
    ) -> Awaitable[ExecutionResult | Begun]:
        """Execute; what is given is to be awaited. Errors of fields stand in the result; nothing is raised for them.

        The document was parsed and validated when it came, so graphql-core is asked directly.

        Args:
            operation: what to execute.
            variables: as the caller sent them.
            context: of this request.
            in_waves: whether the caller can take what is deferred later; otherwise it comes with the rest.
            as_json: whether the data are only written out by orjson: some of them may be its fragments then.
        """
        whole = not (in_waves and operation.defers)
        kept = written if as_json else plain
        if whole:
            running = self.plans.begin(operation.document.uses, operation.name, context, variables, kept=kept)
            if running is not None:
                return running
        return self._run_by_library(operation, variables, context, whole=whole, kept=kept)

    async def _run_by_library(
        self,
        operation: Operation,
        variables: dict[str, Any] | None,
        context: Context,
        *,
        whole: bool,
        kept: Callable[[Any], Any],
    ) -> ExecutionResult | Begun:
        """Have the library begin; it has no more to do where the operation is composed by then."""
        uses = operation.document.uses
        executor = self._executor(WholeExecutor if whole else WaveExecutor, operation, variables, context)
        if isinstance(executor, list):
            return ExecutionResult(None, executor)
        if self.plans.equip(executor, operation.document.node, uses, whole=whole):
            running = self.plans.begin(uses, operation.name, context, variables, kept=kept)
            if running is not None:
                return await running
        result = executor.execute_operation()
        return cast("ExecutionResult | Begun", await result if inspect.isawaitable(result) else result)

    async def subscribe(
        self, operation: Operation, variables: dict[str, Any] | None, context: Context
    ) -> ExecutionResult | AsyncGenerator[ExecutionResult, None]:
        """Begin a subscription: what comes of it, or the refusal.

        Args:
            operation: a subscription.
            variables: as the caller sent them.
            context: for the beginning; what comes later has its own.
        """
        executor = self._executor(WholeExecutor, operation, variables, context)
        if isinstance(executor, list):
            return ExecutionResult(None, executor)
        begun = create_source_event_stream(executor)
        source = await begun if inspect.isawaitable(begun) else begun
        if isinstance(source, ExecutionResult):
            return source
        return map_source_to_response_event(executor, source)

    def _executor(
        self,
        of: type[WholeExecutor | WaveExecutor],
        operation: Operation,
        variables: dict[str, Any] | None,
        context: Context,
    ) -> list[GraphQLError] | WholeExecutor | WaveExecutor:
        return cast(
            "list[GraphQLError] | WholeExecutor | WaveExecutor",
            of.build(
                self._schema,
                operation.document.node,
                context_value=context,
                raw_variable_values=variables,
                operation_name=operation.name,
                is_awaitable=_is_awaitable,
                hide_suggestions=True,
            ),
        )
