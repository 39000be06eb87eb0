"""The bounds of a document, checked in one walk before anything expensive is done with it.

The walk is iterative and looks at every fragment once, however often it is spread: a document of a thousand
characters whose fragments double twenty-eight times costs a thousand steps, not 2^28. Only sums and the longest path
are carried over from a fragment to the places where it is spread.
"""

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)
from msgspec import Struct

from gateway.errors import InvalidDocument
from gateway.settings import Limits

_HUGE = 10**9
"""Sums stop growing here: beyond every limit, and cheap to add."""
_LEVELS_PER_FIELD = 3
"""A field may stand in an inline fragment in a fragment; more levels without a field only cost stack."""


class Weight(Struct, frozen=True):
    """What a selection set amounts to, fragments included."""

    depth: int = 0
    """Fields on the longest way down."""
    levels: int = 0
    """Selection sets on the longest way down, those of fragments included."""
    aliases: int = 0
    fields: int = 0
    """Fields at its own top level."""
    directives: int = 0
    deferred: int = 0
    """Fragments and lists that may come later."""
    waves: int = 0
    """How many of these lie within each other."""


def check(document: DocumentNode, limits: Limits) -> list[Weight]:
    """Refuse a document that is over a limit; what each operation amounts to, otherwise.

    Raises:
        InvalidDocument: with the code of the limit and the limit itself.
    """
    operations = sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)
    if operations > limits.max_operations:
        raise over("MAX_OPERATIONS_LIMIT", "full of operations", limits.max_operations)
    weights = weigh(document)
    for weight in weights:
        _refuse(weight, limits)
    return weights


def weigh(document: DocumentNode) -> list[Weight]:
    """What each operation amounts to, in the order of the document."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    weights = _weigh_fragments(fragments)
    return [
        _weigh(definition.selection_set, weights, len(definition.directives or ()))
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]


def over(code: str, how: str, limit: int) -> InvalidDocument:
    """The refusal of a document that is over that limit."""
    return InvalidDocument(code, [GraphQLError(f"The document is too {how}: the limit is {limit}.")])


def _refuse(weight: Weight, limits: Limits) -> None:
    for code, how, found, limit in (
        ("MAX_DEPTH_LIMIT", "deep", weight.depth, limits.max_depth),
        ("MAX_DEPTH_LIMIT", "deep", weight.levels, limits.max_depth * _LEVELS_PER_FIELD),
        ("MAX_ROOT_FIELDS_LIMIT", "wide at its top", weight.fields, limits.max_root_fields),
        ("MAX_ALIASES_LIMIT", "full of aliases", weight.aliases, limits.max_aliases),
        ("MAX_DIRECTIVES_LIMIT", "full of directives", weight.directives, limits.max_directives),
        ("MAX_DEFERRED_LIMIT", "full of @defer and @stream", weight.deferred, limits.max_deferred),
        ("MAX_WAVES_LIMIT", "deep in @defer and @stream", weight.waves, limits.max_waves),
    ):
        if found > limit:
            raise over(code, how, limit)


def _weigh_fragments(fragments: dict[str, FragmentDefinitionNode]) -> dict[str, Weight]:
    """The weight of every fragment, those it spreads first. A cycle is cut here and refused by validation later."""
    weights: dict[str, Weight] = {}
    begun: set[str] = set()
    for start in fragments:
        stack = [start]
        while stack:
            name = stack[-1]
            if name in weights:
                stack.pop()
                continue
            waiting = [
                spread
                for spread in _spreads(fragments[name].selection_set)
                if spread in fragments and spread not in weights and spread not in begun
            ]
            begun.add(name)
            if waiting:
                stack.extend(waiting)
                continue
            fragment = fragments[name]
            weights[name] = _weigh(fragment.selection_set, weights, len(fragment.directives or ()))
            stack.pop()
    return weights


def _spreads(selection_set: SelectionSetNode) -> list[str]:
    found, stack = [], [selection_set]
    while stack:
        for selection in stack.pop().selections:
            if isinstance(selection, FragmentSpreadNode):
                found.append(selection.name.value)
            elif inner := getattr(selection, "selection_set", None):
                stack.append(inner)
    return found


def _weigh(top: SelectionSetNode, fragments: dict[str, Weight], directives: int) -> Weight:
    depth = levels = aliases = fields = deferred = waves = 0
    stack = [(top, 1, 1, 0, True)]
    while stack:
        selection_set, field_level, level, wave, at_top = stack.pop()
        levels = max(levels, level)
        for selection in selection_set.selections:
            directives += len(selection.directives or ())
            later = _is_deferred(selection)
            deferred += later
            waves = max(waves, wave + later)
            if isinstance(selection, FragmentSpreadNode):
                spread = fragments.get(selection.name.value, Weight())
                depth = max(depth, field_level - 1 + spread.depth)
                levels = max(levels, level + spread.levels)
                waves = max(waves, wave + later + spread.waves)
                aliases += spread.aliases
                directives += spread.directives
                deferred += spread.deferred
                fields += spread.fields if at_top else 0
                continue
            is_field = isinstance(selection, FieldNode)
            if isinstance(selection, FieldNode):
                depth = max(depth, field_level)
                fields += at_top
                aliases += selection.alias is not None
            if inner := getattr(selection, "selection_set", None):
                stack.append((inner, field_level + is_field, level + 1, wave + later, at_top and not is_field))
    return Weight(
        depth=min(depth, _HUGE),
        levels=min(levels, _HUGE),
        aliases=min(aliases, _HUGE),
        fields=min(fields, _HUGE),
        directives=min(directives, _HUGE),
        deferred=min(deferred, _HUGE),
        waves=min(waves, _HUGE),
    )


def _is_deferred(selection: SelectionNode) -> bool:
    return any(directive.name.value in ("defer", "stream") for directive in selection.directives or ())
