"""Whoever may not see a record cannot even learn whether it exists."""

import pytest

from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key

OPEN = "query Open($id: CitizenId!) { citizen(id: $id) { id demographics { fullName } } }"
UNKNOWN = "079099998999"


async def test_a31_a_strangers_record_and_no_record_give_the_same_answer(gateway: Running, city: City) -> None:
    """Word for word the same, request id apart; and no source was asked about either of them."""
    token = city.eid.token_for("dat")
    bodies = []
    for number in (by_key("phuc").personal_id, UNKNOWN):
        answer = await gateway.ask(
            OPEN, token=token, variables={"id": number}, headers={"X-Request-Id": "the-same-request"}
        )
        for row in answer.body["extensions"]["sources"]:
            row.pop("elapsedMs")
        bodies.append((answer.status, answer.body))

    assert bodies[0] == bodies[1]
    assert bodies[0][1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    calls = {source: [call.operation for call in city.seen[source].calls] for source in city.addresses}
    assert calls.pop("population") == ["nguoi-phu-thuoc"] * 2, "his own relations, and nobody's record"
    assert not any(calls.values())


@pytest.mark.parametrize("alias", ["x: ", ""])
async def test_a31_aliases_and_node_ids_are_no_way_round(gateway: Running, city: City, alias: str) -> None:
    """The opaque id of somebody else opens as little as the number."""
    own = (await gateway.ask("{ me { id } }", token=city.eid.token_for("phuc"))).data["me"]["id"]
    answer = await gateway.ask(
        f"query Find($id: ID!) {{ {alias}node(id: $id) {{ id }} }}",
        token=city.eid.token_for("dat"),
        variables={"id": own},
    )

    assert answer.codes == ["FORBIDDEN"]
    assert by_key("phuc").personal_id not in str(answer.body)


async def test_a_citizen_finds_herself_again_by_her_id(gateway: Running, city: City) -> None:
    """The id of `me` is a Relay id: it leads back to the same citizen."""
    token = city.eid.token_for("an")
    own = (await gateway.ask("{ me { id } }", token=token)).data["me"]["id"]
    again = await gateway.ask(
        "query Find($id: ID!) { node(id: $id) { ... on Citizen { personalId } } }", token=token, variables={"id": own}
    )

    assert again.data["node"] == {"personalId": by_key("an").personal_id}
    assert by_key("an").personal_id not in own


@pytest.mark.parametrize("made_up", ["", "x", "AAAA", "é", "079187998112", "Q" * 5000])
async def test_a31_a_made_up_id_is_as_unknown_as_any(gateway: Running, city: City, made_up: str) -> None:
    """No error of ours, no other words."""
    answer = await gateway.ask(
        "query Find($id: ID!) { node(id: $id) { id } }", token=city.eid.token_for("an"), variables={"id": made_up}
    )

    assert answer.codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    "number",
    ["07909999899", "0790999989990", "O79099998999", "０７９０９９９９８９９９", "079099998999\n", " 079099998999"],
)
async def test_a30_a_malformed_number_is_a_bad_request_that_repeats_nothing(
    gateway: Running, city: City, number: str
) -> None:
    """The form of a number is no secret; whether it exists is. What was typed is not thrown back."""
    answer = await gateway.ask(OPEN, token=city.eid.token_for("dat"), variables={"id": number})

    assert answer.status == 400
    assert answer.codes == ["BAD_REQUEST"]
    assert number.strip() not in str(answer.body)
    assert not city.seen["population"].calls


async def test_a30_a_malformed_number_in_the_text_of_the_query_is_not_repeated_either(
    gateway: Running, city: City
) -> None:
    """A literal is refused by validation, whose message would quote it."""
    answer = await gateway.ask('{ citizen(id: "07909999") { id } }', token=city.eid.token_for("dat"))

    assert answer.status == 400
    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert "07909999" not in str(answer.body)


async def test_a33_an_organisation_without_a_purpose_opens_nothing(gateway: Running, city: City) -> None:
    """The token is good, and yet of a system that may ask for nobody's record: 403, for any citizen and for none."""
    token = await city.eid.organisation_token("hospital-a")
    for query in ("{ me { id } }", f'{{ citizen(id: "{by_key("phuc").personal_id}") {{ id }} }}'):
        answer = await gateway.ask(query, token=token)
        assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


async def test_a28_a_weak_sign_in_is_asked_to_step_up(gateway: Running, city: City) -> None:
    """Level 1 opens no health datum; the answer says what to ask the e-ID for."""
    answer = await gateway.ask("{ me { allergies { nodes { id } } } }", token=city.eid.token_for("an", level="LoA1"))

    assert answer.codes == ["STEP_UP_REQUIRED"]
    assert answer.body["errors"][0]["extensions"]["acrValues"] == ["LoA2"]
    assert not city.seen["hospital-a"].calls
