"""The spine of a query: the fields that are resolved by functions, from the top down to the lists of records.

Each is at one place of the answer and of the document, so everything about it is known before a request comes: its
path, its function, how its arguments are found, what completes its value. It is executed as the library does: all
fields of a selection are begun before any is waited for, and stand in the order of the document. Whatever is out of the
ordinary, an exception, nothing where something must be, a value that its type does not promise, is handed to the
library's executor as it is at hand: no function is called twice.
"""

from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, GraphQLNonNull, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from msgspec import Struct
from strawberry.execution import optimized_is_awaitable

from gateway.operations.plans.reading import known_classes
from gateway.operations.plans.running import Run, Told
from gateway.operations.plans.selections import Unit
from gateway.operations.plans.steps import Call, Read
from gateway.operations.plans.values import admission
from gateway.operations.plans.waiting import Rest, together
from resolvers.under_way import UnderWay

Field = Callable[[Run, Any], Any]
"""A field at one place of the answer: for an object its completed value, a coroutine that gives it, or its ``Rest``."""

_AWAITED = frozenset({CoroutineType, Rest})


class Selected(Struct, frozen=True):
    """What is selected of an object at one place of the answer."""

    kind: GraphQLObjectType
    fields: tuple[tuple[str, Field], ...]
    """By their names in the answer."""

    def begin(self, run: Run, source: Any) -> tuple[dict[str, Any], list[str]]:
        """Begin all of it: the values, and the names of those that are to be waited for."""
        results: dict[str, Any] = {}
        waiting: list[str] = []
        try:
            for name, field in self.fields:
                results[name] = value = field(run, source)
                if type(value) in _AWAITED:
                    waiting.append(name)
        except Exception:
            begun: list[Awaitable[Any]] = [value for value in results.values() if type(value) is CoroutineType]
            if begun:
                run.library().settle_in_background(begun)
            raise
        return results, waiting


async def execute(run: Run, selected: Selected) -> ExecutionResult:
    """Execute a query.

    Args:
        run: this execution.
        selected: at the top.
    """
    data: dict[str, Any] | None
    try:
        data, waiting = selected.begin(run, None)
        if waiting:
            await together(data, waiting)
    except GraphQLError as error:
        run.library().collected_errors.add(error, None)
        data = None
    if run.was_plain:
        return ExecutionResult(data, None)
    return cast("ExecutionResult", run.library().build_response(data))


def constant(value: Any) -> Field:
    """A field that says the same of every object: the name of its type."""

    def field(_run: Run, _source: Any) -> Any:
        return value

    return field


def elsewhere(parent: GraphQLObjectType, fields: FieldDetailsList, path: Path) -> Field:
    """A field that the library executes."""

    def field(run: Run, source: Any) -> Any:
        return run.library().execute_field(parent, source, fields, path, None)

    return field


def attribute(step: Read, otherwise: Field) -> Field:
    """A field that is read from the object; otherwise where its value is not as promised."""

    def field(run: Run, source: Any) -> Any:
        try:
            return step(source, run.context)
        except Exception:  # noqa: BLE001 - whatever it is, the library meets it again and says so
            return otherwise(run, source)

    return field


class Resolved:
    """A field whose value comes from a function. Here the library completes it."""

    _is_whole = False
    """Whether nothing below it asks for more: only then may it wait its turn."""

    def __init__(self, call: Call, parent: GraphQLObjectType, fields: FieldDetailsList, path: Path) -> None:
        """Everything that is known of it.

        Args:
            call: of the function.
            parent: type of the object that has the field.
            fields: all places of the document that select it.
            path: of its value.
        """
        self._call = call
        self._kind = call.kind
        self._parent = parent
        self._fields = fields
        self._path = path

    def __call__(self, run: Run, source: Any) -> Any:
        """Call the function, and complete what it gives, or wait for it."""
        call, values = self._call, run.values
        told: Any = Told(run, call, self._parent, self._path)
        written = call.written
        if written is None or (written.needed and not written.fits(values)):
            return self._by_library(run, source, told)
        try:
            result = written.resolver(source, told, values)
            if type(result) is UnderWay and self._is_whole:
                return Rest(self._awaited, run, told, result)
            if type(result) is CoroutineType or optimized_is_awaitable(result):
                return self._awaited(run, told, result)
            completed = self._complete(run, told, result)
        except Exception as error:  # noqa: BLE001 - it stands in the answer, as the library puts it there
            return self._failed(run, error)
        return self._settled(run, completed) if type(completed) is CoroutineType else completed

    def _by_library(self, run: Run, source: Any, told: Any) -> Any:
        """The same where the library finds the arguments."""
        library, call = run.library(), self._call
        try:
            args, named = call.given(source, told, library.variable_values)
        except Exception:  # noqa: BLE001 - they are found wrong when the library looks at them, not before
            return library.execute_field(self._parent, source, self._fields, self._path, None)
        try:
            result = call.function(*args, **named)
            if optimized_is_awaitable(result):
                return self._awaited(run, told, result)
            completed = self._complete(run, told, result)
        except Exception as error:  # noqa: BLE001 - the same
            return self._failed(run, error)
        return self._settled(run, completed) if type(completed) is CoroutineType else completed

    async def _awaited(self, run: Run, told: Told, result: Any) -> Any:
        """Wait for what the function gave, and complete it."""
        try:
            completed = self._complete(run, told, await result)
            return await completed if type(completed) is CoroutineType else completed
        except Exception as error:  # noqa: BLE001 - the same
            return self._failed(run, error)

    async def _settled(self, run: Run, completed: Any) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - the same
            return self._failed(run, error)

    def _complete(self, run: Run, told: Told, result: Any) -> Any:
        """The completed value of the field, or a coroutine that gives it."""
        raw = told._raw_info  # noqa: SLF001 - made for the library
        return run.library().complete_value(self._kind, self._fields, raw, self._path, result, None)

    def _otherwise(self, run: Run, told: Told, result: Any) -> Any:
        """The same by the library, where what is known here does not complete it."""
        raw = told._raw_info  # noqa: SLF001 - the same
        return run.library().complete_otherwise(self._kind, self._fields, raw, self._path, result)

    def _failed(self, run: Run, error: Exception) -> None:
        run.library().handle_field_error(error, self._kind, self._fields, self._path)


class ResolvedUnit(Resolved):
    """A field whose value is completed by a unit: a list of records, mostly."""

    _is_whole = True

    def __init__(self, call: Call, parent: GraphQLObjectType, fields: FieldDetailsList, path: Path, unit: Unit) -> None:
        super().__init__(call, parent, fields, path)
        self._unit = unit
        self._must = isinstance(call.kind, GraphQLNonNull)

    def _complete(self, run: Run, told: Told, result: Any) -> Any:
        try:
            completed = self._unit(result, run.context)
            if completed is not None:
                return run.kept(completed)
        except Exception:  # noqa: BLE001 - whatever it is, the library meets it again and says so
            run.tally.given_up += 1
        else:
            if not self._must:
                return None
        return self._otherwise(run, told, result)


class ResolvedObject(Resolved):
    """A field whose value is an object, of which something is selected that comes from functions as well."""

    def __init__(
        self, call: Call, parent: GraphQLObjectType, fields: FieldDetailsList, path: Path, below: Selected
    ) -> None:
        super().__init__(call, parent, fields, path)
        self._below = below
        self._admitted, self._admit = admission(known_classes(below.kind))

    def _complete(self, run: Run, told: Told, result: Any) -> Any:
        if type(result) not in self._admitted:
            try:
                self._admit(result)
            except Exception:  # noqa: BLE001 - the same; nothing at all is no object either
                run.tally.given_up += result is not None
                return self._otherwise(run, told, result)
        completed, waiting = self._below.begin(run, result)
        return together(completed, waiting) if waiting else completed
