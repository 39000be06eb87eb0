"""Errors say what is wrong and repeat nothing of what was sent, through the real messages of the library underneath."""

import json
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLScalarType, build_schema, graphql_sync, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import INTERNAL, InvalidDocument, RequestError, formatted, is_defect, without_values
from gateway.operations.documents import Documents
from gateway.settings import Limits
from resolvers.language import LANGUAGES
from resolvers.refusals import Forbidden, StepUpRequired

ENGLISH, VIETNAMESE = LANGUAGES["en"], LANGUAGES["vi"]

SCHEMA = build_schema(
    """
    enum Sex { MALE FEMALE }
    input Range { low: Int!, high: Int, unit: String, sexes: [Sex!] }
    input One @oneOf { a: Int, b: String }
    scalar CitizenId
    type Query {
      find(
        id: CitizenId, n: Int, f: Float, b: Boolean, s: String, i: ID, sex: Sex, range: Range, one: One, l: [Int]
      ): Int
      must(n: Int!): Int!
    }
    """
)
TYPES = ("CitizenId", "Int", "Float", "Boolean", "String", "ID", "Sex", "Range", "One", "[Int]", "Int!", "Range!")
ARGUMENTS = ("id", "n", "f", "b", "s", "i", "sex", "range", "one", "l")


def refuse(value: Any) -> None:
    """As a scalar does whose author forgot to keep quiet."""
    raise ValueError(f"{value} is no number")


citizen_id = SCHEMA.type_map["CitizenId"]
assert isinstance(citizen_id, GraphQLScalarType)
citizen_id.parse_value = refuse  # type: ignore[method-assign]

# Whatever stands for a person: a number, a name, a date. None of it occurs in a sentence of ours.
texts = st.one_of(
    st.from_regex(r"0[0-9]{11}", fullmatch=True),
    st.from_regex(r"(Nguyễn|Trần|Lê) (Thị|Văn) Mẫu (Hạnh|Ân|Đạt)[0-9]{2}", fullmatch=True),
    st.from_regex(r"19[0-9]{2}-1[0-2]-2[0-8]", fullmatch=True),
)
words = st.from_regex(r"NGUYEN_THI_MAU_[A-Z]{4}", fullmatch=True)
"""These could also be a name in the document; as such they may be told."""


def shapes(secret: str) -> st.SearchStrategy[Any]:
    """The secret alone, as a number, inside of other values, and as a key."""
    alone = [secret, *([int(secret)] if secret.isdigit() else [])]
    inside = [[secret], {"low": secret}, {secret: 1}, {"low": 1, "unit": [secret]}, {"low": 1, "sexes": [secret]}]
    return st.sampled_from([*alone, *inside, {"a": 1, "b": secret}, [[[secret]]]])


def literal(value: Any) -> str:
    """The value as it is written into a document."""
    if isinstance(value, dict):
        return "{" + " ".join(f"{key}: {literal(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + " ".join(literal(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def told(document: str) -> str:
    """All that a caller and a log can learn from the refusal of that document."""
    try:
        Documents(SCHEMA, Limits()).get(document)
    except InvalidDocument as error:
        return f"{error} {error.message} {error.formatted()}"
    return ""


@settings(deadline=None)
@given(st.data(), texts | words, st.sampled_from(TYPES), st.sampled_from(ARGUMENTS))
def test_a89_no_variable_comes_back(data: st.DataObject, secret: str, kind: str, argument: str) -> None:
    """Whatever type it was declared with and wherever it is used."""
    value = data.draw(shapes(secret))
    for uses in (f"find({argument}: $v)", "must(n: $v)", f"find({argument}: [$v])", "find(range: {low: $v})"):
        errors = graphql_sync(SCHEMA, f"query Q($v: {kind}) {{ {uses} }}", variable_values={"v": value}).errors
        assert secret not in " ".join(without_values(error) for error in errors or [])


@settings(deadline=None)
@given(st.data(), texts | words, st.sampled_from(ARGUMENTS))
def test_a89_no_literal_comes_back(data: st.DataObject, secret: str, argument: str) -> None:
    """Quoted, bare or half quoted; as an argument, in one, or as a default."""
    quoted = [literal(data.draw(shapes(secret))), f'"""{secret}"""', f'"{secret}', f"'{secret}'", secret]
    written = data.draw(st.sampled_from(quoted))
    for document in (
        f"{{ find({argument}: {written}) }}",
        f"{{ must(n: {written}) }}",
        f"{{ find(range: {{low: 1, sexes: [{written}]}}) }}",
        f"query ($v: Int = {written}) {{ find(n: $v) }}",
        f"{{ find @skip(if: {written}) }}",
    ):
        assert secret not in told(document)


@given(texts)
def test_a89_no_value_comes_back_from_where_only_a_name_may_stand(secret: str) -> None:
    """A syntax error tells what was expected, not what was found."""
    for document in (
        f"{{ {secret} }}",
        f"query {secret} {{ find }}",
        f"{secret} {{ find }}",
        f"{{ find({secret}: 1) }}",
        f'"{secret}" {{ find }}',
        f"{{ find }} {secret}",
        f"{{ ...{secret} }}",
        f"{{ find @{secret} }}",
    ):
        assert told(document)
        assert secret not in told(document)


@given(st.integers(10**5, 10**15))
def test_a89_a_number_in_a_name_is_taken_out(number: int) -> None:
    """Names may be told, but nobody is called by twelve digits."""
    assert "Cannot query field 'of…'" in told(f"{{ of{number} }}")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ fnd }", "Cannot query field 'fnd' on type 'Query'."),
        ("{ find(x: 1) }", "Unknown argument 'x' on field 'Query.find'."),
        ("{ must }", "Argument 'Query.must(n:)' of type 'Int!' is required, but it was not provided."),
        ('{ must(n: "7") }', "Expected a value of type 'Int'."),
        ("{ must(n: null) }", "Expected a value of type 'Int!'."),
        ("{ find(range: {}) }", "Expected a value of type 'Range'."),
        ("{ find(sex: OTHER) }", "A value does not fit its type."),
        ("{ find(", "Syntax Error: Expected Name."),
        ("{ find }}", "Syntax Error: Unexpected '}'."),
        ("", "Syntax Error: Unexpected <EOF>."),
        ('{ find(s: "', "Syntax Error: Unterminated string."),
        ("{ find(s: \\) }", "Syntax Error: this cannot be read."),
    ],
)
def test_what_is_wrong_with_the_query_is_said(document: str, message: str) -> None:
    """With the names that its author needs, and the place."""
    with pytest.raises(InvalidDocument) as refused:
        Documents(SCHEMA, Limits()).get(document)
    (error,) = refused.value.formatted()

    assert error["message"] == refused.value.message == message
    assert set(error["locations"][0]) == {"line", "column"}


def test_what_is_wrong_with_a_variable_is_said() -> None:
    """Its name, and the type that it was declared with."""
    errors = graphql_sync(SCHEMA, "query ($many: [Int!]!) { find(l: $many) }", variable_values={"many": "x"}).errors
    assert errors

    assert formatted(errors[0], "id", ENGLISH)["message"] == "Variable '$many' needs a value of type '[Int!]!'."
    assert formatted(errors[0], "id", ENGLISH)["extensions"] == {"code": "BAD_REQUEST"}


def test_a_long_name_is_not_repeated_to_its_end() -> None:
    """An answer is not made large by what was sent."""
    (error,) = validate(SCHEMA, parse("{ " + "x" * 100_000 + " }"))

    assert len(without_values(error)) == 300


def at_a_field(cause: Exception | None) -> GraphQLError:
    return GraphQLError(str(cause), path=["me", "allergies", 0], original_error=cause)


@pytest.mark.parametrize(
    "cause", [ValueError("079187998112"), RuntimeError(), TypeError(), GraphQLError("079187998112"), None]
)
def test_a_mistake_of_ours_is_masked(cause: Exception | None) -> None:
    """Also a value that could not be written out, which the library tells with an error of its own."""
    error = at_a_field(cause)

    assert is_defect(error)
    assert formatted(error, "the-request", ENGLISH) == {
        "message": "Something went wrong on our side.",
        "extensions": {"code": INTERNAL, "requestId": "the-request"},
        "path": ["me", "allergies", 0],
    }


@pytest.mark.parametrize("refusal", [Forbidden(), StepUpRequired(acr_values=("LoA2",))])
def test_a_word_to_the_caller_is_passed_on(refusal: Forbidden | StepUpRequired) -> None:
    """With its code and what else it says."""
    error = at_a_field(refusal)

    assert not is_defect(error)
    assert formatted(error, "id", ENGLISH)["message"] == refusal.in_words(ENGLISH)
    assert formatted(error, "id", VIETNAMESE)["message"] == refusal.in_words(VIETNAMESE) != refusal.in_words(ENGLISH)
    assert formatted(error, "id", ENGLISH)["extensions"] == refusal.extensions


def test_an_argument_that_fails_at_its_field_is_the_callers_mistake() -> None:
    """Null through a variable with a default is only seen when the field is reached."""
    errors = graphql_sync(SCHEMA, "query ($n: Int = 1) { must(n: $n) }", variable_values={"n": None}).errors
    assert errors

    assert not is_defect(errors[0])
    assert formatted(errors[0], "id", ENGLISH)["extensions"] == {"code": "BAD_REQUEST"}


def test_a_refused_request_is_told_in_one_entry() -> None:
    """Message and code; the headers are for the answer."""
    error = RequestError(405, "BAD_REQUEST", "No.", headers=[("Allow", "GET")])

    assert error.formatted() == [{"message": "No.", "extensions": {"code": "BAD_REQUEST"}}]
    assert error.headers == (("Allow", "GET"),)
