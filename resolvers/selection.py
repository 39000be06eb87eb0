"""What a caller reads of a list, where a source must be asked more for it."""

from collections.abc import Iterable, Mapping

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionNode

from resolvers.context import Info


def selects(fields: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode], name: str) -> bool:
    """Whether a field of that name stands anywhere below those fields.

    Every fragment is looked into once, however often it is spread: a document of a kilobyte can spread fragments in
    fragments a million times.

    Args:
        fields: of the document, as they are resolved.
        fragments: of the document, by name.
        name: of the field, in the graph.
    """
    waiting: list[SelectionNode | FragmentDefinitionNode] = list(fields)
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, FragmentSpreadNode):
            spread = node.name.value
            if spread not in seen and spread in fragments:
                seen.add(spread)
                waiting.append(fragments[spread])
            continue
        if isinstance(node, FieldNode) and node.name.value == name:
            return True
        below = getattr(node, "selection_set", None)
        waiting += below.selections if below else ()
    return False


def reads(info: Info, *names: str) -> frozenset[str]:
    """Which of those fields a caller reads anywhere below the field that is being resolved."""
    asked = info._raw_info  # noqa: SLF001 - what strawberry shows of it unfolds every fragment as often as it is spread
    return frozenset(name for name in names if selects(asked.field_nodes, asked.fragments, name))
