"""Executes the same operation here and by the unmodified library, and tells every difference."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError
from graphql.execution import Executor as LibraryExecutor
from msgspec import Struct, field, structs
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway.errors import InvalidDocument
from gateway.operations.execution import Executor
from gateway.operations.plans.tally import Mode
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen
from gateway.operations.waves import Payload
from gateway.settings import Execution, Limits


class Unmodified(LibraryExecutor[None]):
    """The library's own executor, with the one thing that Strawberry's resolvers need."""

    operation_extensions: Any = None
    build_resolve_info: Any = StrawberryGraphQLCoreExecutionContext.build_resolve_info


_is_awaitable: Any = optimized_is_awaitable
Opened = Callable[[], AbstractAsyncContextManager[Any]]


class Report(Struct):
    """What was compared, and how it came out."""

    comparisons: int = 0
    documents: int = 0
    invalid: int = 0
    with_errors: int = 0
    without_data: int = 0
    in_waves: int = 0
    leaves: int = 0
    cut_short: int = 0
    """Answers as they must be, of which one way had begun, or met, more than the other when a failure ended it."""
    differences: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"comparisons        {self.comparisons}",
            f"documents          {self.documents} (and {self.invalid} that were not valid)",
            f"answers with errors {self.with_errors}",
            f"answers without data {self.without_data}",
            f"answers in waves   {self.in_waves}",
            f"leaves             {self.leaves}",
            f"begun in vain      {self.cut_short}",
            f"differences        {len(self.differences)}",
        ]


class Comparing:
    """Both ways for one schema."""

    def __init__(self, schema: strawberry.Schema, report: Report, plans: Mode = "on") -> None:
        self.executor = Executor(
            schema,
            Limits(documents=20, max_cost=10**9),
            introspection=True,
            subgraph=True,
            execution=Execution(plans=plans),
            differs=report.differences.append,
        )
        self._off = Executor(
            schema,
            Limits(documents=20),
            introspection=True,
            subgraph=True,
            execution=Execution(plans="off"),
            differs=report.differences.append,
        )
        self._schema = schema._schema
        self._report = report

    async def compare(self, text: str, variables: list[dict[str, Any]], opened: Sequence[Opened]) -> None:
        """Execute the document in each context, with each set of values, and note what differs.

        Args:
            text: of the document.
            variables: sets of values.
            opened: each gives a context as often as it is asked, always with the same data behind it.
        """
        try:
            operation = self.executor.prepare(GraphQLRequest(query=text), Chosen(text, None))
        except InvalidDocument:
            self._report.invalid += 1
            return
        self._report.documents += 1
        for open_context in opened:
            for values in variables:
                async with open_context() as context:
                    expected = await self._unmodified(operation, values, context), await _called(context)
                for as_json in (False, True):
                    async with open_context() as context:
                        result = await self.executor.run(operation, values, context, as_json=as_json)
                        calls = await _called(context)
                    if as_json:
                        self._note_json(text, values, expected[0], result)
                    else:
                        self._note(text, values, expected[0], result)
                    self._note_calls(text, values, expected, calls)
                if operation.defers:
                    waves = [
                        await self._in_waves(by, operation, values, open_context) for by in (self._off, self.executor)
                    ]
                    self._note(text, values, *waves)

    async def _in_waves(self, by: Executor, operation: Any, values: dict[str, Any], opened: Opened) -> Any:
        """All payloads, for a caller who takes what is deferred later."""
        async with opened() as context:
            result = await by.run(operation, values, context, in_waves=True)
            told: Any = result
            if not isinstance(result, ExecutionResult):
                told = [result, *[part async for part in result.payloads]]
            await _called(context)
            return told

    async def _unmodified(self, operation: Any, values: dict[str, Any], context: Any) -> ExecutionResult:
        executor = Unmodified.build(
            self._schema,
            operation.document.node,
            context_value=context,
            raw_variable_values=values,
            is_awaitable=_is_awaitable,
            hide_suggestions=True,
        )
        if isinstance(executor, list):
            return ExecutionResult(None, executor)
        result: Any = executor.execute_operation()
        return result if isinstance(result, ExecutionResult) else await result

    def _note(self, text: str, values: Any, expected: Any, found: Any) -> None:
        report = self._report
        report.comparisons += 1
        if isinstance(expected, ExecutionResult):
            report.with_errors += bool(expected.errors)
            report.without_data += expected.data is None
            report.leaves += leaves(expected.data)
        else:
            report.in_waves += 1
        wanted, got = told(expected), told(found)
        if wanted != got and not self._is_open(text, expected, found, told):
            report.differences.append(f"{text}\n{values}\nexpected {wanted}\nfound    {got}")

    def _note_json(self, text: str, values: Any, expected: ExecutionResult, found: Any) -> None:
        """The same for what is only written out; not twice where it differed before that."""
        wanted, got = written(expected), written(found)
        differences = self._report.differences
        if wanted == got or self._is_open(text, expected, found, written):
            return
        if not (differences and differences[-1].startswith(f"{text}\n{values}\n")):
            differences.append(f"{text}\n{values}\nexpected as JSON {wanted}\nfound            {got}")

    def _is_open(self, text: str, expected: Any, found: Any, put: Callable[[ExecutionResult], object]) -> bool:
        """Whether they differ in nothing but what failed beside a failure that took it with it (see ``_note_calls``).

        Both have the same data, and one tells of errors, in places of which nothing is left, that the other did not
        come to any more.
        """
        if not (isinstance(expected, ExecutionResult) and isinstance(found, ExecutionResult)):
            return False
        if text.startswith("mutation") or put(ExecutionResult(expected.data)) != put(ExecutionResult(found.data)):
            return False
        fewer, more = sorted((expected.errors or [], found.errors or []), key=len)
        further = Counter(map(repr, _errors(more))) - Counter(map(repr, _errors(fewer)))
        beside = [error for error in more if further[repr(_errors([error])[0])]]
        is_open = _errors(fewer) == [one for one in _errors(more) if not further[repr(one)]] and all(
            error.path and _is_gone(expected.data, error.path[:-1]) for error in beside
        )
        self._report.cut_short += is_open
        return is_open

    def _note_calls(
        self, text: str, values: Any, expected: tuple[ExecutionResult, list[Any]], calls: list[Any]
    ) -> None:
        """The same functions are called, in the same order.

        Only where a failure takes what stands beside it with it, the specification leaves open how much of that is
        begun before it is cancelled (Errors and Non-Null Fields), and it hangs on turns of the loop: then one may have
        begun more. Not of a mutation, whose functions change something.
        """
        if expected[1] == calls:
            return
        is_open = not text.startswith("mutation") and _takes_others_with_it(expected[0])
        one, other = Counter(map(repr, expected[1])), Counter(map(repr, calls))
        if is_open and (one <= other or other <= one):
            self._report.cut_short += 1
        else:
            self._report.differences.append(f"{text}\n{values}\ncalls {expected[1]}\nwere  {calls}")


def _takes_others_with_it(result: ExecutionResult) -> bool:
    """Whether an error made nothing of more than its own field."""
    return any(_is_gone(result.data, error.path[:-1]) for error in result.errors or () if error.path)


def _is_gone(data: Any, path: Sequence[str | int]) -> bool:
    for key in path:
        if data is None:
            return True
        data = data[key]
    return data is None


async def _called(context: Any) -> list[Any]:
    """Which functions were called in a context, in this order and with these arguments, where it keeps account.

    What was begun beside a field that failed is called later than the answer is there; that counts as well.
    """
    calls: list[Any] | None = getattr(context, "calls", None)
    if calls is None:
        return []
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    told = [*calls]
    calls.clear()
    return told


def told(result: Any) -> str:
    """All of a result: values with their exact types and the order of fields, errors with place, path and cause."""
    if isinstance(result, list):
        begun, *payloads = result
        return repr([begun.data, begun.pending, _errors(begun.errors), [_payload(each) for each in payloads]])
    return f"{result.data!r} {_errors(result.errors)!r}"


def written(result: ExecutionResult) -> str:
    """The same of a result whose data are JSON, byte by byte."""
    return f"{orjson.dumps(result.data).decode()} {_errors(result.errors)!r}"


def _payload(payload: Payload) -> Any:
    parts = [(type(part), part.of, structs.asdict(part) | {"errors": _errors(part.errors)}) for part in payload.parts]
    completed = [(ended.of, _errors([ended.error] if ended.error else None)) for ended in payload.completed]
    return parts, completed, payload.pending


def _errors(errors: Sequence[GraphQLError] | None) -> Any:
    return [(error.formatted, repr(error.original_error)) for error in errors or ()]


def leaves(data: Any) -> int:
    """How many values there are in it."""
    if isinstance(data, dict):
        return sum(map(leaves, data.values()))
    return sum(map(leaves, data)) if isinstance(data, list) else 1


def shortest(differences: list[str], most: int = 5) -> list[str]:
    """Some of them, those first that are the easiest to understand."""
    return sorted(differences, key=len)[:most]
