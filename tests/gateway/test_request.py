"""A request is read the same way by POST and by GET, strictly, and nothing of it comes back."""

from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RequestError
from gateway.operations.request import GraphQLRequest, from_body, from_query_string

ME = "{ me { id } }"
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(min_size=1, max_size=30), names, st.dictionaries(names, json, max_size=3))
def test_both_ways_give_the_same_request(query: str, name: str, variables: dict[str, object]) -> None:
    """What a client library would write in either way, of any text and any variables."""
    wanted = GraphQLRequest(query=query, variables=variables, operation_name=name)
    body = orjson.dumps({"query": query, "variables": variables, "operationName": name})
    written = {"query": query, "variables": orjson.dumps(variables).decode(), "operationName": name}

    assert from_body(body) == wanted
    assert from_query_string(urlencode(written).encode()) == wanted


@pytest.mark.parametrize("body", [{"query": ME}, {"query": ME, "variables": None, "operationName": None, "x": 1}])
def test_what_is_not_given_is_not_there(body: dict[str, object]) -> None:
    """Null is as good as nothing; members that we do not know are passed over, as the protocol wants."""
    assert from_body(orjson.dumps(body)) == GraphQLRequest(query=ME)


@given(st.dictionaries(st.text(max_size=5), json | st.floats(allow_nan=False, allow_infinity=False), max_size=3))
def test_the_spaces_between_the_members_make_no_difference(variables: dict[str, object]) -> None:
    """Whether the text is what our own reader would write or not: both are read to the same values."""
    body = {"query": ME, "variables": variables}
    tight, wide = orjson.dumps(body), orjson.dumps(body, option=orjson.OPT_INDENT_2)

    assert from_body(tight) == from_body(wide) == GraphQLRequest(query=ME, variables=variables)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_request_or_a_400(raw: bytes) -> None:
    """By either way, and the sentence is always one of ours."""
    for read in (from_body, from_query_string):
        try:
            assert read(raw).query
        except RequestError as error:
            assert error.status == 400  # noqa: PT017 - either is right, nothing else is


@given(json.filter(lambda value: not isinstance(value, dict)))
def test_a70_only_an_object_is_a_request(value: object) -> None:
    """Every other JSON value is refused, however well it is formed."""
    with pytest.raises(RequestError):
        from_body(orjson.dumps(value))


@pytest.mark.parametrize("depth", [1, 100, 900, 990, 1000, 1010, 1020, 1030, 5000])
def test_a70_at_no_depth_does_the_reader_break(depth: int) -> None:
    """Read or refused; the two readers inside may have different bounds."""
    body = b'{"query": "{ me { id } }", "variables": {"x": ' + b"[" * depth + b"]" * depth + b"}}"
    try:
        assert from_body(body).query == ME
    except RequestError as error:
        assert error.status == 400  # noqa: PT017 - either is right, nothing else is


@pytest.mark.parametrize(
    "raw",
    [
        b'{"query": "x", "query": "y"}',
        b'{"query": "x", "\\u0071uery": "x"}',
        b'{"query": "x", "variables": {"a": 1, "a": 2}}',
        b'{"query": "x", "variables": {"a": [{"b": {"c": 1, "c": 1}}]}}',
        b'{"query":"x","query":"x"}',
        b'{"query":"x","variables":{"a":1,"a":1}}',
    ],
)
def test_a70_a_member_that_stands_twice_is_refused_at_any_depth(raw: bytes) -> None:
    """One reader takes the first, another the last: nobody shall see something else than we do."""
    with pytest.raises(RequestError, match="twice"):
        from_body(raw)


@pytest.mark.parametrize("name", ["", " ", "a b", "a-b", "1a", "é", "Ａ", "a\n", "a" * 257, "a\x00"])
def test_a57_an_operation_name_is_a_name(name: str) -> None:
    """Of GraphQL, in ASCII, and short: it stands in a log."""
    with pytest.raises(RequestError):
        from_body(orjson.dumps({"query": ME, "operationName": name}))


@pytest.mark.parametrize("body", [{"variables": {"id": "079187998112"}}, {"query": 79187998112}, ["079187998112"]])
def test_nothing_of_a_refused_body_comes_back(body: object) -> None:
    """Not in the sentence, and not by way of the exception that caused it."""
    with pytest.raises(RequestError) as refused:
        from_body(orjson.dumps(body))

    assert "187998112" not in str(refused.value.formatted())
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
