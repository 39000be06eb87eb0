"""Media types, as GraphQL over HTTP and RFC 9110 have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RequestError
from gateway.negotiation import AnswerType, answer_type, require_json

GRAPHQL, JSON = AnswerType.GRAPHQL, AnswerType.JSON


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        pytest.param([], GRAPHQL, id="nothing said"),
        ([b"application/graphql-response+json"], GRAPHQL),
        ([b"application/graphql-response+json; charset=utf-8"], GRAPHQL),
        ([b"application/json"], JSON),
        ([b"APPLICATION/JSON ;Q=0.1"], JSON),
        ([b"*/*"], GRAPHQL),
        ([b"application/*"], GRAPHQL),
        pytest.param([b"application/json, text/plain, */*"], JSON, id="axios: the first that is named"),
        ([b"application/graphql-response+json, application/json;q=0.9"], GRAPHQL),
        pytest.param([b"application/json;q=0.5, */*;q=0.1"], JSON, id="the weightier"),
        pytest.param([b"*/*, application/graphql-response+json;q=0"], JSON, id="the exception from all"),
        pytest.param([b"*/*;q=0.1, application/json;q=0"], GRAPHQL, id="and the other way round"),
        pytest.param([b"text/html", b"application/json"], JSON, id="in two lines"),
        pytest.param([b"text/html, application/xhtml+xml, */*;q=0.8"], GRAPHQL, id="a browser"),
    ],
)
def test_the_best_type_is_chosen(accept: list[bytes], wanted: AnswerType) -> None:
    """By weight, then by order, then the one that tells more; the most specific range counts for each type."""
    assert answer_type(accept) is wanted


@pytest.mark.parametrize(
    "accept",
    [
        b"",
        b"text/html",
        b"application/json;q=0",
        b"application/json;q=0.000",
        b"*/*;q=0",
        b"application/json;q=NaN",
        b"application/json;q=inf",
        b"application/json;q=2",
        b"application/json;q=-1",
        b"application/json;q=1e0",
        b"application/json;q=",
        b"application/jsonx",
        b"*",
        b"*/json",
        b"\xff\xfe",
    ],
)
def test_a74_nothing_that_we_write_is_wanted(accept: bytes) -> None:
    """406; a weight that is none counts as a refusal."""
    with pytest.raises(RequestError) as refused:
        answer_type([accept])

    assert refused.value.status == 406


@given(st.lists(st.binary(max_size=60), max_size=3))
def test_any_bytes_are_an_answer_or_a_406(accept: list[bytes]) -> None:
    """Nothing else comes out, whatever goes in."""
    try:
        assert answer_type(accept) in AnswerType
    except RequestError as error:
        assert error.status == 406  # noqa: PT017 - either is right, nothing else is


@pytest.mark.parametrize(
    "content_type",
    [b"application/json", b"Application/JSON", b"application/json;", b'application/json ; charset="UTF-8"'],
)
def test_json_in_utf_8_is_taken(content_type: bytes) -> None:
    """However it is written."""
    require_json([content_type])


@pytest.mark.parametrize(
    "content_type",
    [
        [],
        [b""],
        [b"application/json", b"application/json"],
        [b"application/json, application/json"],
        [b"text/plain; application/json"],
        [b"application/jsonx"],
        [b"application/graphql"],
        [b"application/json; charset=utf-16"],
        [b"application/json; x=y"],
    ],
)
def test_a65_anything_else_is_415(content_type: list[bytes]) -> None:
    """Also twice the right one: two readers could see different things."""
    with pytest.raises(RequestError) as refused:
        require_json(content_type)

    assert refused.value.status == 415
