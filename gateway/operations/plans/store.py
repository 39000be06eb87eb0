"""What is prepared of the operations that are used: bounded over all documents, and gone with its document."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import DocumentNode
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.prepared import Prepared
from gateway.operations.plans.selecting import Selecting, only, values_of
from gateway.operations.plans.tally import Mode, Tally

Key = tuple[str | None, bool, tuple[Any, ...]]
"""Name of the operation, whether it is answered whole, and the values that decide what is selected."""


class Uses:
    """What is known of one document; it lives and dies with it."""

    def __init__(self) -> None:
        self.times = 0
        self.selecting: Selecting | None = None
        self.prepared: dict[Key, Prepared] = {}


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

    def equip(self, executor: PlannedExecutor[Any], document: DocumentNode, uses: Uses, *, whole: bool) -> None:
        """Give the executor what is prepared of its operation, if anything is."""
        if self.tally.mode == "off":
            return
        uses.times += 1
        if uses.times == 1:
            return
        selecting = uses.selecting = uses.selecting or Selecting.of(document)
        if not selecting.fit or (selecting.streams and not whole):
            return
        given = executor.variable_values
        key = (_name(executor), whole, values_of(given, selecting.variables))
        prepared = uses.prepared.get(key)
        if prepared is None:
            prepared = self._new(executor, uses, key, only(given, selecting.variables))
        self._kept.move_to_end(id(prepared))
        executor.prepare(prepared, self.tally, self._differs if self.tally.mode == "verify" else None)

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
        return prepared

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
            self.tally.fields -= prepared.fields


def _name(executor: PlannedExecutor[Any]) -> str | None:
    return executor.operation.name.value if executor.operation.name else None
