"""One document that asks for everything that the published schema has about a citizen.

It is made from the so that a new field is asked for by itself. A record is shown whole in its own list alone;
wherever else it stands, by its id.
"""

from collections.abc import Mapping
from pathlib import Path

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

SCHEMA = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8"))
FIRST = 3
"""Items of each list; its count stands beside them."""
ARGUMENTS: Mapping[str, str] = {
    "eligibility.facility": '"79981"',
    "eligibility.on": '"2026-11-24"',
    "duplicateTests.codes": '["4548-4", "718-7", "2345-7"]',
    "duplicateTests.withinDays": "90",
    "indicators.last": "0",
}
"""For fields that want to be told something."""
LEFT_OUT = frozenset(
    {
        "edges",
        "pageInfo",
        "retrievedAt",
        "elapsedMs",
        "retryAfter",
        "fromCache",
        "retryable",
        "url",
        "smallestChange",
        "advice",
    }
)
"""What says the same again, differs in every answer, or is the same for everybody."""
ELSEWHERE = frozenset(
    {"certificates", "consents", "accessLog", "irregularityReports", "accessPreview", "noticeAddress"}
)
"""Signed anew every time, or the gateway's own affair: no record of a source."""
BY_ID = frozenset({"Citizen", "Source", "Service"})
"""Always by their id alone."""

COMPLETENESS = "{ complete sources { source { id } state records } notAsked }"


def everything(*, first: int = FIRST) -> str:
    """The selection on a citizen, with that many items of each list."""
    sections = (
        _field(name, field, ("Citizen",), first) for name, field in _citizen().fields.items() if name != "sources"
    )
    return "{ " + " ".join(filter(None, sections)) + " }"


def extent() -> str:
    """The selection of what there is of each list, and how complete it is."""
    lists = [
        name for name, field in _citizen().fields.items() if get_named_type(field.type).name.endswith("Connection")
    ]
    kept = [name for name in lists if name not in ELSEWHERE and name != "timeline"]
    return "{ " + " ".join(f"{name} {{ nodes {{ id }} completeness {COMPLETENESS} }}" for name in kept) + " }"


def _citizen() -> GraphQLObjectType:
    citizen = SCHEMA.type_map["Citizen"]
    assert isinstance(citizen, GraphQLObjectType)
    return citizen


def _field(name: str, field: GraphQLField, above: tuple[str, ...], first: int) -> str:
    if name in LEFT_OUT or name in ELSEWHERE:
        return ""
    told = {}
    for argument, it in field.args.items():
        value = ARGUMENTS.get(f"{name}.{argument}")
        if value is None and argument == "first":
            value = str(first)
        if value is not None:
            told[argument] = value
        assert value is not None or not is_required_argument(it), f"ARGUMENTS lacks {name}.{argument}"
    written = name + (f"({', '.join(f'{key}: {value}' for key, value in told.items())})" if told else "")
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return written
    inner = _selection(kind, above, first)
    return f"{written} {inner}" if inner else ""


def _selection(kind: GraphQLNamedType, above: tuple[str, ...], first: int) -> str:
    if kind.name in BY_ID or (_is_record(kind) and len(above) > 2):
        return "{ __typename id }" if isinstance(kind, GraphQLInterfaceType) else "{ id }"
    if kind.name in above:
        return ""
    within = (*above, kind.name)
    if isinstance(kind, GraphQLUnionType):
        inner = [f"... on {part.name} {_selection(part, within, first)}" for part in kind.types]
        return "{ __typename " + " ".join(inner) + " }"
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    fields = [_field(name, field, within, first) for name, field in kind.fields.items()]
    return "{ " + " ".join(filter(None, fields)) + " }"


def _is_record(kind: GraphQLNamedType) -> bool:
    return kind.name == "Record" or any(one.name == "Record" for one in getattr(kind, "interfaces", ()))
