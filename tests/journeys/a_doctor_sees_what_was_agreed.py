"""Lâm lets a hospital see his record for treatment: what he names it sees, what he does not name it never hears of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.running import Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

HOSPITAL, LAM = "79981", by_key("lam").personal_id
GRANT = "mutation Grant($input: GrantConsentInput!) { grantConsent(input: $input) { consent { id status } } }"
BLOCK = "mutation Block($input: BlockAccessInput!) { blockAccess(input: $input) { consent { id status } } }"
REVOKE = "mutation Revoke($id: ID!) { revokeConsent(id: $id) { consent { status } } }"
TELLING = ("HIV", "trầm cảm", "tam-than", "Tâm thần", "ARV", "Sertralin", "sertralin", "B20", "F32", "PHQ", "CD4")
SEEN = """query Seen($id: CitizenId!) { citizen(id: $id) {
  demographics { fullName }
  conditions { nodes { code { text } note } totalCount completeness { complete restricted sources { records } } }
  encounters { nodes { department reason { text } diagnoses { code { text } } } completeness { complete restricted } }
  medications { nodes { code { text } } completeness { complete restricted } }
  observations { nodes { code { text } } completeness { complete restricted } }
  timeline { nodes { title { text } } totalCount completeness { complete restricted } }
  summary { problems { entries { code { text } } emptyBecause } allergies { completeness { complete restricted } } }
  duplicateTests(codes: ["20447-9"], withinDays: 3650) { tests { verdict found { id } } completeness { complete } }
  sources { section state records restricted }
} }"""


@pytest.fixture(scope="module")
def here(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a store of its own."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("gateway"), clock=city_clock) as running:
        yield running


async def said(here: Running, city: City, document: str, given: Any) -> str:
    """The id of the consent that he gave or the block that he set."""
    variables = {"id": given} if isinstance(given, str) else {"input": {"idempotencyKey": str(uuid4()), **given}}
    answer = await here.ask(document, token=city.eid.token_for("lam"), variables=variables)
    (payload,) = answer.data.values()
    found: str = payload["consent"].get("id", "")
    return found


@asynccontextmanager
async def allowing(here: Running, city: City, clock: CityClock, **other: Any) -> AsyncIterator[None]:
    """Within the block the hospital is allowed to see his record for treatment."""
    texts = await here.ask("{ consentTexts { id purpose } }", token=city.eid.token_for("lam"))
    read = {text["purpose"]: text["id"] for text in texts.data["consentTexts"]}
    given = {
        "organisation": HOSPITAL,
        "agreements": [{"purpose": "TREATMENT", "text": read["TREATMENT"]}],
        "validUntil": (clock.now() + timedelta(days=30)).isoformat(),
        **other,
    }
    consent = await said(here, city, GRANT, given)
    try:
        yield
    finally:
        await said(here, city, REVOKE, consent)


async def look(here: Running, city: City, client: str = "clinic-a", number: str = LAM, query: str = SEEN) -> Answer:
    """As that partner sees him."""
    return await here.ask_as(await city.eid.partner(client), query, variables={"id": number})


async def test_a31_a33_a83_without_a_consent_he_is_as_unknown_as_nobody(here: Running, city: City) -> None:
    """The same answer for him and for a number that nobody has; and no hospital was asked."""
    query = "query Who($id: CitizenId!) { citizen(id: $id) { id } }"
    answers = [await look(here, city, number=number, query=query) for number in (LAM, "079199999999")]
    assert [(answer.status, answer.codes) for answer in answers] == [(200, ["FORBIDDEN"])] * 2
    assert answers[0].body["errors"][0]["message"] == answers[1].body["errors"][0]["message"]


async def test_what_he_does_not_name_is_nowhere_in_the_answer(here: Running, city: City, city_clock: CityClock) -> None:
    """Neither in a list, nor in what is derived of lists; and everything says that something may be withheld."""
    async with allowing(here, city, city_clock):
        answer = await look(here, city)
    citizen = answer.data["citizen"]
    text = str(answer.body)

    assert [word for word in TELLING if word in text] == []
    assert citizen["demographics"]["fullName"]
    assert citizen["encounters"]["nodes"], "what tells nothing is there"
    for name in ("conditions", "encounters", "medications", "observations", "timeline"):
        told = citizen[name]["completeness"]
        assert (told["complete"], told["restricted"]) == (False, True), name
    assert citizen["conditions"]["totalCount"] is None
    assert citizen["summary"]["problems"]["emptyBecause"] in (None, "WITHHELD")
    assert citizen["summary"]["allergies"]["completeness"]["restricted"] is False
    assert citizen["duplicateTests"]["tests"][0]["verdict"] != "NOT_DONE"
    assert citizen["duplicateTests"]["tests"][0]["found"] == []


async def test_what_he_names_the_doctor_sees(here: Running, city: City, city_clock: CityClock) -> None:
    """Everything of these categories; of others still nothing is said."""
    async with allowing(here, city, city_clock, sensitivities=["HIV", "MENTAL_HEALTH"]):
        citizen = (await look(here, city)).data["citizen"]
        mine = await here.ask("{ me { consents { status usedAt } } }", token=city.eid.token_for("lam"))
    (used,) = [row for row in mine.data["me"]["consents"] if row["status"] == "ACTIVE"]
    assert used["usedAt"], "he reads when it was last used: one that nobody uses lapses"
    problems = [node["code"]["text"] for node in citizen["conditions"]["nodes"]]
    assert any("HIV" in problem for problem in problems) and any("trầm cảm" in problem for problem in problems)
    assert citizen["conditions"]["completeness"]["restricted"] is True


async def test_a82_what_he_withdraws_or_blocks_is_gone_in_the_next_request(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """A section at once, with its reason; all of it when the consent is withdrawn."""
    async with allowing(here, city, city_clock, sections=["CONDITIONS", "MEDICATIONS"]):
        query = (
            "query Some($id: CitizenId!) { citizen(id: $id) { medications { completeness { sources { state } } } } }"
        )
        states = (await look(here, city, query=query)).data["citizen"]["medications"]["completeness"]["sources"]
        assert "BLOCKED_BY_CITIZEN" not in str(states)
        block = await said(here, city, BLOCK, {"organisation": HOSPITAL, "sections": ["MEDICATIONS"]})
        states = (await look(here, city, query=query)).data["citizen"]["medications"]["completeness"]["sources"]
        assert {row["state"] for row in states} == {"BLOCKED_BY_CITIZEN"}
        await said(here, city, REVOKE, block)
    assert (await look(here, city, query=query)).codes == ["FORBIDDEN"]


async def test_another_hospital_and_another_purpose_see_nothing(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """A consent is for one party and one purpose."""
    query = "query Who($id: CitizenId!) { citizen(id: $id) { id } }"
    async with allowing(here, city, city_clock):
        assert (await look(here, city, query=query)).data["citizen"]["id"]
        for client in ("clinic-b", "station", "operator"):
            assert (await look(here, city, client, query=query)).codes == ["FORBIDDEN"], client


@pytest.mark.parametrize("field", ["conditions", "allergies", "timeline", "summary", "certificates"])
async def test_for_the_insurer_clinical_fields_do_not_exist(here: Running, city: City, field: str) -> None:
    """Told as of any unknown field, before anybody looks who is asked about."""
    query = f"query Some($id: CitizenId!) {{ citizen(id: $id) {{ {field} {{ __typename }} }} }}"
    answer = await look(here, city, "insurer", query=query)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])


async def test_a_mother_reads_that_something_may_be_withheld_from_her(here: Running, city: City) -> None:
    """Of every child's record, whether or not anything is; it stays complete for what she may see."""
    query = "query Child($id: CitizenId!) { citizen(id: $id) { conditions { completeness { complete restricted } } } }"
    child = by_key("mai").represents[0].dependant
    answer = await here.ask(query, token=city.eid.token_for("mai"), variables={"id": child})
    assert answer.data["citizen"]["conditions"]["completeness"]["restricted"] is True
