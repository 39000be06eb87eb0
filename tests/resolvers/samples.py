"""Records of every class with something in every field, made from what the class says of its fields."""

import types
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from msgspec import NODEFAULT, Struct, structs

from connectors.records import PartialDate, Provenance, Record
from tests.resolvers.joining.facts import told

R = TypeVar("R", bound=Record)

_PLAIN: dict[Any, tuple[Any, ...]] = {
    str: ("79981", "Mẫu"),
    bool: (True, False),
    int: (2, 3),
    Decimal: (Decimal(2), Decimal("2.5")),
    date: (date(2026, 1, 5), date(2026, 1, 6)),
    datetime: (datetime(2026, 1, 5, 8, tzinfo=UTC), datetime(2026, 1, 6, 8, tzinfo=UTC)),
    PartialDate: (PartialDate("2026-01-05"), PartialDate("2026-01")),
}


def values(kind: Any) -> tuple[Any, ...]:
    """Some values of that type, none of them empty."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return tuple(_struct(kind, number) for number in range(2))
    parts = [part for part in typing.get_args(kind) if part not in (type(None), Ellipsis)]
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return values(parts[0])
    if origin is tuple:
        return tuple((value,) for value in values(parts[0]))
    assert origin in (typing.Union, types.UnionType), kind
    return tuple(value for part in parts for value in values(part))


def _struct(kind: type[Struct], number: int) -> Any:
    hints = typing.get_type_hints(kind)
    return kind(**{name: (said := values(hints[name]))[number % len(said)] for name in kind.__struct_fields__})


def hints_of(about: type[Record]) -> dict[str, Any]:
    """Name and type of what such a record says."""
    hints = typing.get_type_hints(about)
    return {name: hints[name] for name in about.__struct_fields__ if name not in ("id", "provenance", "conflicts")}


def sample(about: type[R], source: str = "a", number: str = "1", **more: Any) -> R:
    """A record with something in every field."""
    said = {name: values(kind)[0] for name, kind in hints_of(about).items()}
    return about(**{**told(source, number, datetime(2026, 1, 5, tzinfo=UTC)), **said, **more})


def variants(about: type[R]) -> Iterator[R]:
    """The full record; then each field with each other value, and without any where it need not have one."""
    yield sample(about)
    for name, kind in hints_of(about).items():
        for value in values(kind):
            yield sample(about, **{name: value})
    for name, value in defaults(about).items():
        yield sample(about, **{name: value})


def defaults(about: type[Struct]) -> dict[str, Any]:
    """What may be left out of such a record, with what then stands there."""
    return {
        field.name: field.default
        for field in structs.fields(about)
        if field.default is not NODEFAULT and field.name != "conflicts"
    }


def without(record: R, wanted: frozenset[str]) -> R:
    """The record as a kind may give it of which nothing but that is wanted."""
    left_out = {name: value for name, value in defaults(type(record)).items() if name not in wanted}
    kept_places = {name: value for name, value in defaults(Provenance).items() if name in ("recorded_at", "author")}
    places = tuple(
        structs.replace(place, **{name: value for name, value in kept_places.items() if name not in wanted})
        for place in record.provenance
    )
    return structs.replace(record, provenance=places, **left_out)


def watched(record: R, seen: set[str]) -> R:
    """The same record; every name that is read of it, or of its provenance, is written down."""
    places = tuple(_watched(place, seen) for place in record.provenance)
    return typing.cast("R", _watched(structs.replace(record, provenance=places), seen))


def _watched(one: Any, seen: set[str]) -> Any:
    kind = type(one)

    class Watched(kind, frozen=True, kw_only=True):  # type: ignore[misc, valid-type, call-arg]
        def __getattribute__(self, name: str) -> Any:
            if name in kind.__struct_fields__:
                seen.add(name)
            return object.__getattribute__(self, name)

    return Watched(**structs.asdict(one))
