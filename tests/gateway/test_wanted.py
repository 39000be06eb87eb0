"""A field says the same whatever else is selected: what nobody looks at is left out, and nothing else."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from resolvers.wanting import _SECTIONS
from tests.golden.everything import SCHEMA, _field
from tests.running import Running
from tests.sandbox.city import City

LISTS = sorted(_SECTIONS.keys() - {"demographics"})
WHERE = "provenance { sourceRecordId source { name } }"
APART = {"conflicts", "provenance", "lines"}
"""The first is made of everything, the second stands in every question here; for the third an insurer is asked for each
claim by itself, and then knows more of it."""

BY_ID = {"id", "claim", "results", "missingResults"}
"""Where ids are looked at, what is true of one moment is ordered by them."""


def fields_of(section: str) -> dict[str, str]:
    """Each field of the items of that list, with all that it says."""
    citizen = SCHEMA.type_map["Citizen"]
    assert isinstance(citizen, GraphQLObjectType)
    connection = get_named_type(citizen.fields[section].type)
    assert isinstance(connection, GraphQLObjectType)
    item = get_named_type(connection.fields["nodes"].type)
    assert isinstance(item, GraphQLObjectType)
    found = {
        name: _field(name, field, ("Citizen", connection.name, item.name), 3) for name, field in item.fields.items()
    }
    return {name: selection for name, selection in found.items() if selection and name not in APART}


async def asked(gateway: Running, city: City, section: str, selection: str) -> list[dict[str, Any]]:
    """The items of that list, of somebody whom two hospitals know."""
    query = f"{{ me {{ {section} {{ totalCount nodes {{ {WHERE} {selection} }} }} }} }}"
    listed = (await gateway.ask(query, token=city.eid.token_for("an"))).data["me"][section]
    assert listed["totalCount"] in (None, len(listed["nodes"]))
    return list(listed["nodes"])


def where(item: dict[str, Any]) -> str:
    """What tells an item from the others, whoever joined it of what."""
    return str(item["provenance"])


@pytest.mark.parametrize("section", LISTS)
async def test_a_field_says_the_same_when_it_is_selected_alone(gateway: Running, city: City, section: str) -> None:
    """Beside everything, and alone: the same items in the same order, and the same in each field."""
    fields = fields_of(section)
    whole = await asked(gateway, city, section, " ".join([*fields.values(), "conflicts { field }"]))
    known = {where(item): item for item in whole}
    # One after the other: to validate them all takes longer than a source has to answer.
    each = [await asked(gateway, city, section, selection) for selection in fields.values()]
    orders = set()
    for name, alone in zip(fields, each, strict=True):
        assert {where(item): item[name] for item in alone} == {place: item[name] for place, item in known.items()}
        if name not in BY_ID:
            orders.add(tuple(map(where, alone)))
    assert len(orders) == 1
