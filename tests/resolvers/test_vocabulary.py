"""Words for every value that is no free text, in every language."""

import msgspec
import pytest
from graphql import GraphQLEnumType

from connectors import records
from connectors.records import RECORD_CLASSES
from resolvers.language import LANGUAGES
from resolvers.schema import build_schema
from resolvers.shown import ENUMERATIONS
from resolvers.terminology.catalogues import CATALOGUES, ENUMS

CODED = ("status", "category", "criticality", "severity", "entitlement")
"""Names of text fields that carry codes."""


def coded_fields() -> set[str]:
    """Text fields of records that carry codes."""
    return {
        f"{record.__name__}.{field.name}"
        for record in RECORD_CLASSES
        for field in msgspec.structs.fields(record)
        if field.name in CODED and getattr(field.type, "__origin__", None) in (str, str | None)
    }


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_every_enumeration_of_the_schema_has_words(tag: str) -> None:
    """Whoever adds a member adds its words; and no word stays for a member that is gone."""
    types = build_schema()._schema.type_map.values()
    published = {
        known.name: set(known.values)
        for known in types
        if isinstance(known, GraphQLEnumType) and "__" not in known.name  # those of GraphQL and of federation
    }
    assert {name: set(words) for name, words in ENUMS[tag].items()} == published
    assert all(text.strip() for words in ENUMS[tag].values() for text in words.values())
    assert ENUMERATIONS.keys() == published.keys()


def test_every_text_field_that_carries_codes_has_a_list_of_them() -> None:
    """Exactly one list for each, and no list for a field that does not exist."""
    listed = [field for catalogue in CATALOGUES.values() for field in catalogue.fields]
    assert len(listed) == len(set(listed))
    assert coded_fields() <= set(listed)
    for field in listed:
        record, _, name = field.partition(".")
        assert name in {known.name for known in msgspec.structs.fields(getattr(records, record))}, field
