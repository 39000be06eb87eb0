"""Which variables of a document decide what is selected, and whether it can be prepared at all."""

from collections.abc import Sequence
from typing import Any, Self

from graphql import DirectiveNode, DocumentNode, FragmentDefinitionNode, Node, Undefined, VariableNode, Visitor, visit
from graphql.execution.values import VariableValues
from msgspec import Struct

_SELECTING = frozenset({"include", "skip", "defer"})


class Selecting(Struct, frozen=True):
    """What the directives of a document say."""

    variables: tuple[str, ...]
    """Those that decide what is selected."""
    streams: bool
    """Whether the rest of a list may be delivered later."""
    fit: bool
    """Whether all directives, and fragments, are of a kind that is known here."""

    @classmethod
    def of(cls, document: DocumentNode) -> Self:
        """Look at all of it once."""
        finder = _Finder()
        visit(document, finder)
        return cls(tuple(sorted(finder.variables)), finder.streams, finder.fit)


def values_of(given: VariableValues, variables: Sequence[str]) -> tuple[Any, ...]:
    """The values of those variables, as far as they have any."""
    return tuple(given.coerced.get(name, Undefined) for name in variables)


def only(given: VariableValues, variables: Sequence[str]) -> VariableValues:
    """Those values, and no others: what is prepared outlives the request, and others are a citizen's."""
    return VariableValues(
        {name: given.sources[name] for name in variables if name in given.sources},
        {name: given.coerced[name] for name in variables if name in given.coerced},
    )


def variables_in(node: Node) -> bool:
    """Whether anything below it is a variable."""
    finder = _Variables()
    visit(node, finder)
    return finder.found


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, _node: VariableNode, *_: Any) -> None:
        self.found = True


class _Finder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.streams = False
        self.fit = True

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        name = node.name.value
        if name == "stream":
            self.streams = True
        elif name in _SELECTING:
            values = (argument.value for argument in node.arguments or ())
            self.variables.update(value.name.value for value in values if isinstance(value, VariableNode))
        else:
            self.fit = False

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self.fit = self.fit and not node.variable_definitions
