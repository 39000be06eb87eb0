"""Labels for all coded texts of an answer, put there at once, before it is written out: no resolver on a list item.

A field that answers with records is made by ``shown.resolved``, which puts these labels on whatever the field gives,
and only where the caller reads ``label``. Records are never changed: one with a coded text in it is replaced.
"""

import inspect
import types
import typing
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Annotated, Any, TypeVar, Union

from msgspec import Struct, structs
from strawberry.extensions import FieldExtension

from connectors.records import CodedText
from resolvers.context import Info
from resolvers.selection import read_below
from resolvers.terminology.wording import label


class Labelled(CodedText, frozen=True, kw_only=True):
    """A coded text with its words in the caller's language."""

    label: str


class Labels(FieldExtension):
    """Puts labels on what a field answers with."""

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        """Of a field that answers at once, or begins its asking when it is called."""
        found = next_(source, info, **kwargs)
        if not _wanted(info):
            return found
        language = info.context.language.tag
        return _later(found, language) if inspect.isawaitable(found) else labelled(found, language)

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        """Of a field that is a coroutine."""
        found = await next_(source, info, **kwargs)
        return labelled(found, info.context.language.tag) if _wanted(info) else found


def labelled(value: Any, language: str) -> Any:
    """The same with a label on every coded text in it; the very same object where there is none."""
    if isinstance(value, CodedText):
        return Labelled(text=value.text, codings=value.codings, label=label(value, language))
    if isinstance(value, tuple | list):
        return type(value)([labelled(item, language) for item in value]) if value else value
    if not isinstance(value, Struct):
        return value
    changed = {}
    for name in _leading(type(value)):
        old = getattr(value, name)
        new = labelled(old, language) if old is not None else None
        if new is not old:
            changed[name] = new
    return structs.replace(value, **changed) if changed else value


def _wanted(info: Info) -> bool:
    return "label" in read_below(info)


async def _later(asked: Awaitable[Any], language: str) -> Any:
    return labelled(await asked, language)


@cache
def _leading(kind: type[Struct]) -> tuple[str, ...]:
    """Its fields in which a coded text can lie, however deep."""
    return tuple(field.name for field in structs.fields(kind) if _leads(field.type, frozenset()))


def _leads(kind: Any, above: frozenset[Any]) -> bool:
    origin = typing.get_origin(kind)
    if origin is Annotated:
        return _leads(kind.__origin__, above)
    if origin in (Union, types.UnionType, tuple, list):
        return any(_leads(part, above) for part in typing.get_args(kind))
    if isinstance(kind, TypeVar):
        return True
    kind = origin or kind
    if not (isinstance(kind, type) and issubclass(kind, Struct)) or kind in above:
        return False
    if issubclass(kind, CodedText):
        return True
    # A field of a wider class may hold any narrower one.
    within = above | {kind}
    return any(_leads(field.type, within) for field in structs.fields(kind)) or any(
        _leads(narrower, within) for narrower in kind.__subclasses__()
    )
