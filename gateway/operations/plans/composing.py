"""Composes the spine of a query from what is prepared of it."""

from typing import Any

from graphql import GraphQLObjectType, get_nullable_type, is_leaf_type
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import Path
from strawberry.types.info import Info

from gateway.operations.plans.prepared import Prepared
from gateway.operations.plans.reading import NotPlannable, known_classes
from gateway.operations.plans.selections import Unit
from gateway.operations.plans.spine import (
    Field,
    Resolved,
    ResolvedObject,
    ResolvedUnit,
    Selected,
    attribute,
    constant,
    elsewhere,
)
from gateway.operations.plans.steps import Call, Read
from gateway.operations.plans.writing import unit


def composed(prepared: Prepared) -> Selected | None:
    """The spine; ``None`` where the library has to find its way itself."""
    try:
        kind, grouped = prepared.root()
        return _selected(prepared, kind, grouped, None)
    except Exception:  # noqa: BLE001 - what cannot be composed is executed by the library, which says why
        return None


def _selected(prepared: Prepared, kind: GraphQLObjectType, grouped: GroupedFieldSet, path: Path | None) -> Selected:
    return Selected(
        kind,
        tuple((name, _field(prepared, kind, fields, Path(path, name, kind.name))) for name, fields in grouped.items()),
    )


def _field(prepared: Prepared, parent: GraphQLObjectType, fields: FieldDetailsList, path: Path) -> Field:
    if fields[0].node.name.value == "__typename":
        return constant(parent.name)
    step = prepared.step(parent, fields)
    if isinstance(step, Read):
        return attribute(step, elsewhere(parent, fields, path))
    if isinstance(step, Call) and step.info_class is Info:
        return _resolved(prepared, step, parent, fields, path)
    return elsewhere(parent, fields, path)


def _resolved(prepared: Prepared, call: Call, parent: GraphQLObjectType, fields: FieldDetailsList, path: Path) -> Field:
    bare = get_nullable_type(call.kind)
    complete = _leaf(prepared, bare, fields) if is_leaf_type(bare) else prepared.unit(bare, fields, in_json=True)
    if complete is not None:
        return ResolvedUnit(call, parent, fields, path, complete)
    if not isinstance(bare, GraphQLObjectType):
        return Resolved(call, parent, fields, path)
    try:
        known_classes(bare)
    except NotPlannable:  # each object is looked at
        return Resolved(call, parent, fields, path)
    below = _selected(prepared, bare, prepared.below(bare, fields), path)
    return ResolvedObject(call, parent, fields, path, below)


def _leaf(prepared: Prepared, kind: Any, fields: FieldDetailsList) -> Unit | None:
    """The unit of a single value. Elsewhere these have none, for the library completes one as fast."""
    try:
        prepared.spend(1)
        return unit(prepared, kind, fields, in_json=True)
    except Exception:  # noqa: BLE001 - what cannot be compiled is executed by the library
        return None
