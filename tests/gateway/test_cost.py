"""The price of an operation, against one computed by brute force, and what is refused for it."""

import json

import pytest
from graphql import parse
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.operations.cost import LIST, PAGE, SECTION
from gateway.operations.documents import Documents
from gateway.settings import Limits
from resolvers.schema import build_schema
from resolvers.subgraph import MOST
from tests.gateway import documents
from tests.gateway.wire import post, said
from tests.running import Running

DOCUMENTS = Documents(build_schema()._schema, Limits(max_depth=100, max_directives=10_000, max_aliases=10_000))


def price(text: str, **variables: object) -> int:
    document = DOCUMENTS.get(text)
    (known,) = document.prices.values()
    return known.of(variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ __typename }", 0),
        ("{ me { id personalId } }", 1),
        ("{ me { encounters { totalCount } } }", 1 + SECTION),
        ("{ me { encounters { nodes { id } } } }", 1 + SECTION + PAGE),
        ("{ me { encounters(first: 3) { nodes { id } } } }", 1 + SECTION + 3),
        ("{ me { encounters(first: 3) { edges { node { id } } } } }", 1 + SECTION + 3 * 2),
        (
            "{ me { encounters(first: 3) { nodes { provenance { source { id } } } } } }",
            1 + SECTION + 3 * (1 + LIST * 2),
        ),
        ("{ me { encounters(first: null) { nodes { id } } } }", 1 + SECTION + PAGE),
        (
            "{ me { encounters(first: 3) { ...F } } } fragment F on EncounterConnection { nodes { id } }",
            1 + SECTION + 3,
        ),
        ("{ node(id: 1) { ... on Citizen { encounters(first: 2) { nodes { id } } } } }", 1 + SECTION + 2),
        ("{ sources { id } vocabularies { name } }", 2 * LIST),
        (
            "{ _entities(representations: []) { ... on Citizen { encounters(first: 2) { nodes { id } } } } }",
            MOST * (1 + SECTION + 2),
        ),
    ],
)
def test_a_field_costs_what_the_formula_says(text: str, expected: int) -> None:
    """As it is published."""
    assert price(text) == expected


def test_a_variable_costs_what_it_says() -> None:
    """The price is that of the values that came, not of the document."""
    text = """query ($n: Int, $m: Int = 7) { me {
        a: encounters(first: $n) { nodes { id } } b: encounters(first: $m) { nodes { id } } } }"""

    assert price(text, n=2) == 1 + 2 * SECTION + 2 + 7
    assert price(text, n=2, m=1) == 1 + 2 * SECTION + 2 + 1
    assert price(text) == 1 + 2 * SECTION + PAGE + 7


@pytest.mark.parametrize("value", [0, -1, True, "9", 1.5, [3], {"a": 1}, 10**12, float("nan"), None])
def test_a58_a_size_that_is_none_costs_a_whole_page(value: object) -> None:
    """It will be refused for what it is; here it must only not be cheaper, and not break anything."""
    assert price("query ($n: Int) { me { encounters(first: $n) { nodes { id } } } }", n=value) == 1 + SECTION + PAGE


@given(
    st.lists(
        st.sampled_from(["id", "...F", "...G", "facility { name }", "x: provenance { source { id } }"]),
        max_size=6,
        min_size=1,
    )
)
@settings(max_examples=50)
def test_a_fragment_costs_as_often_as_it_is_spread(parts: list[str]) -> None:
    """And the same as its fields in its place."""
    f, g = "diagnoses { role }", "diagnoses { code { text } } ...F"
    whole = " ".join(parts)
    spread = f"{{ me {{ encounters {{ nodes {{ {whole} }} }} }} }}"
    spread += f" fragment F on Encounter {{ {f} }} fragment G on Encounter {{ {g} }}" if "..." in whole else ""
    if "...G" not in whole and "...F" in whole:
        spread = spread.replace(f" fragment G on Encounter {{ {g} }}", "")
    unfolded = whole.replace("...G", "diagnoses { code { text } } ... { diagnoses { role } }").replace(
        "...F", "... { diagnoses { role } }"
    )

    assert price(spread) == price(f"{{ me {{ encounters {{ nodes {{ {unfolded} }} }} }} }}")


def test_a49_doubling_fragments_are_priced_in_one_walk() -> None:
    """Their fields would be 2^28; the walk sees each once."""
    text = documents.doubling(28).replace(" id ", " encounters(first: 1) { nodes { id } } ")
    assert len(parse(text).definitions) == 30
    assert DOCUMENTS.get(text).prices[None].of({}) == 1 + (SECTION + 1) * 2**28


MUCH = """{ me { dependants { nodes { citizen { encounters(first: 1000) { nodes {
    medications { ingredients { codings { code } } provenance { source { name } } } } } } } } } }"""


@pytest.mark.parametrize("document", [MUCH, MUCH.replace("1000", "$n").replace("{ me", "query ($n: Int!) { me", 1)])
async def test_a51_lists_in_lists_in_lists_are_refused(gateway: Running, token: str, document: str) -> None:
    """Also where a variable says how long they are. Price and limit are told."""
    body = json.dumps({"query": document, "variables": {"n": 1000}}).encode()
    heard = await said(gateway, post(body, token=token))

    assert (heard.status, heard.codes) == (400, ["COST_ESTIMATED_TOO_EXPENSIVE"])
    told = heard.json["errors"][0]["extensions"]
    assert told["price"] > told["limit"] == 100_000


async def test_the_cost_is_told_to_whoever_asks(gateway: Running, token: str) -> None:
    """Beside the data, and not otherwise."""
    asked = await said(
        gateway, post(json.dumps({"query": "{ me { id } }", "extensions": {"cost": True}}).encode(), token=token)
    )
    plain = await said(gateway, post(json.dumps({"query": "{ me { id } }"}).encode(), token=token))

    assert asked.json["extensions"]["cost"] == {"price": 1, "limit": 100_000}
    assert "cost" not in plain.json["extensions"]
