"""The graph as each audience has it: for an insurer clinical fields do not exist, they are not merely forbidden.

Purpose decides the view. What an audience has is data (``audiences.toml``); its schema is made of the published one by
taking away, so that whatever is valid for an audience is valid for the citizen, and means the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources

import msgspec
from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLSchema,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    build_ast_schema,
    parse,
    print_ast,
)
from msgspec import Struct

from resolvers.access.caller import CallerKind

_ROOTS = ("Query", "Mutation", "Subscription")
_Typed = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode


class Audience(StrEnum):
    """Whom a schema is published for."""

    CITIZEN = "citizen"
    CLINICIAN = "clinician"
    HEALTH_STATION = "health_station"
    INSURER = "insurer"


def audience_of(kind: CallerKind) -> Audience:
    """The audience to which a caller belongs. Who may see nobody's record learns nothing more of the graph than others.

    The operator has the citizen's schema, and no field of a citizen answers.
    """
    return _AUDIENCES.get(kind, Audience.CITIZEN)


_AUDIENCES = {
    CallerKind.CLINICIAN: Audience.CLINICIAN,
    CallerKind.HEALTH_STATION: Audience.HEALTH_STATION,
    CallerKind.INSURER: Audience.INSURER,
}


class View(Struct, frozen=True, forbid_unknown_fields=True):
    """What of the graph there is."""

    only: Mapping[str, tuple[str, ...]]
    """By type: nothing but these fields."""


VIEWS: Mapping[Audience, View] = msgspec.toml.decode(
    resources.files(__package__).joinpath("audiences.toml").read_text(encoding="utf-8"), type=dict[Audience, View]
)


def schema_text(whole: str, audience: Audience) -> str:
    """The schema of that audience, as it is published.

    Args:
        whole: the schema of the citizen (SDL).
        audience: whose.

    Raises:
        ValueError: the audience's data names what the graph does not have.
    """
    view = VIEWS.get(audience)
    return whole if view is None else print_ast(_seen(_parsed(whole), view)) + "\n"


@cache
def schema_for(whole: str, audience: Audience) -> GraphQLSchema:
    """The same, to validate documents against."""
    view = VIEWS.get(audience)
    return build_ast_schema(_parsed(whole) if view is None else _seen(_parsed(whole), view))


@lru_cache(maxsize=1)
def _parsed(whole: str) -> DocumentNode:
    """It is parsed once for all audiences: a tenth of a second, while a gateway starts."""
    return parse(whole)


def _seen(document: DocumentNode, view: View) -> DocumentNode:
    kept = [_narrowed(definition, view) for definition in document.definitions]
    known = {node.name.value: node for node in kept if isinstance(node, TypeDefinitionNode)}
    if missing := view.only.keys() - known.keys():
        raise ValueError(f"the graph has no {', '.join(sorted(missing))}")
    roots = [name for name in _ROOTS if name in view.only]
    reached = _reached(roots, known)
    return DocumentNode(
        definitions=tuple(
            node
            for node in kept
            if isinstance(node, DirectiveDefinitionNode)
            or (isinstance(node, TypeDefinitionNode) and node.name.value in reached)
        )
    )


def _narrowed(definition: DefinitionNode, view: View) -> DefinitionNode:
    if not isinstance(definition, _Typed) or definition.name.value not in view.only:
        return definition
    wanted = view.only[definition.name.value]
    if missing := set(wanted) - {field.name.value for field in definition.fields or ()}:
        raise ValueError(f"{definition.name.value} has no {', '.join(sorted(missing))}")
    fields = tuple(field for field in definition.fields or () if field.name.value in wanted)
    return type(definition)(
        name=definition.name,
        description=definition.description,
        interfaces=definition.interfaces,
        directives=definition.directives,
        fields=fields,
    )


def _reached(roots: Iterable[str], known: Mapping[str, TypeDefinitionNode]) -> set[str]:
    """Every type that a document can come to; of an interface that a field gives, whatever implements it."""
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in reached or name not in known:
            continue
        reached.add(name)
        waiting += _mentioned(known[name], known)
    return reached


def _mentioned(node: TypeDefinitionNode, known: Mapping[str, TypeDefinitionNode]) -> Iterator[str]:
    for field in getattr(node, "fields", None) or ():
        given = _name(field.type)
        yield given
        if isinstance(known.get(given), InterfaceTypeDefinitionNode):
            yield from _implementing(given, known)
        for argument in getattr(field, "arguments", None) or ():
            yield _name(argument.type)
    for interface in getattr(node, "interfaces", None) or ():
        yield interface.name.value
    if isinstance(node, UnionTypeDefinitionNode):
        yield from (member.name.value for member in node.types or ())


def _implementing(interface: str, known: Mapping[str, TypeDefinitionNode]) -> Iterator[str]:
    for name, node in known.items():
        if any(one.name.value == interface for one in getattr(node, "interfaces", None) or ()):
            yield name


def _name(node: TypeNode) -> str:
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    assert isinstance(node, NamedTypeNode)  # noqa: S101 - the only other kind of type there is
    return node.name.value
