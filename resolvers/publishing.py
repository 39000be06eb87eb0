"""The schema as it is published: for those who ask, and for those who compose it with other graphs.

A valid document for every tool: the directives that mark what others may refer to are defined in it. What only a router
asks is left out; Apollo's composition adds it by itself.
"""

import strawberry
from graphql import DefinitionNode, Node, ObjectTypeDefinitionNode, parse

_FOR_ROUTERS = frozenset({"_Any", "_Entity", "_Service", "_entities", "_service"})
_DIRECTIVES = '''"""Names the fields by which other graphs refer to an object (Apollo Federation 2)."""
directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE

"""Says which specification the directives come from (Apollo Federation 2)."""
directive @link(url: String!, import: [String!]) repeatable on SCHEMA'''


def published(schema: strawberry.Schema) -> str:
    """The text of ``schema.graphql``."""
    text = schema.as_str()
    first, *others = (_cut(text, known) for known in parse(text).definitions if not _is_for_routers(known))
    return "\n\n".join((first, _DIRECTIVES, *others)) + "\n"


def _cut(text: str, definition: DefinitionNode) -> str:
    """The text of one definition, without the fields that only a router asks."""
    begin, end = _place(definition)
    fields = definition.fields if isinstance(definition, ObjectTypeDefinitionNode) else ()
    for field in reversed(fields or ()):
        if field.name.value in _FOR_ROUTERS:
            first, last = _place(field)
            before = text[:first].rstrip()
            text = before + text[last:]
            end -= last - len(before)
    return text[begin:end]


def _is_for_routers(definition: DefinitionNode) -> bool:
    name = getattr(definition, "name", None)
    return name is not None and name.value in _FOR_ROUTERS


def _place(node: Node) -> tuple[int, int]:
    assert node.loc  # noqa: S101 - it was parsed a moment ago
    return node.loc.start, node.loc.end
