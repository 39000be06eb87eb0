"""Whether the library underneath is still the one that plans were made for: asked once, when a gateway begins.

Plans stand in the place of methods that the library calls its own affair. So before they are used, the shape of these
is compared, and a small schema is executed both ways: what it promises and what it does not, what is null and what
must not be.
"""

import enum
import inspect
from collections.abc import Mapping
from typing import Annotated, Any, Union

import strawberry
from graphql import DocumentNode, ExecutionResult, parse
from graphql.execution import Executor
from graphql.execution.collect_fields import collect_fields, collect_subfields
from graphql.execution.executor import CollectedErrors
from graphql.execution.values import get_argument_values, get_variable_values
from msgspec import Struct
from strawberry.schema.schema_converter import get_arguments

from gateway.operations.plans.executing import PlannedExecutor
from gateway.operations.plans.spine_probe import spine_fault
from gateway.operations.plans.store import Plans, Uses
from resolvers.shown import instances_of

_SHAPES: Mapping[str, str] = {
    "execute_collected_root_fields": "self root_type root_value grouped_field_set serially new_defer_usages",
    "execute_field": "self parent_type source field_details_list path position_context",
    "build_resolve_info": "self field_def field_nodes parent_type path",
    "complete_awaitable_value": "self return_type field_details_list info path result position_context",
    "handle_field_error": "self raw_error return_type field_details_list path",
    "complete_value": "self return_type field_details_list info path result position_context",
    "collect_subfields": "self return_type field_details_list",
    "build_response": "self data",
    "settle_in_background": "self awaitables",
}
_FUNCTIONS: Mapping[Any, str] = {
    collect_fields: "schema fragments variable_values runtime_type operation hide_suggestions "
    "forbid_skip_and_include on_selection_set",
    collect_subfields: "schema fragments variable_values operation return_type field_details_list hide_suggestions",
    get_argument_values: "type_def node variable_values fragment_variable_values hide_suggestions",
    get_variable_values: "schema var_def_nodes inputs max_errors hide_suggestions",
    get_arguments: "field source info kwargs config scalar_registry",
    CollectedErrors.add: "self error path",
}
_DOCUMENT = """
query ($with: Boolean!) {
  things { ...Thing twin { name @include(if: $with) } other: twin { count } __typename }
  strict { name count }
}
fragment Thing on Thing {
  name count share on key colour tags grid { name } sort { ... on Thing { name } ... on Leaf { mark } }
}
"""


@strawberry.enum
class _Colour(enum.Enum):
    RED = "r"


class _ThingOf(Struct, frozen=True):
    name: Any = "a"
    count: Any = 1
    share: Any = 0.5
    on: Any = True
    key: Any = "k"
    colour: Any = _Colour.RED
    tags: Any = ("x",)
    grid: Any = ()
    twin: Any = None
    sort: Any = None


class _LeafOf(Struct, frozen=True):
    mark: Any = "m"


@strawberry.type(name="Leaf")
class _Leaf:
    is_type_of = staticmethod(instances_of(_LeafOf))
    mark: str


@strawberry.type(name="Thing")
class _Thing:
    is_type_of = staticmethod(instances_of(_ThingOf))
    name: str
    count: int | None
    share: float | None
    on: bool
    key: strawberry.ID
    colour: _Colour
    tags: list[str]
    grid: list[list["_Thing"]]
    twin: "_Thing | None"
    sort: Annotated[Union["_Thing", _Leaf], strawberry.union("Sort")] | None


@strawberry.type(name="Query")
class _Query:
    @strawberry.field
    def things(self, info: strawberry.Info) -> list[_Thing | None]:
        found: list[_Thing | None] = info.context
        return found

    @strawberry.field
    def strict(self, info: strawberry.Info) -> list[_Thing] | None:
        found: list[_Thing] = info.context
        return found


_GOOD = _ThingOf(grid=((_ThingOf(),), ()), twin=_ThingOf(name="b"), sort=_LeafOf())
_VALUES: tuple[Any, ...] = (
    (_GOOD, _ThingOf(sort=_GOOD, count=None, share=None)),
    (_GOOD, None, _ThingOf(name=None), _ThingOf(twin=_ThingOf(name=None))),
    (_ThingOf(count=2**40), _ThingOf(colour="r"), _ThingOf(tags="x"), _ThingOf(sort=1), _ThingOf(key=ValueError("v"))),
    (_ThingOf(grid=((_ThingOf(on=None),),)), _ThingOf(name=7, share=2, count=True), _LeafOf()),
)


def fault(planned: type[PlannedExecutor[Any]], library: type[Executor[Any]] = Executor) -> str | None:
    """Why plans must not be used; ``None`` when they may.

    Args:
        planned: the executor that uses them.
        library: what it is made of.
    """
    for name, shape in _SHAPES.items():
        if _shape(getattr(library, name, None)) != shape:
            return f"the library's '{name}' has another shape"
    for function, shape in _FUNCTIONS.items():
        if _shape(function) != shape:
            return f"the library's '{function.__name__}' has another shape"
    try:
        as_planned = {name: getattr(planned, name) for name in ("build_resolve_info", "operation_extensions")}
        unmodified = type("Library", (library,), as_planned)
        return _misbehaved(planned, unmodified) or spine_fault(planned, unmodified)
    except Exception as error:  # noqa: BLE001 - whatever it is, the library is not the one we know
        return f"the probe failed with {type(error).__name__}"


def _misbehaved(planned: type[PlannedExecutor[Any]], library: type[Executor[Any]]) -> str | None:
    schema, document, uses = strawberry.Schema(query=_Query), parse(_DOCUMENT), Uses()
    plans = Plans("on", converter=schema.schema_converter, most_fields=10_000, differs=lambda _: None)
    for values in (*_VALUES, *_VALUES):
        for wanted in (True, False):
            expected = _told(_built(library, schema, document, values, wanted=wanted).execute_operation())
            executor = _built(planned, schema, document, values, wanted=wanted)
            plans.equip(executor, document, uses, whole=True)
            if _told(executor.execute_operation()) != expected:
                return "a probe was answered otherwise"
    if not plans.tally.given_up or not plans.tally.fields:
        return "nothing of the probe was compiled"
    return None


def _built(of: Any, schema: strawberry.Schema, document: DocumentNode, values: Any, *, wanted: bool) -> Any:
    return of.build(
        schema._schema,  # noqa: SLF001 - Strawberry has no public name for graphql-core's
        document,
        context_value=values,
        raw_variable_values={"with": wanted},
        hide_suggestions=True,
    )


def _told(result: Any) -> str:
    if not isinstance(result, ExecutionResult):
        raise TypeError("a probe without anything to wait for was waited for")
    return repr((result.data, [error.formatted for error in result.errors or ()]))


def _shape(function: Any) -> str:
    return " ".join(inspect.signature(function).parameters) if callable(function) else ""
