"""Attacks 41 to 61 on GraphQL, numbered as in the project's list, through the socket."""

import json

import pytest

from tests.gateway import documents
from tests.gateway.wire import post, said
from tests.running import Answer, Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

ME = "{ me { id } }"


async def refused(gateway: Running, token: str, document: str) -> Answer:
    """The refusal of a document: 400, a handful of errors with their code, nobody's data."""
    answer = await gateway.ask(document, token=token)
    assert answer.status == 400
    assert 1 <= len(answer.codes) <= 5
    assert "data" not in answer.body
    assert len(str(answer.body)) < 5_000
    return answer


@pytest.mark.parametrize("case", documents.DEEP)
async def test_a41_a42_a48_too_deep(gateway: Running, token: str, case: str) -> None:
    """By a circle of the schema, in fragments, in values or in nothing but braces."""
    assert (await refused(gateway, token, documents.DEEP[case])).codes == ["MAX_DEPTH_LIMIT"]


@pytest.mark.parametrize("case", documents.ALIASED)
async def test_a43_a49_too_many_aliases(gateway: Running, token: str, case: str) -> None:
    """Counted where they are spread, not where they are written."""
    assert (await refused(gateway, token, documents.ALIASED[case])).codes == ["MAX_ALIASES_LIMIT"]


@pytest.mark.parametrize("case", documents.WIDE)
async def test_a43_a46_too_wide_at_the_top(gateway: Running, token: str, case: str) -> None:
    """The same field counts as often as it stands there."""
    assert (await refused(gateway, token, documents.WIDE[case])).codes == ["MAX_ROOT_FIELDS_LIMIT"]


@pytest.mark.parametrize("case", documents.LONG)
async def test_a44_to_a48_too_long(gateway: Running, token: str, case: str) -> None:
    """The tokens are counted before anything is made of them, and the bytes before the tokens."""
    answer = await gateway.ask(documents.LONG[case], token=token)

    assert (answer.status, answer.codes) in [(400, ["MAX_TOKENS_LIMIT"]), (413, ["BAD_REQUEST"])]


async def test_a47_too_many_operations(gateway: Running, token: str) -> None:
    """Each would be checked with all fragments, though only one is executed."""
    answer = await refused(gateway, token, documents.row("query Q%d { __typename }", 900))

    assert answer.codes == ["MAX_OPERATIONS_LIMIT"]


async def test_a45_too_many_directives(gateway: Running, token: str) -> None:
    """Known or not."""
    answer = await refused(gateway, token, documents.on_me(documents.row("id @include(if: true)", 101)))

    assert answer.codes == ["MAX_DIRECTIVES_LIMIT"]


@pytest.mark.parametrize("times", [12, 20, 28, 40])
async def test_a49_fragments_that_double(gateway: Running, token: str, times: int) -> None:
    """2^40 fields in two kilobytes. With aliases they are refused; without, all are the same field, which is given."""
    await refused(gateway, token, documents.doubling(times, alias="a: "))
    answer = await gateway.ask(documents.doubling(times), token=token)

    assert list(answer.data["me"]) == ["id"]


@pytest.mark.parametrize("case", documents.INVALID)
async def test_a45_a47_a48_a50_a52_what_does_not_fit_the_schema(gateway: Running, token: str, case: str) -> None:
    """At most five errors, however many there are; fields that overlap too often are not compared to the end."""
    assert set((await refused(gateway, token, documents.INVALID[case])).codes) == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("case", documents.UNREADABLE)
async def test_a59_what_is_no_graphql(gateway: Running, token: str, case: str) -> None:
    """One error, with its place."""
    answer = await refused(gateway, token, documents.UNREADABLE[case])

    assert answer.codes == ["GRAPHQL_PARSE_FAILED"]
    assert answer.body["errors"][0]["locations"]


async def test_a59_marks_and_commas_without_meaning_are_skipped(gateway: Running, token: str) -> None:
    """A byte order mark in the document, commas anywhere, and any name in a comment."""
    assert (await gateway.ask("\ufeff{ ,me, { ,id,, } } # Nguyễn ｍｅ \u202e", token=token)).data["me"]["id"]


INTROSPECTION = [
    "{ __schema { types { name } } }",
    "{ x: __schema { queryType { name } } }",
    '{ __type(name: "Citizen") { name } }',
    "query Q { ...F } fragment F on Query { __schema { types { name } } }",
    "query A { me { id } } query B { ... on Query { __schema { types { name } } } }",
    "{ me { id } ... @include(if: false) { __schema { types { name } } } }",
    "\t{\r\n,,__schema,,{types{name}}}#",
    "{ _service { sdl } }",
    "query Q { ...F } fragment F on Query { x: _service { sdl } }",
]


@pytest.mark.parametrize("document", INTROSPECTION)
async def test_a52_the_schema_is_not_told(strict: Running, token: str, document: str) -> None:
    """Under no alias, in no fragment, in no operation beside the one that is run, and to nobody without a token."""
    name = {"operationName": "A"} if "query A" in document else {}
    heard = await said(strict, post(json.dumps({"query": document, **name}).encode(), token=token))
    assert (heard.status, heard.codes) == (400, ["INTROSPECTION_DISABLED"])

    assert (await strict.ask(document, token=None)).status == 401


async def test_a52_the_name_of_a_type_may_be_asked(strict: Running, token: str) -> None:
    """Every client library asks for ``__typename``."""
    assert (await strict.ask("{ __typename me { __typename } }", token=token)).data["me"] == {"__typename": "Citizen"}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ mee { id } }", {}),
        ("{ me { encounter { nodes { id } } } }", {}),
        ("{ me { ... on Citzen { id } } }", {}),
        ("query ($i: CitizenID!) { citizen(id: $i) { id } }", {"i": "x"}),
        ("{ me { encounters(frist: 1) { nodes { id } } } }", {}),
        ("{ me { id @skp(if: true) } }", {}),
        ("{ me { ...Citzen } } fragment Citizen on Citizen { id }", {}),
        ("query ($id: ID!) { node(id: $di) { id } }", {"id": "x"}),
    ],
)
async def test_a53_a_misspelt_name_gets_no_hint(
    strict: Running, token: str, document: str, variables: dict[str, str]
) -> None:
    """Whoever has the schema needs none, and nobody else shall read it out of them."""
    answer = await strict.ask(document, token=token, variables=variables)

    assert answer.status == 400
    assert "did you mean" not in str(answer.body).lower()


@pytest.mark.parametrize(
    "batch",
    [[], [{"query": ME}], [{"query": ME}] * 100, [[{"query": ME}]], [{"query": ME}, 7], [{"query": ME}] * 20_000],
)
async def test_a54_a_batch_is_refused(gateway: Running, token: str, batch: object) -> None:
    """Of any size: it would multiply every limit."""
    heard = await said(gateway, post(json.dumps(batch).encode(), token=token))

    assert heard.status in (400, 413)
    assert heard.codes == ["BAD_REQUEST"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}, "NOT_FOUND"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}, "query": ME}, "MISMATCH"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "../../etc/passwd"}}}, "NOT_SUPPORTED"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x" * 100_000}}}, "ID_INVALID"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 7}}}, "ID_INVALID"),
        ({"extensions": {"persistedQuery": {"version": 1}}}, "ID_INVALID"),
        ({"extensions": {"persistedQuery": 7}}, "NOT_SUPPORTED"),
        ({"extensions": {"persistedQuery": None}, "query": ME}, "NOT_SUPPORTED"),
        ({"documentId": "sha256:" + "0" * 64}, "NOT_FOUND"),
        ({"documentId": "sha256:sha256:" + "0" * 64}, "ID_INVALID"),
        ({"documentId": "' OR 1=1 --", "query": ME}, "ID_INVALID"),
        (
            {"documentId": "0" * 64, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "1" * 64}}},
            "ID_INVALID",
        ),
        ({"documentId": ""}, "ID_INVALID"),
    ],
)
async def test_a55_a56_no_request_registers_a_document(
    gateway: Running, token: str, members: object, code: str
) -> None:
    """Nothing is stored, and nothing but a hash is looked up, whatever the id looks like."""
    heard = await said(gateway, post(json.dumps(members).encode(), token=token))

    assert (heard.status, heard.codes) == (400, [f"PERSISTED_QUERY_{code}"])


TWO = "query A { me { id } } query B { __typename }"


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (TWO, None),
        (TWO, "C"),
        (TWO, "a"),
        (TWO, "__proto__"),
        (TWO, "constructor"),
        (TWO, ""),
        (TWO, " A"),
        (TWO, "A\r\n{}"),
        (TWO, "A\0"),
        (TWO, "Ａ"),
        (TWO, "x" * 100_000),
        (ME, "A"),
        ("query A { me { id } } { __typename }", "B"),
        ("fragment F on Citizen { id }", None),
    ],
)
async def test_a57_the_operation_must_be_clear(gateway: Running, token: str, document: str, name: str | None) -> None:
    """Nothing is run by guess, also not the first of two."""
    heard = await said(gateway, post(json.dumps({"query": document, "operationName": name}).encode(), token=token))

    assert heard.status == 400
    assert "data" not in heard.json


async def test_a57_the_operation_that_is_named_is_run(gateway: Running, token: str) -> None:
    """And no other one."""
    heard = await said(gateway, post(json.dumps({"query": TWO, "operationName": "B"}).encode(), token=token))

    assert heard.json["data"] == {"__typename": "Query"}


PAGE = "query Page($first: Int, $after: String) { me { observations(first: $first, after: $after) { nodes { id } } } }"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (PAGE, {"first": "079187998112"}),
        (PAGE, {"first": 1.5}),
        (PAGE, {"first": 2**31}),
        (PAGE, {"first": 10**300}),
        (PAGE, {"first": True}),
        (PAGE, {"first": {"$gt": 0}}),
        (PAGE, {"first": [[]]}),
        (PAGE, {"after": 7}),
        (PAGE, {"after": ["x"]}),
        (PAGE, {"after": {"__proto__": {}}}),
        ("query ($id: CitizenId!) { citizen(id: $id) { id } }", {}),
        ("query ($id: CitizenId!) { citizen(id: $id) { id } }", {"id": None}),
        ("query ($id: CitizenId!) { citizen(id: $id) { id } }", {"id": 79187998112}),
        ("query ($id: CitizenId!) { citizen(id: $id) { id } }", {"di": "079187998112"}),
        ("{ citizen(id: $id) { id } }", {"id": "079187998112"}),
        ("query ($id: Citizen!) { citizen(id: $id) { id } }", {"id": "079187998112"}),
        ("query ($id: String!) { citizen(id: $id) { id } }", {"id": "079187998112"}),
    ],
)
async def test_a58_variables_that_do_not_fit(
    gateway: Running, city: City, token: str, document: str, variables: dict[str, object]
) -> None:
    """Refused before anybody is asked, and nothing of what was sent comes back."""
    answer = await gateway.ask(document, token=token, variables=variables)

    assert answer.status == 400
    assert "187998112" not in str(answer.body)
    assert not any(city.seen[source].calls for source in city.addresses)


async def test_a58_null_for_an_argument_that_needs_a_value_is_the_callers_mistake(gateway: Running, token: str) -> None:
    """It is only seen when the field is reached; it is no defect of ours all the same."""
    document = "query ($if: Boolean = true) { me { id @include(if: $if) } }"
    heard = await said(gateway, post(json.dumps({"query": document, "variables": {"if": None}}).encode(), token=token))

    assert heard.codes == ["BAD_REQUEST"]


INJECTED = [
    "' OR '1'='1",
    "079187998112' --",
    "*)(uid=*))(|(uid=*",
    "079187998112&_include=*",
    "079187998112|079094998115",
    "MSH|^~\\&|\rPID|1",
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
    "${jndi:ldap://127.0.0.1/x}",
    "{{7*7}}",
    "../../../../etc/passwd",
    "%2e%2e%2f",
    "\r\nX-Injected: yes",
    "a\x00b",
    "ＭＥ\u202e\u200b",
    "x" * 100_000,
]


@pytest.mark.parametrize("text", INJECTED)
async def test_a60_injected_text_is_data_and_no_number(gateway: Running, city: City, token: str, text: str) -> None:
    """As a number or an id it is refused with our own words, and no source is asked about it."""
    for document in (
        "query ($x: CitizenId!) { citizen(id: $x) { id } }",
        "query ($x: ID!) { node(id: $x) { id } }",
    ):
        answer = await gateway.ask(document, token=token, variables={"x": text})
        assert answer.codes in (["BAD_REQUEST"], ["FORBIDDEN"])
        assert text[:20] not in str(answer.body)

    calls = {call.operation for source in city.addresses for call in city.seen[source].calls}
    assert calls <= {"nguoi-phu-thuoc"}, "her own relations, at most"


@pytest.mark.parametrize("text", INJECTED)
async def test_a60_injected_text_is_no_cursor(gateway: Running, city: City, token: str, text: str) -> None:
    """The sources hear what they hear without a cursor, and nothing else."""
    document = "query ($x: String) { me { allergies(after: $x) { nodes { id } } } }"
    answer = await gateway.ask(document, token=token, variables={"x": text})
    heard = {call for call in city.seen["hospital-a"].calls if not call.operation.startswith(("Patient", "metadata"))}
    city.seen["hospital-a"].forget()
    await gateway.ask(document, token=token)

    assert answer.codes == ["BAD_REQUEST"]
    assert text[:20] not in str(answer.body)
    assert heard <= set(city.seen["hospital-a"].calls)


async def test_a61_a_subscription_to_anything_else_than_changes_is_refused(gateway: Running, token: str) -> None:
    """No record comes by one, no second field, and nothing of the schema."""
    for document in (
        "subscription { me { id } }",
        "subscription S { __typename }",
        "subscription { a: recordChanged { at } b: recordChanged { at } }",
    ):
        heard = await gateway.ask(document, token=token, headers={"accept": "text/event-stream"})
        assert (heard.status, heard.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])


async def test_what_was_refused_does_not_spoil_what_comes_after(gateway: Running, token: str) -> None:
    """The next question of the same caller is answered."""
    await refused(gateway, token, documents.DEEP["chain of 500"])

    assert (await gateway.ask("{ me { personalId } }", token=token)).data["me"] == {
        "personalId": by_key("an").personal_id
    }
