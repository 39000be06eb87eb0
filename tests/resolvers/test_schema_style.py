"""How the published schema is written: the rules, each with its reason. Who breaks one on purpose writes down why."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

SCHEMA = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8"))
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")
CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
SHOUTED = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
VERBS = ("get", "list", "fetch", "find", "query")


def types() -> list[GraphQLNamedType]:
    """Every type of the file."""
    return [known for known in SCHEMA.type_map.values() if not known.name.startswith("__")]


def fields() -> Iterator[tuple[str, str, GraphQLField]]:
    """Type, name and field, of all that can be selected."""
    for known in types():
        if isinstance(known, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in known.fields.items():
                yield known.name, name, field


def test_names_have_the_form_that_clients_expect() -> None:
    """PascalCase for types, camelCase for fields and arguments, SCREAMING_SNAKE_CASE for values.

    Generators turn these into names of their languages.
    """
    odd = [known.name for known in types() if not PASCAL.fullmatch(known.name)]
    odd += [f"{owner}.{name}" for owner, name, _ in fields() if not CAMEL.fullmatch(name)]
    odd += [
        f"{owner}.{name}({arg})" for owner, name, field in fields() for arg in field.args if not CAMEL.fullmatch(arg)
    ]
    for known in types():
        if isinstance(known, GraphQLEnumType):
            odd += [f"{known.name}.{value}" for value in known.values if not SHOUTED.fullmatch(value)]
        if isinstance(known, GraphQLInputObjectType):
            odd += [f"{known.name}.{name}" for name in known.fields if not CAMEL.fullmatch(name)]

    assert odd == []


def test_a_field_is_a_noun() -> None:
    """To read is no act: ``encounters``, not ``getEncounters``. Mutations alone are verbs."""
    acting = [
        f"{owner}.{name}" for owner, name, _ in fields()
        for verb in VERBS if owner != "Mutation" and re.match(f"{verb}([A-Z]|$)", name)
    ]  # fmt: skip

    assert acting == []


def test_no_field_repeats_its_type() -> None:
    """``Claim.status``, not ``Claim.claimStatus``."""

    def begins(owner: str, name: str) -> bool:
        own = owner[0].lower() + owner[1:]
        return name.startswith(own) and name[len(own) : len(own) + 1].isupper()

    assert [f"{owner}.{name}" for owner, name, _ in fields() if begins(owner, name)] == []


def test_a_list_is_never_null_and_holds_no_null() -> None:
    """``[T!]!``: a client need not tell "no list" from "empty"; what is missing is said by ``completeness``."""
    loose = []
    for owner, name, field in fields():
        kind = get_nullable_type(field.type)
        if is_list_type(kind) and not (is_non_null_type(field.type) and is_non_null_type(kind.of_type)):
            loose.append(f"{owner}.{name}: {field.type}")

    assert [one for one in loose if one.partition(":")[0] not in UNKNOWN_LISTS] == []


UNKNOWN_LISTS = {
    "Claim.lines": "null where the source does not itemise: that is not the same as no lines",
    "Citizen.consents": "null where the caller may not know, or the store is away: not the same as nothing blocked",
    "Citizen.notices": "null where the caller may not know, or the store is away",
    "Citizen.irregularityReports": "null where the caller may not know, or the log is away",
}
"""Those that may be null, and what that means."""


def says_how_complete(known: GraphQLNamedType) -> bool:
    """By a field of its own, or of each of its parts."""
    if not isinstance(known, GraphQLObjectType):
        return False
    parts = [get_named_type(field.type) for field in known.fields.values() if field.description]
    own = {"completeness", "sources", "cannotSay"} & known.fields.keys()
    return bool(own) or all(says_how_complete(part) for part in parts if not is_leaf_type(part))


def test_what_fails_alone_can_be_null_alone() -> None:
    """A section never takes the citizen with it: an error at a field that is not nullable wipes out its parent.

    What asks sources and is one object is nullable, or it, or each of its parts, says how complete it is.
    """
    complete = {known.name for known in types() if says_how_complete(known)}
    citizen = SCHEMA.type_map["Citizen"]
    assert isinstance(citizen, GraphQLObjectType)
    wiping = [
        f"Citizen.{name}: {field.type}" for name, field in citizen.fields.items()
        if is_non_null_type(field.type)
        and not is_leaf_type(get_named_type(field.type))
        and not is_list_type(get_nullable_type(field.type))
        and get_named_type(field.type).name not in complete
    ]  # fmt: skip

    assert wiping == []


REFUSED_ALONE = ("consents", "accessPreview", "notices", "noticeAddress", "accessLog", "irregularityReports")
"""Fields of a citizen that are refused to some who may see the rest, or rest on a store that may be away alone."""


@pytest.mark.parametrize("name", REFUSED_ALONE)
def test_what_is_refused_alone_is_null_alone(name: str) -> None:
    """A screen that shows a child's record and asks for its push address as well keeps the record."""
    citizen = SCHEMA.type_map["Citizen"]
    assert isinstance(citizen, GraphQLObjectType)
    assert not is_non_null_type(citizen.fields[name].type)


def test_an_id_is_an_id_and_never_null() -> None:
    """``id: ID!``, and what is called so is nothing else: caches of clients take it for the identity of the object."""
    odd = [f"{owner}.id: {field.type}" for owner, name, field in fields() if name == "id" and str(field.type) != "ID!"]

    assert odd == []


OF_OUR_OWN = {"AccessLogConnection"}
"""Lists that no source holds: nobody counts them, and whether they are whole is one word."""


def test_connections_are_relays() -> None:
    """With nodes, edges, page, count and completeness; ``first`` and ``after`` on whatever gives one."""
    odd = []
    for known in types():
        if isinstance(known, GraphQLObjectType) and known.name.endswith("Connection"):
            told = {"complete"} if known.name in OF_OUR_OWN else {"totalCount", "completeness"}
            odd += [] if {"nodes", "edges", "pageInfo", *told} <= known.fields.keys() else [known.name]
    for owner, name, field in fields():
        if get_named_type(field.type).name.endswith("Connection") and not {"first", "after"} <= field.args.keys():
            odd.append(f"{owner}.{name}")

    assert odd == []


def test_times_and_dates_are_called_so() -> None:
    """``…At`` and ``at`` are moments, ``on`` and ``…On`` are days, wherever that is what the name ends in."""
    moments = {"DateTime"}
    odd = [
        f"{owner}.{name}: {field.type}" for owner, name, field in fields()
        if re.search(r"(^at$|[a-z]At$)", name) and get_named_type(field.type).name not in moments
    ]  # fmt: skip

    assert odd == []


def test_truths_are_never_null() -> None:
    """A ``Boolean`` that may be null is a third answer; where there are three, an enumeration names them."""
    three = [
        f"{owner}.{name}" for owner, name, field in fields()
        if get_named_type(field.type).name == "Boolean" and not isinstance(field.type, GraphQLNonNull)
    ]  # fmt: skip

    assert [one for one in three if one not in THREE_VALUED] == []


THREE_VALUED = {"CoPaymentExemption.fiveYears": "null where nobody can say"}
"""Those that may be null, and what null means there."""


def test_mutations_give_payloads() -> None:
    """An object that can grow, never a bare record or a truth value."""
    mutation = SCHEMA.mutation_type
    assert mutation
    kinds = [str(field.type) for field in mutation.fields.values()]

    assert [kind for kind in kinds if not re.fullmatch(r"[A-Z][A-Za-z]*Payload!", kind)] == []


def test_nothing_deprecated_is_without_a_reason() -> None:
    """And a reason names what to use instead."""
    assert [f"{owner}.{name}" for owner, name, field in fields() if field.deprecation_reason == ""] == []
