"""Documents are judged once and kept; bad ones are judged each time and never kept."""

from hashlib import sha256

import pytest
from graphql import build_schema

from gateway.errors import InvalidDocument, RequestError
from gateway.operations.documents import Documents
from gateway.operations.execution import Executor, Operation
from gateway.operations.request import GraphQLRequest
from gateway.operations.trusted import Chosen
from gateway.settings import Execution, Limits
from resolvers.schema import build_schema as build_graph
from tests.gateway import documents

SCHEMA = build_schema("type Query { me: Citizen, node(id: ID!): Citizen } type Citizen { id: ID, self: Citizen }")
ME = "{ me { id } }"


def store(limit: int = 3) -> Documents:
    return Documents(SCHEMA, Limits(documents=limit))


def test_the_same_text_is_judged_once() -> None:
    """And is known by the SHA-256 of its text, as anybody can compute it."""
    kept = store()
    first = kept.get(ME)

    assert kept.get(ME) is first
    assert first.hash == sha256(ME.encode()).hexdigest()


def test_another_text_is_another_document() -> None:
    """A blank more is another text: two documents never share what was judged."""
    kept = store()

    assert kept.get(ME) is not kept.get(f"{ME} ")
    assert len(kept) == 2


def test_the_one_that_was_not_used_for_the_longest_time_is_forgotten() -> None:
    """The store is bounded, and use counts, not age."""
    kept = store(2)
    first, second = kept.get(ME), kept.get("{ me { self { id } } }")
    kept.get(ME)
    kept.get("{ __typename }")

    assert len(kept) == 2
    assert kept.get(ME) is first
    assert kept.get("{ me { self { id } } }") is not second


@pytest.mark.parametrize("text", ["", "{ me", "{ nonsense }", "{ a " * 300, documents.chain(50), "query A @x { me }"])
def test_what_is_refused_is_not_kept(text: str) -> None:
    """Nobody fills the store with rubbish, and so drives the good ones out; it is refused again the same way."""
    kept = store()
    found = set()
    for _ in range(3):
        with pytest.raises(InvalidDocument) as refused:
            kept.get(text)
        found.add(str(refused.value.formatted()))

    assert len(found) == 1
    assert len(kept) == 0


def test_no_more_than_five_errors_are_told() -> None:
    """However many there are."""
    with pytest.raises(InvalidDocument) as refused:
        store().get("{ a b c d e f g h }")

    assert [error["message"][:24] for error in refused.value.formatted()] == [
        f"Cannot query field '{name}' o" for name in "abcde"
    ]


def prepared(executor: Executor, *, query: str, operation_name: str | None = None) -> Operation:
    """The operation of a request in free text."""
    return executor.prepare(GraphQLRequest(query=query, operation_name=operation_name), Chosen(query, None))


@pytest.fixture(scope="module")
def executor() -> Executor:
    """Of the real graph, which does not tell its schema."""
    return Executor(build_graph(), Limits(), introspection=False, execution=Execution(), differs=print)


def test_the_operation_that_is_named_is_prepared(executor: Executor) -> None:
    """With its own name, whether the request names it or there is no other one."""
    two = "query A { me { id } } query B { __typename }"

    assert prepared(executor, query=two, operation_name="B").name == "B"
    assert prepared(executor, query="query A { me { id } }").name == "A"
    assert prepared(executor, query=ME).name is None
    assert prepared(executor, query=ME).is_query


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("query A { me { id } } query B { __typename }", None),
        ("query A { me { id } } query B { __typename }", "C"),
        ("{ me { id } }", "A"),
    ],
)
def test_a57_no_operation_is_guessed(executor: Executor, document: str, name: str | None) -> None:
    """Neither the first one, nor the only one when another is named."""
    with pytest.raises(RequestError) as refused:
        prepared(executor, query=document, operation_name=name)

    assert (refused.value.status, refused.value.code) == (400, "BAD_REQUEST")


def test_a_document_is_judged_once_for_many_requests(executor: Executor) -> None:
    """Whichever of its operations they name."""
    two = "query First { me { id } } query Second { __typename }"
    both = [prepared(executor, query=two, operation_name=name) for name in ("First", "Second")]

    assert both[0].document is both[1].document
