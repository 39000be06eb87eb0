"""An, treated in two hospitals, opens her record after a real sign-in and finds both, each fact with its source."""

from tests.running import Running
from tests.sandbox.city import City

RECORD = """
query Record {
  me {
    personalId
    demographics { fullName birthDate sex provenance { source { id } } }
    encounters { ...all nodes { facility { code } provenance { source { id } } } completeness { complete } }
    conditions { nodes { code { text } status } completeness { complete } }
    allergies { nodes { substance { text } provenance { source { id name } retrievedAt } }
                completeness { complete sources { source { id } state records message } } }
    medications { nodes { code { text } status } completeness { complete } }
    observations { nodes { code { text } value { __typename } } completeness { complete } }
    immunizations { nodes { vaccine { text } on status } completeness { complete } }
    coverage { nodes { cardNumber status } completeness { complete } }
    claims { nodes { facility { code } admitted } completeness { complete } }
    sources { source { id } section state }
  }
}
fragment all on EncounterConnection { pageInfo { hasNextPage } }
"""
SECTIONS = [
    "encounters",
    "conditions",
    "allergies",
    "medications",
    "observations",
    "immunizations",
    "coverage",
    "claims",
]


async def test_after_signing_in_she_finds_what_both_hospitals_know(gateway: Running, city: City) -> None:
    """The token is one that the e-ID's own pages gave: discovery, choice of a person, code, PKCE."""
    signed_in = await city.eid.sign_in("an")
    me = (await gateway.ask(RECORD, token=signed_in.access_token)).data["me"]

    assert me["demographics"]["sex"] == "FEMALE"
    assert me["demographics"]["provenance"] == [{"source": {"id": "population"}}]
    for section in SECTIONS:
        assert me[section]["completeness"]["complete"], section
    seen_at = {visit["provenance"][0]["source"]["id"] for visit in me["encounters"]["nodes"]}
    assert seen_at == {"hospital-a", "hospital-b"}
    told_by = [[place["source"]["id"] for place in allergy["provenance"]] for allergy in me["allergies"]["nodes"]]
    assert told_by == [["hospital-a", "hospital-b"], ["hospital-a"], ["hospital-b"]]
    assert {row["state"] for row in me["allergies"]["completeness"]["sources"]} == {"ANSWERED"}


async def test_each_source_is_asked_once_however_often_the_question_stands_in_the_query(
    gateway: Running, city: City
) -> None:
    """Two aliases of the same list are one call, and the patient is looked up once for all sections of a hospital."""
    query = "{ me { a: allergies { nodes { id } } b: allergies { nodes { id } } conditions { nodes { id } } } }"
    me = (await gateway.ask(query, token=city.eid.token_for("an"))).data["me"]

    assert me["a"] == me["b"]
    # The server's statement about itself is read once an hour, by whoever comes first.
    calls = [call.operation for call in city.seen["hospital-a"].calls if call.operation != "metadata"]
    assert sorted(calls) == ["AllergyIntolerance.search", "Condition.search", "Patient.search"]
    assert not city.seen["insurance"].calls, "nobody asked for insurance"
    assert not city.seen["population"].calls, "the token says who she is"


async def test_the_list_beside_tells_every_source_that_was_asked(gateway: Running, city: City) -> None:
    """`sources` waits for the lists of its selection, wherever it stands in it."""
    query = "{ me { sources { source { id } section state } allergies { nodes { id } } } }"
    me = (await gateway.ask(query, token=city.eid.token_for("an"))).data["me"]

    assert [(row["source"]["id"], row["section"], row["state"]) for row in me["sources"]] == [
        ("hospital-a", "ALLERGIES", "ANSWERED"),
        ("hospital-b", "ALLERGIES", "ANSWERED"),
    ]


async def test_a_student_without_any_record_hears_that_nothing_is_on_record(gateway: Running, city: City) -> None:
    """Nothing on record is complete; it is told apart from nobody answering."""
    query = "{ me { allergies { nodes { id } completeness { complete sources { state message } } } } }"
    allergies = (await gateway.ask(query, token=city.eid.token_for("trang"))).data["me"]["allergies"]

    assert allergies["nodes"] == []
    assert allergies["completeness"]["complete"]
    assert {row["state"] for row in allergies["completeness"]["sources"]} == {"NO_RECORD"}


async def test_pages_of_a_long_list_neither_lose_nor_repeat_anything(gateway: Running, city: City) -> None:
    """Walking the cursors gives the same items in the same order as the whole list at once."""
    token = city.eid.token_for("phuc")
    whole = (await gateway.ask("{ me { observations { nodes { id } } } }", token=token)).data["me"]["observations"]
    walked: list[str] = []
    after = None
    query = """query Page($after: String) {
      me { observations(first: 40, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }"""
    while True:
        page = (await gateway.ask(query, token=token, variables={"after": after})).data["me"]["observations"]
        walked += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert len(walked) > 80
    assert walked == [node["id"] for node in whole["nodes"]]


async def test_the_same_record_has_the_same_id_tomorrow_and_another_one_for_somebody_else(
    gateway: Running, city: City
) -> None:
    """Ids are stable for client caches, and never shared between people."""
    query = "{ me { id observations { nodes { id } } } }"
    one = (await gateway.ask(query, token=city.eid.token_for("phuc"))).data["me"]
    again = (await gateway.ask(query, token=city.eid.token_for("phuc"))).data["me"]
    other = (await gateway.ask(query, token=city.eid.token_for("son"))).data["me"]

    assert one == again
    ids = [{node["id"] for node in me["observations"]["nodes"]} for me in (one, other)]
    assert ids[0] and ids[1] and not ids[0] & ids[1]
    assert one["id"] != other["id"]
