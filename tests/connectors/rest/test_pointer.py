"""Pointers into a document (RFC 6901)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.rest.pointer import ABSENT, Pointer

DOCUMENT: dict[str, Any] = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "m~n": 8,
    "~1": 9,
    "k": {"l": None},
    " ": 7,
    "0": "zero",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="a/~01 ", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="a/~01 ", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/m~0n", 8),
        ("/~01", 9),
        ("/ ", 7),
        ("/0", "zero"),
        ("/k/l", None),
    ],
)
def test_the_examples_of_the_rfc(pointer: str, value: Any) -> None:
    assert Pointer(pointer).find(DOCUMENT) == value


@pytest.mark.parametrize(
    "pointer",
    ["/foo/2", "/foo/00", "/foo/-1", "/foo/-", "/foo/bar", "/foo/１", "/nope", "/k/l/m", "/a/b", "//", "/foo/"],
)
def test_what_is_not_there_is_absent(pointer: str) -> None:
    """Also an index beyond the end, with a leading zero or negative, and a step into a plain value."""
    assert Pointer(pointer).find(DOCUMENT) is ABSENT


@pytest.mark.parametrize("text", ["foo", "0", "foo/bar", "/~", "/a~2", "/~~", " /a", "#/a"])
def test_what_is_no_pointer_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="JSON pointer"):
        Pointer(text)


def paths(value: Any) -> list[tuple[list[str], Any]]:
    """Every way into a document, written by hand."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [([str(step), *way], found) for step, inner in steps for way, found in paths(inner)]
    return [([], value), *below]


@given(JSON)
def test_every_value_of_a_document_is_found_where_it_stands(document: Any) -> None:
    """Whatever slashes and tildes its names hold."""
    for way, value in paths(document):
        pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in way)
        assert Pointer(pointer).find(document) is value


@given(st.text(alphabet="/~01a-é", max_size=8), JSON)
def test_any_text_is_a_pointer_or_an_error_and_any_pointer_finds_or_does_not(text: str, document: Any) -> None:
    try:
        pointer = Pointer(text)
    except ValueError:
        assert text[:1] != "/" or "~" in text
    else:
        found = pointer.find(document)
        assert found is ABSENT or any(found is value for _, value in paths(document))
