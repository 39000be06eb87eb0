"""What is read of a resource type where some fields of its records are wanted: no other element, no other field.

A table is compiled for the fields that are wanted: to a Struct of the elements that their makers read, with the
decoders of its pages, and to one function that makes the records. All fields are wanted in the same way as some are.
"""

import builtins
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct, defstruct, field, structs

from connectors.fhir.bundle import BundleOf, Resource
from connectors.fhir.datatypes import Reference, Wire
from connectors.fhir.mapping.building import Builder, Gatherer, builder_of, gatherer_of
from connectors.fhir.mapping.table import PROVENANCE, Maker, Points, Table
from connectors.stamping import NAMES

_MOST = 64
"""Readings of one table that are kept: as many as an application asks for, and none for each of a stranger's."""
WORTH = 8
"""Questions for the same fields from which on they have a reading of their own."""
_ID = "id"
_SUBJECT = msgspec.json.Decoder(Reference | None)

V = TypeVar("V")


class Decoding(Struct, frozen=True, kw_only=True, eq=False):
    """How the resources of one type are decoded."""

    type: str
    wire: builtins.type[Any]
    """Struct of what is read; it has no attribute for what is not."""
    page: msgspec.json.Decoder[BundleOf[Any]]
    """Of a page of matches; what is of another type or has no id cannot be read."""
    one: msgspec.json.Decoder[Any]
    """Of a resource, in the same way."""
    is_about_subject: bool
    """Whether the element ``subject`` alone says whom it is about."""


def decoding_of(wire: type[Any], about: tuple[str, ...] = Resource.ABOUT) -> Decoding:
    """The decoders for a Struct.

    Args:
        wire: of the resource.
        about: the elements that say whom it is about.
    """
    kind: str = wire.__name__
    needed: list[tuple[str, Any, Any]] = [
        ("resource_type", Literal[kind], field(name="resourceType")),
        ("id", Annotated[str, Meta(min_length=1)], field()),
    ]
    strict = defstruct(kind, needed, bases=(wire,), frozen=True, kw_only=True, gc=False)
    return Decoding(
        type=kind,
        wire=wire,
        page=msgspec.json.Decoder(BundleOf[strict]),  # type: ignore[valid-type]
        one=msgspec.json.Decoder(strict),
        is_about_subject=about == Resource.ABOUT,
    )


class Reading(Decoding, frozen=True, kw_only=True, eq=False):
    """One resource type, as far as it is read, and what becomes of it."""

    table: Table
    build: Builder
    """Makes the records."""
    gatherers: tuple[tuple[frozenset[str], Gatherer], ...]
    """Those that find the references whose targets are needed, by the types behind them."""
    points_to: frozenset[str]
    """All of these types."""


class Readings:
    """The readings of one table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._fields = (frozenset(table.fields) | PROVENANCE) - table.needed
        self._compiled = lru_cache(_MOST)(self._compile)
        self._known: dict[frozenset[str], frozenset[str]] = {}
        self._met: dict[frozenset[str], int] = {}

    @cached_property
    def whole(self) -> Reading:
        """Where everything is wanted."""
        return self._compile(None)

    def of(self, wanted: frozenset[str] | None) -> Reading:
        """The reading for those fields: everything until they have been wanted some times.

        Compiling takes milliseconds: it is not worth it for a question that is hardly ever put, and nobody shall make
        us compile with every request.
        """
        if wanted is None:
            return self.whole
        if wanted not in self._known:
            key = self._key(wanted)
            met = self._met.get(key, 0) + 1
            if met < WORTH:
                _keep(self._met, key, met)
                return self.whole
            _keep(self._known, wanted, key)
        return self._compiled(self._known[wanted])

    def narrowed(self, wanted: frozenset[str]) -> Reading:
        """The reading for those fields, also where they are wanted for the first time."""
        return self._compiled(self._key(wanted))

    def _key(self, wanted: frozenset[str]) -> frozenset[str]:
        """What makes a difference here: fields that may be left out, and whether ids are looked at."""
        key = self._fields & wanted
        return key if wanted.isdisjoint(NAMES) else key | {_ID}

    def _compile(self, wanted: frozenset[str] | None) -> Reading:
        """Everything that is the same for each resource is done here, once."""
        table = self.table
        fields = {
            name: maker for name, maker in table.fields.items() if wanted is None or name in wanted | table.needed
        }
        provenance = {
            name: maker
            for name, maker in (("recorded_at", table.recorded), ("author", table.author))
            if wanted is None or name in wanted
        }
        points = tuple(one for one in table.points if one.field is None or one.field in fields)
        wire = table.wire if wanted is None else _wire_of(table, fields, provenance, points)
        alike = table.alike if wanted is not None else frozenset()
        named = wanted is None or _ID in wanted
        return Reading(
            **structs.asdict(decoding_of(wire, table.wire.ABOUT)),
            table=table,
            build=builder_of(table, fields, provenance, named=named, labelled=wanted is None, alike=alike),
            gatherers=tuple(
                (frozenset(to), gatherer_of(table, of, alike)) for to, of in {(one.to, one.of): None for one in points}
            ),
            points_to=frozenset(kind for one in points for kind in one.to),
        )


def _keep(known: dict[frozenset[str], V], key: frozenset[str], value: V) -> None:
    """Keep it, and let go of the oldest where there are too many."""
    while len(known) >= _MOST and key not in known:
        del known[next(iter(known))]
    known[key] = value


def _wire_of(
    table: Table, fields: Mapping[str, Maker], provenance: Mapping[str, Maker | None], points: Iterable[Points]
) -> type[Any]:
    """The Struct of the elements that are read, and of those by which every resource is judged."""
    makers = [*fields.values(), *(one.of for one in points)]
    makers += [maker for maker in (table.is_one, *provenance.values()) if maker is not None]
    read = table.reads(makers) | {"resource_type", "id", *table.wire.ABOUT}
    read |= {"meta"} if "recorded_at" in provenance else set()
    read |= {table.stands_for} if table.stands_for else set()
    simply = table.wire.ABOUT == Resource.ABOUT
    written = table.alike | ({"subject"} if simply else set())
    elements: list[tuple[str, Any, Any]] = [
        (one.name, Raw, field(default=Raw(), name=one.encode_name))
        if one.name in written
        else (one.name, one.type, field(default=one.default, name=one.encode_name))
        for one in structs.fields(table.wire)
        if one.name in read
    ]
    namespace = {"about": property(_about) if simply else table.wire.about}
    return defstruct(table.type, elements, bases=(Wire,), frozen=True, kw_only=True, gc=False, namespace=namespace)


def _about(resource: Any) -> tuple[Reference | None]:
    """Whom it is about, where the subject is left as it is written: it is in nearly all in the very same words."""
    return (_SUBJECT.decode(resource.subject) if resource.subject else None,)
