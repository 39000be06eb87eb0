"""Incremental delivery in waves: what a document defers, in an order that the network has no say in.

A wave is what is deferred at the same depth. The fragments and lists of a wave are begun together, once everything
before it is delivered; each is delivered whole, in one payload for all places where it applies; and the payloads follow
the document, from the outside in. So the same answers of the sources make the same payloads, however long each took,
and a field that tells how it went with the sources speaks of its own wave and of those before it, never of luck.

Underneath is graphql-core's incremental executor; its own scheduler, which delivers whatever is first, is not used.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any, cast

from graphql import GraphQLError, located_error
from graphql.execution import Executor
from graphql.execution.incremental.incremental_executor import (
    DeliveryGroup,
    ExecutionGroup,
    ExecutionGroupValue,
    ItemStream,
    StreamItemValue,
)
from graphql.execution.incremental.work_queue import Work, WorkResult
from msgspec import Struct
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway.operations.plans.executing import PlannedExecutor

Place = list[str | int]
_Deferred = DeliveryGroup | ItemStream


class Pending(Struct, frozen=True):
    """A fragment or the rest of a list, at one place of the answer, that is still to come."""

    id: str
    path: Place
    label: str | None


class Fields(Struct, frozen=True):
    """Fields of an object."""

    of: Pending
    path: Place
    """Of the object, from the top of the answer."""
    data: dict[str, Any]
    errors: list[GraphQLError]


class Items(Struct, frozen=True):
    """Items of a list."""

    of: Pending
    start: int
    """Index of the first of them in the list."""
    items: list[Any]
    errors: list[GraphQLError]


class Completed(Struct, frozen=True):
    """Something that was pending has come, or never will."""

    of: Pending
    error: GraphQLError | None


class Payload(Struct, frozen=True):
    """One step of the delivery."""

    parts: list[Fields | Items]
    completed: list[Completed]
    pending: list[Pending]
    """The next wave, told with the last payload of this one."""

    @property
    def errors(self) -> list[GraphQLError]:
        """All errors in it."""
        found = [error for part in self.parts for error in part.errors]
        return found + [ended.error for ended in self.completed if ended.error]


class Begun(Struct, frozen=True):
    """The first answer, and what comes after it."""

    data: dict[str, Any]
    errors: list[GraphQLError]
    pending: list[Pending]
    payloads: AsyncGenerator[Payload, None]


class WholeExecutor(PlannedExecutor[None]):
    """One answer, whatever the document defers. Cheaper than the other one, which only a document needs that defers."""

    operation_extensions: Any = None
    build_resolve_info: Any = StrawberryGraphQLCoreExecutionContext.build_resolve_info


class WaveExecutor(PlannedExecutor[Any], StrawberryGraphQLCoreExecutionContext):
    """A first answer, and the rest in waves."""

    def build_response(self, data: dict[str, Any] | None) -> Any:
        """``Begun``; or the ``ExecutionResult`` when nothing is left to deliver."""
        work = self.get_incremental_work()
        if data is None or not (work.tasks or work.streams):
            return Executor.build_response(self, data)
        waves = _Waves(data, work, self)
        return Begun(data, list(self.collected_errors.errors), waves.pending(), waves.payloads())


class _Waves:
    """What is still to be delivered of one execution."""

    def __init__(self, data: dict[str, Any], work: Work, executor: WaveExecutor) -> None:
        self._data = data
        """As the client has it by now: it says in which order places come."""
        self._executor = executor
        self._waiting: list[_Deferred] = []
        self._tasks: dict[DeliveryGroup, list[ExecutionGroup]] = {}
        self._collecting: dict[ItemStream, asyncio.Task[list[WorkResult]]] = {}
        self._given: set[ExecutionGroup] = set()
        self._looked_into: set[ExecutionGroup] = set()
        self._ended: dict[DeliveryGroup, bool] = {}
        """Whether it was delivered; False when it could not be."""
        self._pending: dict[_Deferred, Pending] = {}
        self._numbered = 0
        self._find(work)
        self._wave = self._next_wave()

    def pending(self) -> list[Pending]:
        """What the next wave will bring, to be told before it does."""
        told = []
        for node in _each(self._wave):
            told.append(Pending(str(self._numbered), _place(node), node.label))
            self._pending[node] = told[-1]
            self._numbered += 1
        return told

    async def payloads(self) -> AsyncGenerator[Payload, None]:
        """Wave after wave. Whoever stops before the end stops everything that was begun."""
        try:
            while wave := self._wave:
                self._begin(wave)
                for number, batch in enumerate(wave, 1):
                    parts: list[Fields | Items] = []
                    completed = [await self._deliver(node, parts) for node in batch]
                    pending = []
                    if number == len(wave):
                        self._wave = self._next_wave()
                        pending = self.pending()
                    yield Payload(parts, completed, pending)
        finally:
            await self._stop()

    def _find(self, work: Work | None) -> None:
        """Take note of what is deferred further."""
        if work is None:
            return
        # The executor makes no other kinds of these than its own.
        self._waiting += cast("list[_Deferred]", [*work.groups, *work.streams])
        for task in cast("list[ExecutionGroup]", work.tasks):
            for group in cast("list[DeliveryGroup]", task.groups):
                self._tasks.setdefault(group, []).append(task)
                if group in self._pending:
                    task.computation.prime()

    def _next_wave(self) -> list[list[_Deferred]]:
        """What can be delivered now, by fragment and in the order of the document."""
        ready: list[_Deferred] = []
        waiting: list[_Deferred] = []
        for node in self._waiting:
            parent = node.parent if isinstance(node, DeliveryGroup) else None
            if isinstance(node, ItemStream):
                ready.append(node)
            elif parent is not None and parent not in self._ended:
                waiting.append(node)
            elif parent is not None and not self._ended[parent]:
                self._ended[node] = False
            elif all(task in self._given for task in self._tasks.get(node, ())):
                self._ended[node] = True  # all that is in it stands in another fragment too, and came with that one
            else:
                ready.append(node)
        found_out = len(waiting) < len(self._waiting)
        self._waiting = waiting
        if found_out and not ready:
            return self._next_wave()
        return self._in_order(ready)

    def _in_order(self, ready: list[_Deferred]) -> list[list[_Deferred]]:
        batches: dict[tuple[Any, ...], list[_Deferred]] = {}
        alike: dict[tuple[Any, ...], int] = {}
        for node in sorted(ready, key=self._rank):
            place = _place(node)
            here = (tuple(place), node.label, type(node))
            alike[here] = alike.get(here, 0) + 1
            fields = tuple(step for step in place if isinstance(step, str))
            batches.setdefault((fields, node.label, type(node), alike[here]), []).append(node)
        return list(batches.values())

    def _rank(self, node: _Deferred) -> list[int]:
        rank: list[int] = []
        value: Any = self._data
        for step in _place(node):
            rank.append(step if isinstance(step, int) else list(value).index(step))
            value = value[step]
        return rank

    def _begin(self, wave: list[list[_Deferred]]) -> None:
        for node in _each(wave):
            if isinstance(node, ItemStream):
                self._collecting[node] = asyncio.ensure_future(_collected(node))
            else:
                for task in self._tasks[node]:
                    task.computation.prime()

    async def _deliver(self, node: _Deferred, parts: list[Fields | Items]) -> Completed:
        if isinstance(node, ItemStream):
            error = await self._deliver_items(node, parts)
        else:
            error = await self._deliver_fields(node, parts)
            self._ended[node] = error is None
        return Completed(self._pending.pop(node), error)

    async def _deliver_fields(self, group: DeliveryGroup, parts: list[Fields | Items]) -> GraphQLError | None:
        done: list[tuple[ExecutionGroup, ExecutionGroupValue]] = []
        # What is done may turn out to have more parts: fields below one that another fragment wants as well.
        for task in self._tasks[group]:
            if task not in self._given:
                try:
                    value, work = await _result(task)
                except Exception as error:  # noqa: BLE001 - a fragment that cannot be given is told as such
                    return _told(error)
                done.append((task, value))
                if task not in self._looked_into:
                    self._looked_into.add(task)
                    self._find(work)
        for task, value in done:
            parts.append(self._fields(value))
            self._given.add(task)
        return None

    def _fields(self, value: ExecutionGroupValue) -> Fields:
        self._at(value.path).update(value.data)
        # Fields may stand in several fragments: they belong to the innermost place that the client still waits for.
        known = [self._pending[group] for group in value.delivery_groups if group in self._pending]
        return Fields(max(known, key=lambda of: len(of.path)), value.path, value.data, value.errors or [])

    async def _deliver_items(self, stream: ItemStream, parts: list[Fields | Items]) -> GraphQLError | None:
        failure = None
        try:
            results = await self._collecting.pop(stream)
        except _BrokenList as broken:
            results, failure = broken.results, _told(broken.cause)
        values: list[StreamItemValue] = [result.value for result in results]
        if values:
            errors = [error for value in values for error in value.errors or ()]
            items = [value.item for value in values]
            self._at(_place(stream)).extend(items)
            parts.append(Items(self._pending[stream], stream.initial_count, items, errors))
        for result in results:
            self._find(result.work)
        return failure

    def _at(self, place: Place) -> Any:
        value: Any = self._data
        for step in place:
            value = value[step]
        return value

    async def _stop(self) -> None:
        """Let go of what runs, and wait until it has."""
        streams = {*self._collecting, *(node for node in self._waiting if isinstance(node, ItemStream))}
        for collecting in self._collecting.values():
            collecting.cancel()
        stopping = [task.computation.abort() for tasks in self._tasks.values() for task in tasks]
        stopping += [stream.queue.abort() for stream in streams]
        ending = [*self._collecting.values(), *(stopped for stopped in stopping if stopped is not None)]
        await asyncio.gather(*ending, return_exceptions=True)
        await self._executor.cancel_incremental_work()


class _BrokenList(Exception):
    """A list that could not be delivered to its end."""

    def __init__(self, results: list[WorkResult], cause: Exception) -> None:
        super().__init__()
        self.results = results
        self.cause = cause


async def _collected(stream: ItemStream) -> list[WorkResult]:
    """Everything that the stream gives.

    Raises:
        _BrokenList: it ends in an error; with what it gave before.
    """
    results: list[WorkResult] = []
    try:
        async for batch in stream.queue.batches():
            results += batch
    except Exception as error:
        raise _BrokenList(results, error) from error
    return results


async def _result(task: ExecutionGroup) -> WorkResult:
    result = task.computation.result()
    return result if isinstance(result, WorkResult) else await result


def _each(wave: Iterable[Iterable[_Deferred]]) -> list[_Deferred]:
    return [node for batch in wave for node in batch]


def _place(node: _Deferred) -> Place:
    return node.path.as_list() if node.path else []


def _told(error: Exception) -> GraphQLError:
    return error if isinstance(error, GraphQLError) else located_error(error)
