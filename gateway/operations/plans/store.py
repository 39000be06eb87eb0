"""What is prepared of the operations that are used: bounded over all documents, and gone with its document."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from graphql import DocumentNode, ExecutionResult, OperationType, Undefined
from graphql.execution.values import VariableValues
from msgspec import Struct
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.operations.plans.composing import composed
from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.prepared import Prepared
from gateway.operations.plans.running import Run, plain
from gateway.operations.plans.selecting import Selecting, only, values_of
from gateway.operations.plans.spine import Selected, execute
from gateway.operations.plans.tally import Mode, Tally
from gateway.operations.plans.variables import Variables

Key = tuple[str | None, bool, tuple[Any, ...]]
"""Name of the operation, whether it is answered whole, and the values that decide what is selected."""


class Spine(Struct, frozen=True):
    """What a query is executed by."""

    selected: Selected
    build: Callable[[Any, Mapping[str, Any] | None], PlannedExecutor[Any]]
    """Gives the library's executor, for what is out of the ordinary."""
    prepared: int
    """Identity of what it is made of."""


class Uses:
    """What is known of one document; it lives and dies with it."""

    def __init__(self) -> None:
        self.times = 0
        self.selecting: Selecting | None = None
        self.prepared: dict[Key, Prepared] = {}
        self.variables: dict[str | None, Variables] = {}
        """Of the queries that have a spine, by name."""
        self.spines: dict[Key, Spine] = {}


class Plans:
    """Prepares operations from the second use of their document.

    A caller who makes up a document for each request has none compiled. One who sends each of them twice has them
    compiled, for about what it cost to validate them, and drives others out, the longest unused first; what is kept
    does not grow beyond its bound.
    """

    def __init__(
        self,
        mode: Mode,
        *,
        converter: GraphQLCoreConverter,
        most_fields: int,
        differs: Callable[[str], None],
    ) -> None:
        """Nothing is prepared yet.

        Args:
            converter: Strawberry's, of the schema.
            mode: ``on``; ``off``; or ``verify``, where the library completes every value as well.
            most_fields: compiled ones that are kept.
            differs: told at which field a unit had another value than the library.
        """
        self.tally = Tally(mode)
        self._converter = converter
        self._most_fields = most_fields
        self._differs = differs
        self._kept: OrderedDict[int, tuple[Uses, Key]] = OrderedDict()
        """By the identity of what is prepared; last used last."""

    def begin(
        self,
        uses: Uses,
        name: str | None,
        context: Any,
        sent: Mapping[str, Any] | None,
        *,
        kept: Callable[[Any], Any] = plain,
    ) -> Awaitable[ExecutionResult] | None:
        """Execute the query of that name by its spine; ``None`` where the library has to begin.

        Args:
            uses: what is known of its document.
            name: of the query.
            context: of the request.
            sent: variables as the caller sent them.
            kept: as for ``Run``.
        """
        known = uses.variables.get(name)
        values = None if known is None else known.coerced(sent)
        if values is None or uses.selecting is None:
            return None
        deciding = tuple([values.get(variable, Undefined) for variable in uses.selecting.variables])
        spine = uses.spines.get((name, True, deciding))
        if spine is None:
            return None
        self._kept.move_to_end(spine.prepared)
        return execute(Run(spine.build, self.tally, context, values, sent, kept), spine.selected)

    def equip(self, executor: PlannedExecutor[Any], document: DocumentNode, uses: Uses, *, whole: bool) -> bool:
        """Give the executor what is prepared of its operation, if anything is; whether that has a spine since now."""
        if self.tally.mode == "off":
            return False
        uses.times += 1
        if uses.times == 1:
            return False
        selecting = uses.selecting = uses.selecting or Selecting.of(document)
        if not selecting.fit or (selecting.streams and not whole):
            return False
        given = executor.variable_values
        key = (_name(executor), whole, values_of(given, selecting.variables))
        prepared = uses.prepared.get(key)
        is_new = prepared is None
        if prepared is None:
            prepared = self._new(executor, uses, key, only(given, selecting.variables))
        if id(prepared) in self._kept:
            self._kept.move_to_end(id(prepared))
        executor.prepare(prepared, self.tally, self._differs if self.tally.mode == "verify" else None)
        return is_new and key in uses.spines

    def compile_now(self, executor: PlannedExecutor[Any], document: DocumentNode, uses: Uses) -> None:
        """Compile the operation before its first use, where no values are needed to know what it selects.

        Args:
            executor: of the operation, without values.
            document: the operator trusts it.
            uses: what is known of it.
        """
        uses.times = max(uses.times, 1)
        selecting = uses.selecting = uses.selecting or Selecting.of(document)
        key = (_name(executor), True, ())
        if self.tally.mode != "off" and selecting.fit and not selecting.variables and key not in uses.prepared:
            self._new(executor, uses, key, executor.variable_values).compile_all()

    def forget(self, uses: Uses) -> None:
        """The document is no longer known: neither is what was prepared of it."""
        for prepared in [*uses.prepared.values()]:
            self._drop(prepared)

    def __len__(self) -> int:
        return len(self._kept)

    def _new(self, executor: PlannedExecutor[Any], uses: Uses, key: Key, variables: VariableValues) -> Prepared:
        prepared = uses.prepared[key] = Prepared(executor, variables, converter=self._converter, whole=key[1])
        prepared.spent = partial(self._grown, prepared)
        self._kept[id(prepared)] = uses, key
        self.tally.operations += 1
        if key[1] and self.tally.mode == "on" and executor.operation.operation is OperationType.QUERY:
            self._compose(prepared, uses, key)
        return prepared

    def _compose(self, prepared: Prepared, uses: Uses, key: Key) -> None:
        selected = composed(prepared)
        # What is larger than all that may be kept is gone by now.
        if selected is not None and id(prepared) in self._kept:
            library = prepared.library
            uses.variables.setdefault(key[0], Variables(library.schema, library.operation))
            uses.spines[key] = Spine(selected, partial(self._library, prepared), id(prepared))

    def _library(self, prepared: Prepared, context: Any, sent: Mapping[str, Any] | None) -> PlannedExecutor[Any]:
        executor: PlannedExecutor[Any] = prepared.library.executor(context, sent)
        executor.prepare(prepared, self.tally, None)
        return executor

    def _grown(self, prepared: Prepared, fields: int) -> None:
        if id(prepared) not in self._kept:
            return
        prepared.fields += fields
        self.tally.fields += fields
        while self.tally.fields > self._most_fields:
            uses, key = next(iter(self._kept.values()))
            self._drop(uses.prepared[key])

    def _drop(self, prepared: Prepared) -> None:
        kept = self._kept.pop(id(prepared), None)
        if kept is not None:
            uses, key = kept
            del uses.prepared[key]
            uses.spines.pop(key, None)
            self.tally.fields -= prepared.fields


def _name(executor: PlannedExecutor[Any]) -> str | None:
    return executor.operation.name.value if executor.operation.name else None
