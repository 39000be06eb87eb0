"""A request's header: written once, and never more fields than were meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.carrying import Call, Head
from connectors.errors import Garbled

NAMES = st.sampled_from(["accept", "authorization", "prefer", "x-request-id"])
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)


@given(first=st.dictionaries(NAMES, VALUES), more=st.dictionaries(NAMES, VALUES))
def test_what_is_added_is_written_as_if_all_had_been_written_at_once(
    first: dict[str, str], more: dict[str, str]
) -> None:
    """A field that is there already is replaced: it stands in no header twice."""
    head = Head.of(first).adding(more)
    assert head == Head.of({**first, **more})
    assert head.written.count(b"\r\n") == len({*first, *more})


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\nx-evil: 1", "a\r", "ế"])
def test_a_value_never_makes_a_field_of_its_own(value: str) -> None:
    with pytest.raises(Garbled):
        Head.of({"accept": value})
    with pytest.raises(Garbled):
        Head.of({}).adding({"accept": value})


def test_a_header_shows_no_credential() -> None:
    head = Head.of({"authorization": "Bearer very-secret"})
    assert "secret" not in repr(head)
    assert "secret" not in repr(Call(method="GET", target="/very-secret", head=head))
