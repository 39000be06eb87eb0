"""One resource of each type with everything in it that is read of that type, for the tests of what is left out."""

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw, Struct

from connectors.fhir.held import HELD, Held
from tests.connectors.fhir.any_resource import GOOD
from tests.connectors.fhir.reading import ME

HELDS: tuple[Held, ...] = tuple(held for types_ in HELD.values() for held in types_)
_DATES = ("date", "recorded", "issued", "start", "end", "created", "on", "when", "asserted", "updated", "creation")
_REFERENCES = {
    "encounter": "Encounter/e1",
    "context": "Encounter/e1",
    "claim": "Claim/c1",
    "general_practitioner": "Practitioner/d1",
    "author": "Organization/o1",
    "result": "Observation/w1",
}


def _text(name: str) -> str:
    return "2026-05-04T08:00:00+07:00" if any(part in name.split("_") for part in (*_DATES, "time")) else f"{name} x"


_PLAIN: Mapping[Any, Callable[[str], Any]] = {
    str: _text,
    int: lambda _: 1,
    Decimal: lambda _: 1.5,
    bool: lambda _: True,
    Raw: lambda _: {},
}


def filled(held: Held, *, form: int = 0) -> dict[str, Any]:
    """A resource in which every element stands that is read of the type; it is a record.

    Args:
        held: the type.
        form: which form stands there where an element has several.
    """
    everything = {
        one.encode_name: _value(one.name, one.type, form)
        for one in msgspec.structs.fields(held.wire)
        if one.name not in ("resource_type", "id", "contained")
    }
    good = {**GOOD, "Patient": {"name": [{"text": "Mẫu"}], "birthDate": "1990-03-02"}}[held.type]
    (about,) = (one.encode_name for one in msgspec.structs.fields(held.wire) if one.name == "subject")
    decided = {"doNotPerform": False} if "doNotPerform" in everything else {}
    return {"resourceType": held.type, "id": "x1", **everything, **good, **decided, about: ME}


def without_each(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resource, and the resource with each element missing in turn: then another one may speak for it."""
    yield resource
    for name in resource.keys() - {"resourceType", "id"}:
        yield {key: value for key, value in resource.items() if key != name}


def _value(name: str, kind: Any, form: int) -> Any:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        several = [part for part in parts if part is not type(None)]
        return _value(name, several[form % len(several)], form)
    if origin is tuple:
        return [_value(name, parts[0], form)]
    if kind in _PLAIN:
        return _PLAIN[kind](name)
    assert issubclass(kind, Struct), kind
    if kind.__name__ == "Reference":
        return {"reference": _REFERENCES.get(name, "Organization/o1"), "display": f"Mẫu {name}"}
    return {one.encode_name: _value(one.name, one.type, form) for one in msgspec.structs.fields(kind)}
