"""The published schema: true, complete in its words, and open to growth."""

from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType
from graphql import build_schema as build_from_text

from resolvers.publishing import published
from resolvers.schema import build_schema

PUBLISHED = Path(__file__).parents[2] / "schema.graphql"


OWN = {"AccessLogConnection", "AccessLogEdge"}
"""Lists of what this gateway itself writes: no records of sources."""


def own_types() -> list[GraphQLNamedType]:
    """Every type that is ours, as it is published."""
    types = build_from_text(PUBLISHED.read_text(encoding="utf-8")).type_map.values()
    return [known for known in types if not known.name.startswith("__")]


def test_the_published_file_is_what_the_code_says() -> None:
    """`make schema` prints it anew."""
    assert PUBLISHED.read_text(encoding="utf-8") == published(build_schema())


def test_everything_is_described() -> None:
    """Every type, field, argument and value has a sentence."""
    silent = []
    for known in own_types():
        if not known.description:
            silent.append(known.name)
        if isinstance(known, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in known.fields.items():
                silent += [] if field.description else [f"{known.name}.{name}"]
                arguments = getattr(field, "args", {})
                silent += [f"{known.name}.{name}({arg})" for arg, it in arguments.items() if not it.description]
        if isinstance(known, GraphQLEnumType):
            silent += [f"{known.name}.{name}" for name, value in known.values.items() if not value.description]

    assert silent == []


def test_every_list_of_records_says_how_complete_it_is() -> None:
    """Absence is never silence: no field of a citizen is a bare list of records."""
    types = {known.name: known for known in own_types()}
    citizen = types["Citizen"]
    assert isinstance(citizen, GraphQLObjectType)
    for name, field in citizen.fields.items():
        text = str(field.type).strip("!")
        inner = types.get(text.strip("[]!"))
        if isinstance(inner, GraphQLObjectType) and inner.name.endswith("Connection"):
            # Our own log has no sources that could stay silent; it says itself whether it has every entry.
            assert ("complete" if inner.name in OWN else "completeness") in inner.fields, name
        elif text.startswith("["):
            # What this gateway itself keeps is all there or an error; no source could have stayed silent.
            assert name in ("sources", "consents", "notices", "irregularityReports")


def test_every_record_says_where_it_comes_from() -> None:
    """What the connections list implements Record, and so has provenance."""
    for known in own_types():
        if isinstance(known, GraphQLObjectType) and known.name.endswith("Edge") and known.name not in OWN:
            node = known.fields["node"].type
            assert "provenance" in getattr(node, "of_type", node).fields
