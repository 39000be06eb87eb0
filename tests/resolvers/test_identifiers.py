"""References and ids tell nothing about the number, and are made by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.identifiers import Identifiers, is_personal_id

ONE, OTHER = Identifiers(b"1" * 32), Identifiers(b"2" * 32)
numbers = st.from_regex(r"[0-9]{12}", fullmatch=True)


@given(numbers)
def test_an_id_leads_back_to_its_number_here_and_nowhere_else(number: str) -> None:
    """Another gateway's key neither makes nor reads it."""
    made = ONE.node_id(number)

    assert ONE.personal_id(made) == number
    assert ONE.node_id(number) == made
    assert OTHER.personal_id(made) is None
    assert number not in made
    assert number not in ONE.reference(number)
    assert ONE.reference(number) != OTHER.reference(number)


@given(numbers, st.integers(0, 37), st.characters(codec="ascii"))
def test_a_changed_id_is_no_id(number: str, place: int, character: str) -> None:
    """Whoever changes one sign gets nothing."""
    made = ONE.node_id(number)
    place %= len(made) - 1  # the last sign carries bits that mean nothing
    changed = made[:place] + character + made[place + 1 :]

    assert ONE.personal_id(changed) == (number if changed == made else None)


@given(st.text())
def test_any_text_at_all_is_answered(text: str) -> None:
    """A made-up id is unknown, never an error."""
    assert ONE.personal_id(text) is None


def test_a_short_key_is_refused() -> None:
    """32 bytes at least."""
    with pytest.raises(ValueError, match="32"):
        Identifiers(b"short")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("079187998112", True),
        ("07918799811", False),
        ("0791879981122", False),
        ("０７９１８７９９８１１２", False),
        ("٠٧٩١٨٧٩٩٨١١٢", False),
        ("079187998112\n", False),
        ("", False),
    ],
)
def test_a30_a_personal_number_has_twelve_ascii_digits(text: str, *, fits: bool) -> None:
    """No other digits, nothing around them."""
    assert is_personal_id(text) is fits
