"""Media types, as GraphQL over HTTP and RFC 9110 have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RequestError
from gateway.negotiation import Accepted, AnswerType, Form, Framing, Streaming, accepted, require_json

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
    assert accepted(accept).whole is wanted


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
        accepted([accept])

    assert refused.value.status == 406


APOLLO = b"multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9"
APOLLO_OLD = b"multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9"
URQL = (
    b"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest.mark.parametrize(
    ("accept", "whole", "streaming"),
    [
        pytest.param(APOLLO, GRAPHQL, Streaming(Framing.MULTIPART, Form.IDS), id="Apollo Client 4"),
        pytest.param(APOLLO_OLD, GRAPHQL, Streaming(Framing.MULTIPART, Form.PATHS), id="Apollo Client 3"),
        pytest.param(URQL, GRAPHQL, Streaming(Framing.EVENTS, Form.PATHS), id="urql"),
        pytest.param(b"text/event-stream", None, Streaming(Framing.EVENTS, Form.PATHS), id="graphql-sse"),
        (b"multipart/mixed;q=0.5, text/event-stream;q=0.6", None, Streaming(Framing.EVENTS, Form.PATHS)),
        (b"application/json, multipart/mixed;q=0", JSON, None),
        pytest.param(b"*/*", GRAPHQL, None, id="who takes everything is not sent a stream"),
        pytest.param(b"*/*, multipart/*", GRAPHQL, None, id="nor who names no type"),
        pytest.param(b"multipart/mixed;incrementalSpec=v9, application/json", JSON, None, id="another specification"),
        pytest.param(b"multipart/mixed;subscriptionSpec=1.0, application/json", JSON, None, id="another protocol"),
    ],
)
def test_who_can_read_a_stream_says_so_by_name(
    accept: bytes, whole: AnswerType | None, streaming: Streaming | None
) -> None:
    """In the form that the client knows; as clients really write it."""
    assert accepted([accept]) == Accepted(whole, streaming)


@given(st.lists(st.binary(max_size=60), max_size=3))
def test_any_bytes_are_an_answer_or_a_406(accept: list[bytes]) -> None:
    """Nothing else comes out, whatever goes in."""
    try:
        found = accepted(accept)
        assert found.whole or found.streaming
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
