"""What a caller reads of a field: where a source must be asked more for it, or less has to be made of what it gave."""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
)

from resolvers.context import Info

_MOST_REMEMBERED = 2000


class Selections:
    """The names of all fields below a field of a document, found once for as long as the document is kept.

    A document that is asked again is the very same object; so a field of it is known by its identity.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, ...], tuple[Sequence[FieldNode], frozenset[str]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def below(self, fields: Sequence[FieldNode], fragments: Mapping[str, FragmentDefinitionNode]) -> frozenset[str]:
        """The names of all fields that stand anywhere below those fields.

        Args:
            fields: of the document, as they are resolved.
            fragments: of the document, by name.
        """
        key = tuple(map(id, fields))
        known = self._known.get(key)
        if known is None:
            # The fields are kept beside what is known of them: no other object can get their identity meanwhile.
            known = self._known[key] = (tuple(fields), _below(fields, fragments))
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        return known[1]


def _below(fields: Sequence[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode]) -> frozenset[str]:
    """Every fragment is looked into once: a kilobyte can spread fragments in fragments a million times."""
    waiting: list[SelectionNode | FragmentDefinitionNode] = list(fields)
    spread: set[str] = set()
    names: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in spread and name in fragments:
                spread.add(name)
                waiting.append(fragments[name])
            continue
        if isinstance(node, FieldNode):
            names.add(node.name.value)
        below = getattr(node, "selection_set", None)
        waiting += below.selections if below else ()
    return frozenset(names)


_SELECTIONS = Selections()


def read_below(info: Info) -> frozenset[str]:
    """The names of the field that is being resolved and of all fields that are read anywhere below it."""
    asked = info._raw_info  # noqa: SLF001 - what strawberry shows of it unfolds every fragment as often as it is spread
    return _SELECTIONS.below(asked.field_nodes, asked.fragments)


def reads(info: Info, *names: str) -> frozenset[str]:
    """Which of those fields a caller reads anywhere below the field that is being resolved."""
    return read_below(info).intersection(names)


_PLAIN = frozenset(
    {
        *("__typename", "id", "personalId", "sources", "dependants", "demographics"),
        *("encounters", "conditions", "allergies", "medications", "observations", "immunizations"),
        *("coverage", "claims", "reports", "procedures", "documents", "referrals", "appointments", "carePlans"),
    }
)
"""Fields of a citizen that show records as they are. Whatever another one is made of, nobody can tell here."""
_ALL_OF_IT = frozenset({"conflicts", "claim", "results", "missingResults"})
"""Fields below these that are made of more than their names say."""
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


def wanted_of(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], citizen: frozenset[str]
) -> frozenset[str] | None:
    """The names of record fields that an operation can look at, as records have them; ``None`` where it may be any.

    Every name in the operation counts wherever it stands: rather a field too many than one too few.

    Args:
        operation: of a checked document.
        fragments: of the document, by name.
        citizen: names of all fields that a citizen has in the graph.
    """
    if operation.operation is not OperationType.QUERY:
        return None
    names = _below(operation.selection_set.selections, fragments)
    if not names.isdisjoint(_ALL_OF_IT) or not names.isdisjoint(citizen - _PLAIN):
        return None
    return frozenset(_HUMP.sub("_", name).lower() for name in names)
