"""What a caller reads of a field: where a source must be asked more for it, or less has to be made of what it gave."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from graphql import FieldNode, FragmentDefinitionNode

from resolvers.context import Info
from resolvers.wanting import names_below

_MOST_REMEMBERED = 2000
_NONE: frozenset[str] = frozenset()


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
            known = self._known[key] = (tuple(fields), names_below(fields, fragments))
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        return known[1]


_SELECTIONS = Selections()


def read_below(info: Info) -> frozenset[str]:
    """The names of the field that is being resolved and of all fields that are read anywhere below it."""
    below: frozenset[str] | None = getattr(info, "below", None)
    if below is not None:
        return below  # whoever compiled the operation has looked
    asked = info._raw_info  # noqa: SLF001 - what strawberry shows of it unfolds every fragment as often as it is spread
    return _SELECTIONS.below(asked.field_nodes, asked.fragments)


def reads(info: Info, *names: str) -> frozenset[str]:
    """Which of those fields a caller reads anywhere below the field that is being resolved."""
    wanted = info.context.federation.wanted
    if wanted is not None and wanted.fields.isdisjoint(names):
        return _NONE  # nowhere in the operation
    return read_below(info).intersection(names)
