"""Which fields of records an operation can look at: what it names, and what is read on the way to that.

Whoever maps a source's answer may leave out the rest (``contract.Question.wanted``). So whatever looks at a record
between its source and the answer says here, or beside itself, what it looks at.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
)
from msgspec import structs

from connectors.contract import Question
from connectors.records import Record
from connectors.stamping import NAMES
from resolvers.access import rules
from resolvers.joining import legal, linking
from resolvers.joining.table import RULES
from resolvers.moments import FIELDS

R = TypeVar("R", bound=Record)

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
_MADE_OF: Mapping[str, frozenset[str]] = {
    "legalState": legal.READS,
    "url": frozenset({"id", "location"}),
    # Arguments count as what they look at: a page is cut between two ids, and the others are named as their field.
    "first": frozenset({"id"}),
    "after": frozenset({"id"}),
    "codes": frozenset({"code"}),
}
"""What fields and arguments read beside the field of a record that has their name, if there is one."""
_OF_VISITS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("medications", "procedures", "observations", "reports", "documents"), linking.READS),
    "diagnoses": linking.READS | {"refuted"},
}
"""What they read where they stand below a visit: records of another class belong to it."""
_NAMELESS = frozenset({"citizen", "me", "source", "sources", "Citizen", "Source"})
"""Fields and types whose ``id`` is not that of a record."""
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


class Wanted:
    """What one operation can look at; kept as long as its document is."""

    __slots__ = ("_of", "_whole", "fields", "names", "tells_ids")

    def __init__(self, names: frozenset[str], *, is_all: bool, fields: frozenset[str] = frozenset()) -> None:
        """Begin with the names in the operation.

        Args:
            names: of fields, as records have them.
            is_all: whether nothing but what they name is looked at.
            fields: the same as the graph has them.
        """
        self.fields = fields
        self.names = names if is_all else None
        """``None`` where it may be anything."""
        self.tells_ids = not names.isdisjoint(NAMES)
        """Whether anybody can look at the id of a record, or at its place in a list."""
        self._of: dict[tuple[type[Record], bool], frozenset[str]] = {}
        self._whole: dict[tuple[type[Record], bool], Question[Any]] = {}

    def of(self, about: type[Record], *, meeting: bool) -> frozenset[str] | None:
        """What is wanted of records of that class, the same object each time; ``None`` for everything.

        Args:
            about: the class.
            meeting: whether records of several sources may come together.
        """
        if self.names is None:
            return None
        known = self._of.get((about, meeting))
        if known is None:
            known = self._of[about, meeting] = self.names | read_of(
                about, joined=meeting or self.tells_ids or not RULES[about].once_per_source
            )
        return known

    def put(self, question: Question[R], *, meeting: bool) -> Question[R]:
        """The question with what is wanted of its records. One without a slice is the same object each time.

        Args:
            question: in which nothing is said of that.
            meeting: as in ``of``.
        """
        about = question.about
        if self.names is None:
            return question
        if question.in_detail or question.is_slice:
            return structs.replace(question, wanted=self.of(about, meeting=meeting))
        whole = self._whole.get((about, meeting))
        if whole is None:
            whole = self._whole[about, meeting] = Question(about=about, wanted=self.of(about, meeting=meeting))
        return whole


def read_of(about: type[Record], *, joined: bool) -> frozenset[str]:
    """What of a record of that class is looked at whatever a caller selects.

    Args:
        about: the class.
        joined: whether records may be one fact, or get an id that is made of what they say.
    """
    always = frozenset(FIELDS.get(about, ())) | rules.READS.get(about, frozenset())
    # The latest entry leads: that stands in the provenance.
    return always | RULES[about].reads | {"recorded_at"} if joined else always


def wanted_of(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], citizen: frozenset[str]
) -> Wanted:
    """What an operation can look at.

    Every name in the operation counts wherever it stands: rather a field too many than one too few.

    Args:
        operation: of a checked document.
        fragments: of the document, by name.
        citizen: names of all fields that a citizen has in the graph.
    """
    names: set[str] = set()
    more: set[str] = set()
    for holder, field in _fields(operation.selection_set.selections, fragments):
        name = field.name.value
        if name == "id" and holder in _NAMELESS:
            continue
        if name == "encounters":
            its = names_below([field], fragments)
            more.update(*(read for linked, read in _OF_VISITS.items() if linked in its))
        # The id of whom is asked about is nobody's field.
        names |= {name, *({argument.name.value for argument in field.arguments or ()} - {"id"})}
    is_all = (
        operation.operation is OperationType.QUERY
        and names.isdisjoint(_ALL_OF_IT)
        and names.isdisjoint(citizen - _PLAIN)
    )
    more.update(*(read for name, read in _MADE_OF.items() if name in names))
    return Wanted(
        frozenset(more) | {_HUMP.sub("_", name).lower() for name in names}, is_all=is_all, fields=frozenset(names)
    )


def names_below(fields: Iterable[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode]) -> frozenset[str]:
    """The names of those fields and of all that stand anywhere below them."""
    return frozenset(field.name.value for _, field in _fields(fields, fragments))


def _fields(
    selections: Iterable[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterable[tuple[str, FieldNode]]:
    """Every field, and what it is selected of: a field, or the type of a fragment.

    Every fragment is looked into once: a kilobyte can spread fragments in fragments a million times.
    """
    waiting = [("", one) for one in selections]
    spread: set[str] = set()
    while waiting:
        holder, node = waiting.pop()
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in spread and name in fragments:
                spread.add(name)
                fragment = fragments[name]
                of = fragment.type_condition.name.value
                waiting += ((of, one) for one in fragment.selection_set.selections)
        elif isinstance(node, InlineFragmentNode):
            of = node.type_condition.name.value if node.type_condition else holder
            waiting += ((of, one) for one in node.selection_set.selections)
        elif isinstance(node, FieldNode):
            yield holder, node
            below = node.selection_set
            waiting += ((node.name.value, one) for one in (below.selections if below else ()))
