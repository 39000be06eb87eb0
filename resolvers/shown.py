"""Show a record in the graph: its GraphQL type is derived from the record, field by field.

A record says once what a fact consists of: names, types, nullability, and the sentence that describes each field. The
GraphQL type says the same, so it is made from it. Values are then read from records by plain attribute access: no
copying, no resolver and no permission class on a list item, which is what makes an answer cheap to write out.
"""

import inspect
import types
import typing
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, Union

import msgspec
import strawberry
from msgspec import Struct
from strawberry.types.enum import StrawberryEnumDefinition

from connectors.records import Described
from resolvers.context import Context, Info

C = TypeVar("C", bound=type)

_SHOWN: dict[type[Struct], type] = {}
_UNIONS: dict[frozenset[Any], Any] = {}
ENUMERATIONS: dict[str, type[Described]] = {}
"""Every enumeration of the graph, by its name there."""


def shown(
    struct: type[Struct],
    *,
    also: tuple[type[Struct], ...] = (),
    shared: bool = False,
    lasts: Callable[[Any], bool] | None = None,
) -> Callable[[C], C]:
    """Make the decorated class the GraphQL type of that record.

    The class may add fields with resolvers; every field of the record that has a sentence and that it does not define
    itself is derived. A field without a sentence is the gateway's own. Its docstring is the description of the type.

    Args:
        struct: of the record.
        also: records that stand for the type while nothing is selected that they lack.
        shared: whether the very same object often stands in many places of an answer: it may be written out once.
        lasts: whether one of these is the same object in every answer, and nobody's: what is written may be kept.
    """

    def decorate(cls: C) -> C:
        made: C = _define(cls, struct, known=(struct, *also), shared=shared, lasts=lasts)
        _SHOWN[struct] = made
        return made

    return decorate


def union(members: Any, *, name: str, description: str) -> None:
    """Name the union of those record parts; fields of that type appear under the name."""
    parts = typing.get_args(members)
    shown_parts = tuple(_graph_type(part) for part in parts)
    _UNIONS[frozenset(parts)] = Annotated[
        Union[shown_parts], strawberry.union(name, description=description)  # noqa: UP007 - made at run time
    ]


def _define(cls: Any, struct: type[Struct], *, known: tuple[type[Struct], ...], **told: Any) -> Any:
    annotations = dict(inspect.get_annotations(cls))
    inherited = {name for base in cls.__mro__[1:] for name in inspect.get_annotations(base)}
    for field in msgspec.structs.fields(struct):
        name = field.encode_name
        described = _described(field.type)
        if described is None or name in annotations or name in inherited or hasattr(cls, name):
            continue
        annotations[name] = _graph_type(field.type)
        setattr(cls, name, strawberry.field(description=described))
    cls.__annotations__ = annotations

    cls.is_type_of = staticmethod(instances_of(*known, **told))
    return strawberry.type(cls, description=cls.__doc__)


def instances_of(
    *known: type, shared: bool = False, lasts: Callable[[Any], bool] | None = None
) -> Callable[[object, object], bool]:
    """An ``is_type_of`` for a type that shows instances of those classes, whatever is in them.

    The classes are told with it, and whether instances are shared and last as ``shown`` has it: whoever compiles an
    operation need not ask anew for every object.
    """

    def is_type_of(obj: object, _info: object) -> bool:
        return isinstance(obj, known)

    is_type_of.known = known  # type: ignore[attr-defined]
    is_type_of.shared = shared  # type: ignore[attr-defined]
    is_type_of.lasts = lasts  # type: ignore[attr-defined]
    return is_type_of


def _described(kind: Any) -> str | None:
    metas = [meta for meta in getattr(kind, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    return metas[0].description if metas else None


def _graph_type(kind: Any) -> Any:
    """The annotation that strawberry understands, for the annotation of a record's field."""
    origin = typing.get_origin(kind)
    if origin is Annotated:
        return _graph_type(kind.__origin__)
    if origin is tuple:
        return list[_graph_type(kind.__args__[0])]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        return _graph_union(typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Described):
        return enumeration(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _SHOWN.get(kind) or shown(kind)(type(kind.__name__, (), {"__doc__": kind.__doc__}))
    return kind


def _graph_union(parts: tuple[Any, ...]) -> Any:
    some = tuple(part for part in parts if part is not type(None))
    whole = _UNIONS[frozenset(some)] if len(some) > 1 else _graph_type(some[0])
    return typing.Optional[whole] if len(some) < len(parts) else whole  # noqa: UP045 - made at run time


def enumeration(kind: type[Described]) -> Any:
    """The GraphQL enumeration, with the sentence of every member."""
    if "__strawberry_definition__" not in kind.__dict__:
        definition: StrawberryEnumDefinition = strawberry.enum(kind, description=kind.__doc__).__strawberry_definition__  # type: ignore[attr-defined]
        for value in definition.values:
            value.description = kind[value.name].description
        ENUMERATIONS[definition.name] = kind
    return kind


def resolved(by: Callable[..., Any], description: str, *, name: str | None = None) -> Any:
    """A field whose value comes from that function.

    The class says the type in the graph, the function the record behind it; the two are joined when the schema is
    built, which no type checker can see.
    """
    return strawberry.field(resolver=by, name=name, description=description)


def pure(by: Callable[[Any, Context], Any], description: str) -> Any:
    """A field whose value that function makes of the object and the context alone: it asks nobody and changes nothing.

    It may stand on the items of a list: a compiled operation calls the function without anything around it, and calls
    it again where the library must complete the object after all.
    """

    def resolve(root: strawberry.Parent[Any], info: Info) -> Any:
        return by(root, info.context)

    return strawberry.field(resolver=resolve, description=description, metadata={"pure": by})


def awaited(by: Callable[..., Any], description: str) -> Any:
    """A field of subscriptions, whose values come from the generator that the function gives; types as above."""
    return strawberry.subscription(resolver=by, description=description)
