"""Ân allows a hospital to read her allergies: she has read what it means, for a time, and until she says no."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.running import Answer, CityClock, Running, running_gateway
from tests.sandbox.city import City
from tests.sandbox.people import by_key

HOSPITAL, INSURER = "79981", "insurer"
TEXTS = "{ consentTexts { id purpose text } organisations { id name purposes } }"
SHOWN = """ { consent { ...Shown } } } fragment Shown on Consent {
  id effect status purposes sections facilities sensitivities since until record validFrom validUntil revokedAt
  grantedBy evenInEmergency grantee { everybody organisationId professional representative organisation { name } }
  history { kind at by childAgreed texts } }"""
GRANT = "mutation Grant($input: GrantConsentInput!) { grantConsent(input: $input)" + SHOWN
NARROW = "mutation Narrow($input: NarrowConsentInput!) { narrowConsent(input: $input)" + SHOWN
REVOKE = "mutation Revoke($id: ID!) { revokeConsent(id: $id)" + SHOWN
BLOCK = "mutation Block($input: BlockAccessInput!) { blockAccess(input: $input)" + SHOWN
MINE = "{ me { consents { id status } } }"


@pytest.fixture(scope="module")
def here(whole_city: City, city_clock: CityClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway with a store of its own."""
    with running_gateway(whole_city, tmp_path_factory.mktemp("gateway"), clock=city_clock) as running:
        yield running


async def texts(here: Running, city: City, language: str = "vi") -> dict[str, str]:
    """Ids of the texts by purpose, as the application shows them."""
    answer = await here.ask(TEXTS, token=city.eid.token_for("an"), headers={"accept-language": language})
    return {text["purpose"]: text["id"] for text in answer.data["consentTexts"]}


async def wanted(here: Running, city: City, city_clock: CityClock, **other: Any) -> dict[str, Any]:
    """What she allows: her allergies, for treatment, for thirty days."""
    read = await texts(here, city)
    return {
        "organisation": HOSPITAL,
        "agreements": [{"purpose": "TREATMENT", "text": read["TREATMENT"]}],
        "validUntil": (city_clock.now() + timedelta(days=30)).isoformat(),
        "sections": ["ALLERGIES"],
        "idempotencyKey": str(uuid4()),
    } | other


async def send(here: Running, city: City, document: str, given: Any, who: str = "an", **claims: Any) -> Answer:
    """Send it as that person."""
    variables = {"id": given} if isinstance(given, str) else {"input": given}
    return await here.ask(
        document,
        token=city.eid.token_for(who, **claims),
        variables=variables,
        headers={"accept-language": "en"},
    )


async def consent(here: Running, city: City, document: str, given: Any, who: str = "an") -> dict[str, Any]:
    """The consent that came of it."""
    (payload,) = (await send(here, city, document, given, who)).data.values()
    told: dict[str, Any] = payload["consent"]
    return told


async def statuses(here: Running, city: City, who: str = "an") -> dict[str, str]:
    """How each of theirs stands."""
    answer = await here.ask(MINE, token=city.eid.token_for(who))
    return {row["id"]: row["status"] for row in answer.data["me"]["consents"]}


async def test_she_reads_what_it_means_in_her_language_before_she_agrees(here: Running, city: City) -> None:
    """One text per purpose, each says that the data are sensitive; she can choose among partners, not the operator."""
    for language, sensitive in (("vi", "nhạy cảm"), ("en", "sensitive")):
        answer = await here.ask(TEXTS, token=city.eid.token_for("an"), headers={"accept-language": language})
        told = answer.data
        assert [text["purpose"] for text in told["consentTexts"]] == ["TREATMENT", "PAYMENT", "PUBLIC_HEALTH"]
        assert all(sensitive in text["text"] and len(text["id"]) == 64 for text in told["consentTexts"])
        assert told["organisations"] == [
            {"id": INSURER, "name": "Bảo hiểm Mẫu", "purposes": ["PAYMENT"]},
            {"id": HOSPITAL, "name": "Bệnh viện Mẫu A", "purposes": ["TREATMENT"]},
            {"id": "79982", "name": "Bệnh viện Mẫu B", "purposes": ["TREATMENT"]},
            {"id": "79983", "name": "Trạm Y tế Phường Mẫu", "purposes": ["TREATMENT", "PUBLIC_HEALTH"]},
        ]
    assert await texts(here, city, "vi") != await texts(here, city, "en")


async def test_she_allows_narrows_and_withdraws_and_all_of_it_stays_on_record(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """Each act is told with who did it and when, and which text she had read."""
    given = await wanted(here, city, city_clock, sections=["ALLERGIES", "MEDICATIONS"])
    allowed = await consent(here, city, GRANT, given)
    assert (allowed["status"], allowed["effect"], allowed["purposes"], allowed["sections"]) == (
        "ACTIVE", "PERMIT", ["TREATMENT"], ["ALLERGIES", "MEDICATIONS"],
    )  # fmt: skip
    assert allowed["grantee"]["organisation"] == {"name": "Bệnh viện Mẫu A"}
    assert allowed["sensitivities"] == [], "special categories are not allowed unless they are named"

    less = await consent(here, city, NARROW, {"id": allowed["id"], "sections": ["ALLERGIES"], "since": "2025-01-01"})
    assert (less["sections"], less["since"], less["status"]) == (["ALLERGIES"], "2025-01-01", "ACTIVE")
    gone = await consent(here, city, REVOKE, allowed["id"])
    assert gone["status"] == "REVOKED" and gone["revokedAt"]
    assert [(word["kind"], word["by"]) for word in gone["history"]] == [
        ("GIVEN", "SELF"), ("NARROWED", "SELF"), ("REVOKED", "SELF"),
    ]  # fmt: skip
    assert gone["history"][0]["texts"] == [given["agreements"][0]["text"]]
    assert (await statuses(here, city))[allowed["id"]] == "REVOKED"
    again = await consent(here, city, REVOKE, allowed["id"])
    assert again == gone, "withdrawing again changes nothing"


async def test_a62_sent_ten_times_at_once_it_is_one_consent(here: Running, city: City, city_clock: CityClock) -> None:
    """A telephone in a tunnel; with the same key and other content it is refused."""
    given = await wanted(here, city, city_clock)
    told = await asyncio.gather(*(consent(here, city, GRANT, given) for _ in range(10)))
    assert len({row["id"] for row in told}) == 1
    other = await send(here, city, GRANT, given | {"sections": ["CLAIMS"]})
    assert other.codes == ["IDEMPOTENCY_KEY_REUSED"]


async def test_nothing_is_allowed_by_an_old_or_weak_sign_in(here: Running, city: City, city_clock: CityClock) -> None:
    """RFC 9470: she is told what to ask for; to withdraw needs no more than to be signed in."""
    given = await wanted(here, city, city_clock)
    allowed = await consent(here, city, GRANT, await wanted(here, city, city_clock))
    old = int((city_clock.now() - timedelta(minutes=11)).timestamp())
    for claims in ({"auth_time": old}, {"auth_time": None}):
        answer = await send(here, city, GRANT, given, **claims)
        assert answer.codes == ["STEP_UP_REQUIRED"]
        assert answer.body["errors"][0]["extensions"] == {
            "code": "STEP_UP_REQUIRED", "acrValues": ["LoA2"], "maxAge": 600,
        }  # fmt: skip
    withdrawn = await send(here, city, REVOKE, allowed["id"], auth_time=old)
    assert withdrawn.data["revokeConsent"]["consent"]["status"] == "REVOKED"


async def test_what_cannot_be_allowed_is_refused(here: Running, city: City, city_clock: CityClock) -> None:
    """No purpose, a purpose that is none of the partner's, an unread text, a stranger, for ever, backwards."""
    read = await texts(here, city)
    treatment, payment = ({"purpose": name, "text": read[name]} for name in ("TREATMENT", "PAYMENT"))
    days = [(city_clock.now() + timedelta(days=days)).isoformat() for days in (-1, 1827)]
    wrong: list[dict[str, Any]] = [
        {"agreements": []},
        {"agreements": [treatment, treatment]},
        {"agreements": [payment]},
        {"agreements": [{"purpose": "TREATMENT", "text": read["PAYMENT"]}]},
        {"agreements": [{"purpose": "EMERGENCY", "text": read["TREATMENT"]}]},
        {"organisation": "99999"},
        {"organisation": "operator"},
        {"validUntil": days[0]},
        {"validUntil": days[1]},
        {"sections": []},
        {"facilities": ["'; DROP"]},
        {"record": "\n"},
        {"professional": "x" * 129},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"idempotencyKey": "1"},
    ]
    for other in wrong:
        answer = await send(here, city, GRANT, await wanted(here, city, city_clock) | other)
        assert answer.codes == ["BAD_REQUEST"], other


async def test_narrowing_never_adds(here: Running, city: City, city_clock: CityClock) -> None:
    """Not a section, not a special category, not a day, not a purpose, not a person."""
    given = await wanted(here, city, city_clock, since="2025-01-01", professional="079-1", sensitivities=["HIV"])
    allowed = await consent(here, city, GRANT, given)
    wider: list[dict[str, Any]] = [
        {"sections": ["ALLERGIES", "CLAIMS"]},
        {"sensitivities": ["HIV", "GENETICS"]},
        {"since": "2024-12-31"},
        {"validUntil": (city_clock.now() + timedelta(days=31)).isoformat()},
        {"purposes": ["PAYMENT"]},
        {"purposes": []},
        {"professional": "079-2"},
    ]
    for more in wider:
        assert (await send(here, city, NARROW, {"id": allowed["id"]} | more)).codes == ["BAD_REQUEST"], more
    less = await consent(here, city, NARROW, {"id": allowed["id"], "sensitivities": [], "until": "2026-01-01"})
    assert (less["sensitivities"], less["since"], less["until"]) == ([], "2025-01-01", "2026-01-01")


async def test_she_forbids_by_class_place_person_time_record_and_category(here: Running, city: City) -> None:
    """One partner, one of its people, or everybody; and lifts it again with a recent sign-in."""
    for given in (
        {"organisation": HOSPITAL},
        {"organisation": HOSPITAL, "professional": "079-7", "sections": ["CLAIMS"]},
        {"facilities": ["79011"], "since": "2025-01-01", "until": "2025-12-31"},
        {"record": "r-1"},
        {"sensitivities": ["HIV", "VIOLENCE"], "evenInEmergency": True},
        {"representative": by_key("bao").personal_id, "purposes": ["REPRESENTATION"]},
    ):
        blocked = await consent(here, city, BLOCK, given | {"idempotencyKey": str(uuid4())})
        assert (blocked["effect"], blocked["status"], blocked["grantedBy"]) == ("DENY", "ACTIVE", "SELF")
        assert blocked["grantee"]["everybody"] == (not {"organisation", "representative"} & set(given))
        assert blocked["grantee"]["representative"] == ("representative" in given)
        shown = {name: blocked[name] for name in given if name in blocked}
        assert shown == {name: value for name, value in given.items() if name in blocked}
        old = await send(here, city, REVOKE, blocked["id"], auth_time=1)
        assert old.codes == ["STEP_UP_REQUIRED"], "lifting opens something"
        assert (await consent(here, city, REVOKE, blocked["id"]))["status"] == "REVOKED"


async def test_a31_nobody_reaches_anothers_consent_and_a_made_up_one_looks_the_same(
    here: Running, city: City, city_clock: CityClock
) -> None:
    """By its id, by the citizen's number, by refetching it."""
    allowed = await consent(here, city, GRANT, await wanted(here, city, city_clock))
    fetched = await here.ask(
        "query Again($id: ID!) { node(id: $id) { id ... on Consent { status } } }",
        token=city.eid.token_for("an"),
        variables={"id": allowed["id"]},
    )
    assert fetched.data["node"] == {"id": allowed["id"], "status": "ACTIVE"}
    for identifier in (allowed["id"], "A" * len(allowed["id"])):
        for document, given in ((REVOKE, identifier), (NARROW, {"id": identifier, "sections": ["ALLERGIES"]})):
            answer = await send(here, city, document, given, who="dat")
            assert (answer.codes, answer.body["data"]) == (["FORBIDDEN"], None)
        asked = f'{{ node(id: "{identifier}") {{ id }} }}'
        assert (await here.ask(asked, token=city.eid.token_for("dat"))).codes == ["FORBIDDEN"]
    given = await wanted(here, city, city_clock, citizen=by_key("an").personal_id)
    assert (await send(here, city, GRANT, given, who="dat")).codes == ["FORBIDDEN"]
    assert await statuses(here, city, "dat") == {}


async def test_f25_while_the_store_is_away_her_own_record_goes_on_and_consents_say_so(
    whole_city: City, city: City, city_clock: CityClock, tmp_path: Path
) -> None:
    """Not an empty list, which would look like 'nothing is forbidden'; her own allergies need no store."""
    nowhere = "development = true -> development = true\nstore.file = 'no/such/folder/store.db'"
    with running_gateway(whole_city, tmp_path, clock=city_clock, nowhere=nowhere) as running:
        token = city.eid.token_for("an")
        both = await running.ask("{ me { allergies { completeness { complete } } } }", token=token)
        assert both.data["me"]["allergies"]["completeness"]["complete"]
        told = await running.ask(MINE, token=token)
        assert told.codes == ["CONSENTS_UNAVAILABLE"] and told.body["errors"][0]["extensions"]["retryable"]
        given = await wanted(running, city, city_clock)
        assert (await send(running, city, GRANT, given)).codes == ["CONSENTS_UNAVAILABLE"]
