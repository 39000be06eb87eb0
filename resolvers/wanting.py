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
from connectors.records import (
    Allergy,
    Appointment,
    CarePlan,
    Claim,
    Condition,
    Coverage,
    Demographics,
    Document,
    Encounter,
    Immunization,
    Medication,
    Observation,
    Procedure,
    Record,
    Referral,
    Report,
)
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
_SECTIONS: Mapping[str, type[Record]] = {
    "demographics": Demographics,
    "encounters": Encounter,
    "conditions": Condition,
    "allergies": Allergy,
    "medications": Medication,
    "observations": Observation,
    "immunizations": Immunization,
    "coverage": Coverage,
    "claims": Claim,
    "reports": Report,
    "procedures": Procedure,
    "documents": Document,
    "referrals": Referral,
    "appointments": Appointment,
    "carePlans": CarePlan,
}
"""Of these fields: below which records of one class stand, and of no other unless it says so (``_OF_VISITS``)."""
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

    __slots__ = ("_apart", "_of", "_whole", "fields", "names", "tells_ids")

    def __init__(
        self,
        names: frozenset[str],
        *,
        is_all: bool,
        fields: frozenset[str] = frozenset(),
        apart: Mapping[type[Record], frozenset[str]] | None = None,
    ) -> None:
        """Begin with the names in the operation.

        Args:
            names: of fields, as records have them.
            is_all: whether nothing but what they name is looked at.
            fields: the same as the graph has them.
            apart: those that can be meant of one class, where not all can.
        """
        self._apart = apart or {}
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
            known = self._of[about, meeting] = self._apart.get(about, self.names) | read_of(
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

    A name below a list of one class counts for that class, every other name for all: rather a field too many than one
    too few.

    Args:
        operation: of a checked document.
        fragments: of the document, by name.
        citizen: names of all fields that a citizen has in the graph.
    """
    names: dict[str, set[str]] = {}
    more: set[str] = set()
    for holder, field, section in _fields(operation.selection_set.selections, fragments):
        name = field.name.value
        if name == "id" and holder in _NAMELESS:
            continue
        if name == "encounters":
            its = names_below([field], fragments)
            more.update(*(read for linked, read in _OF_VISITS.items() if linked in its))
        # The id of whom is asked about is nobody's field.
        arguments = {argument.name.value for argument in field.arguments or ()} - {"id"}
        names.setdefault(section, set()).update({name}, arguments)
    every: frozenset[str] = frozenset().union(*names.values())
    is_all = (
        operation.operation is OperationType.QUERY
        and every.isdisjoint(_ALL_OF_IT)
        and every.isdisjoint(citizen - _PLAIN)
    )
    more.update(*(read for name, read in _MADE_OF.items() if name in every))
    shared = names.get("", set())
    if not _OF_VISITS.keys().isdisjoint(names.get("encounters", ())):
        shared |= names["encounters"]
    apart = {_SECTIONS[name]: _worded(shared | below) | more for name, below in names.items() if name}
    return Wanted(_worded(every) | more, is_all=is_all, fields=every, apart=apart)


def _worded(names: Iterable[str]) -> frozenset[str]:
    """The names as records have them."""
    return frozenset(_HUMP.sub("_", name).lower() for name in names)


def names_below(fields: Iterable[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode]) -> frozenset[str]:
    """The names of those fields and of all that stand anywhere below them."""
    return frozenset(field.name.value for _, field, _ in _fields(fields, fragments))


def _fields(
    selections: Iterable[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterable[tuple[str, FieldNode, str]]:
    """Every field, what it is selected of: a field, or the type of a fragment; and of which section it speaks.

    Every fragment is looked into once for each section: a kilobyte can spread fragments in fragments a million times.
    """
    waiting = [("", one, "") for one in selections]
    spread: set[tuple[str, str]] = set()
    while waiting:
        holder, node, section = waiting.pop()
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if (name, section) not in spread and name in fragments:
                spread.add((name, section))
                fragment = fragments[name]
                of = fragment.type_condition.name.value
                waiting += ((of, one, section) for one in fragment.selection_set.selections)
        elif isinstance(node, InlineFragmentNode):
            of = node.type_condition.name.value if node.type_condition else holder
            waiting += ((of, one, section) for one in node.selection_set.selections)
        elif isinstance(node, FieldNode):
            # The outermost counts: what stands below it belongs to its records, or to those that these show.
            section = section or (node.name.value if node.name.value in _SECTIONS else "")
            yield holder, node, section
            below = node.selection_set
            waiting += ((node.name.value, one, section) for one in (below.selections if below else ()))
