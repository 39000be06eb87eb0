"""One execution by a spine, and what a function is told in it."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from graphql import GraphQLObjectType
from graphql.pyutils import Path
from msgspec.json import Encoder, decode
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.steps import Call
from gateway.operations.plans.tally import Tally

_ENCODER = Encoder()


def plain(completed: Any) -> Any:
    """Keep it as the library has it: dictionaries, lists, texts and numbers."""
    return decode(_ENCODER.encode(completed))


def written(completed: Any) -> Any:
    """Keep the JSON of it.

    Whoever answers many callers at once comes back to a list after the others' lists went through the processor's
    cache: then to walk through it again, and to free it, costs ten times what it costs now.
    """
    return orjson.Fragment(_ENCODER.encode(completed))


class Run:
    """One execution. The library's executor is built when something out of the ordinary asks for it."""

    __slots__ = ("_build", "_library", "_sent", "context", "kept", "tally", "values")

    def __init__(
        self,
        build: Callable[[Any, Mapping[str, Any] | None], PlannedExecutor[Any]],
        tally: Tally,
        context: Any,
        values: Mapping[str, Any],
        sent: Mapping[str, Any] | None,
        kept: Callable[[Any], Any],
    ) -> None:
        """Begin.

        Args:
            build: gives the library's executor for a context and the variables as the caller sent them.
            tally: counts what was given up.
            context: of the request.
            values: of the variables.
            sent: the same as the caller sent them.
            kept: gives what is kept of a list or object of records until the others are there.
        """
        self.context = context
        self.kept = kept
        self.values = values
        self.tally = tally
        self._build = build
        self._sent = sent
        self._library: PlannedExecutor[Any] | None = None

    def library(self) -> PlannedExecutor[Any]:
        """The library's executor of this execution: one, that holds all its errors."""
        if self._library is None:
            self._library = self._build(self.context, self._sent)
        return self._library

    @property
    def was_plain(self) -> bool:
        """Whether the library was not asked for anything."""
        return self._library is None


class Told(Info[Any, Any]):
    """What a function is told. All but the context is made when somebody looks at it."""

    __slots__ = ("_call", "_parent", "_path", "_raw", "_run", "context")

    def __init__(self, run: Run, call: Call, parent: GraphQLObjectType, path: Path) -> None:
        self.context = run.context  # type: ignore[misc]  # a slot in place of a property
        self._run = run
        self._call = call
        self._parent = parent
        self._path = path
        self._raw: Any = None

    @property
    def _raw_info(self) -> Any:  # type: ignore[override]
        if self._raw is None:
            call = self._call
            self._raw = self._run.library().build_resolve_info(call.field, call.nodes, self._parent, self._path)
        return self._raw

    @property
    def below(self) -> frozenset[str]:
        """Names of the field and of all fields that are read anywhere below it."""
        return self._call.below

    @property
    def _field(self) -> StrawberryField:  # type: ignore[override]
        return self._call.defined
