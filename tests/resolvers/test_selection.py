"""Whether a caller reads a field below a list, wherever in the document it stands."""

import pytest
from graphql import FieldNode, FragmentDefinitionNode, OperationDefinitionNode, parse

from resolvers.selection import Selections


def lines_are_read(document: str) -> bool:
    """Whether ``lines`` is read below the only field of the operation."""
    definitions = parse(document).definitions
    fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
    (operation,) = (one for one in definitions if isinstance(one, OperationDefinitionNode))
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return "lines" in Selections().below([field], fragments)


@pytest.mark.parametrize(
    "document",
    [
        "{claims{nodes{lines{name}}}}",
        "{claims{edges{node{all: lines{name}}}}}",
        "{claims{nodes{... on Claim{lines{name}}}}}",
        "{claims{...A}} fragment A on ClaimConnection{nodes{...B}} fragment B on Claim{lines{name}}",
        "{claims{nodes{... @defer{lines{name}}}}}",
    ],
)
def test_a_field_is_found_wherever_it_stands(document: str) -> None:
    assert lines_are_read(document)


@pytest.mark.parametrize(
    "document",
    [
        "{claims{nodes{total}}}",
        "{claims{nodes{lines: total}}}",
        "{claims{nodes{total}}} fragment A on Claim{lines{name}}",
        "{claims{...A}} fragment A on ClaimConnection{...A}",
        "{claims{...Missing}}",
    ],
)
def test_what_is_not_read_is_not_found(document: str) -> None:
    """An alias is no field; a fragment that nobody spreads is nobody's; one that spreads itself ends."""
    assert not lines_are_read(document)


def test_fragments_that_unfold_to_millions_are_looked_into_once() -> None:
    """Each spreads the next one twice, forty deep."""
    bomb = "".join(f" fragment F{i} on Claim{{...F{i + 1} ...F{i + 1}}}" for i in range(40))
    assert not lines_are_read("{claims{nodes{...F0}}}" + bomb + " fragment F40 on Claim{total}")


def test_what_is_known_of_a_field_is_bounded_and_never_another_ones() -> None:
    """However many documents come and go; a field is known by being the very same object."""
    selections = Selections()
    for number in range(5000):
        (operation,) = parse(f"{{claims{{nodes{{f{number}}}}}}}").definitions
        assert isinstance(operation, OperationDefinitionNode)
        (field,) = operation.selection_set.selections
        assert isinstance(field, FieldNode)
        for _ in range(2):
            assert selections.below([field], {}) == {"claims", "nodes", f"f{number}"}
    assert len(selections) == 2000
