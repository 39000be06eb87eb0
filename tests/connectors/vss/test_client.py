"""What the kind says to the portal, and what it makes of the answers."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import structs

from connectors.contract import Question
from connectors.errors import Denied, Garbled, SourceError, Unavailable, Unmatched
from connectors.options import BadOptions, read
from connectors.records import Claim, Coverage, Encounter, PartialDate
from connectors.vss.options import VssOptions
from tests.connectors.conformance import grant_for
from tests.connectors.vss.portal import (
    AN,
    CARD,
    HISTORY,
    PASSWORD,
    PASSWORD_MD5,
    STAFF_ID,
    STAFF_NAME,
    TAKE,
    Portal,
    ask,
    body,
    card,
    history,
    inquiry,
    source,
    visit,
)

MINIMUM: dict[str, Any] = {
    "kind": "vss",
    "name": "Mẫu",
    "category": "INSURANCE",
    "url": "http://portal.invalid",
    "username": "u",
    "password": "env:X",
    "staff_name": "Mẫu",
    "staff_id": "env:X",
}


async def test_a_card_check_as_the_guide_wants_it() -> None:
    """Token and account in the query; the citizen and the staff member in the body, as JSON."""
    portal = Portal()
    await ask(source(portal), Coverage)
    take, check = portal.calls
    assert body(take) == {"username": "79981_BV", "password": PASSWORD_MD5}
    account = {"token": "token-1", "id_token": "id-1", "username": "79981_BV", "password": PASSWORD_MD5}
    assert dict(check.url.params) == account
    assert check.headers["content-type"] == "application/json"
    assert body(check) == {
        "maThe": AN.personal_id,
        "hoTen": AN.name,
        "ngaySinh": "03/02/1985",
        "hoTenCb": STAFF_NAME,
        "cccdCb": STAFF_ID,
    }


async def test_a_history_request_as_the_portal_wants_it() -> None:
    """A form; the query holds the token and nothing of the account."""
    portal = Portal()
    await ask(source(portal), Claim)
    asked = portal.calls[-1]
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(asked.url.params) == {"token": "token-1", "id_token": "id-1"}
    assert body(asked)["maThe"] == AN.personal_id


async def test_options_change_what_is_said() -> None:
    """A form instead of JSON, a password that is hashed already, other paths."""
    portal = Portal()
    paths = {"token": "/t", "card": "/c", "history": "/h"}
    table = {
        "kind": "vss",
        "name": "Mẫu",
        "category": "INSURANCE",
        "url": "http://portal.invalid/base",
        "username": "79981_BV",
        "password": "env:PASSWORD",
        "password_is_md5": True,
        "staff_name": STAFF_NAME,
        "staff_id": "env:STAFF",
        "card_encoding": "form",
        "endpoints": paths,
    }
    known = {"PASSWORD": PASSWORD_MD5.upper(), "STAFF": STAFF_ID}
    made = read(VssOptions, table, where="sources.x", folder=Path(), environment=known.get)
    portal.answers = {"/base/t": [{"maKetQua": "200", "APIKey": {"access_token": "a", "id_token": "b"}}]}
    portal.answers["/base/c"] = [card()]
    fields = {name: getattr(made, name) for name in VssOptions.__struct_fields__}
    assert (await ask(source(portal, **fields), Coverage)).records
    assert [request.url.path for request in portal.calls] == ["/base/t", "/base/c"]
    assert body(portal.calls[0])["password"] == PASSWORD_MD5.upper()
    assert portal.calls[1].headers["content-type"] == "application/x-www-form-urlencoded"
    assert PASSWORD_MD5 not in repr(made).lower()


@pytest.mark.parametrize(
    "path", ["http://elsewhere.invalid/t", "token/take", "", "/t?x=1", "/t#x", "//elsewhere.invalid/t"]
)
def test_a_path_cannot_lead_elsewhere(path: str) -> None:
    """Credentials go to the source's own host or nowhere."""
    table = {"endpoints": {"token": path}}
    with pytest.raises(BadOptions, match=r"sources\.x.*endpoints"):
        read(VssOptions, table | MINIMUM, where="sources.x", folder=Path(), environment=lambda _: "x")


@pytest.mark.parametrize(("known", "sent"), [("1985-02-03", "03/02/1985"), ("1985-02", "02/1985"), ("1985", "1985")])
async def test_a_birth_date_is_sent_as_far_as_it_is_known(known: str, sent: str) -> None:
    """Three forms, as the guide lists them."""
    portal = Portal()
    await ask(source(portal), Coverage, structs.replace(AN, birth_date=PartialDate(known)))
    assert body(portal.calls[-1])["ngaySinh"] == sent


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("054", Denied),
        ("055", Denied),
        ("060", Unmatched),
        ("061", Unmatched),
        ("070", Unmatched),
        ("100", Unavailable),
        ("101", Unavailable),
        ("205", Garbled),
        ("401", Denied),
        ("080", Garbled),
        ("200", Garbled),
        ("", Garbled),
        ("0000", Garbled),
    ],
)
@pytest.mark.parametrize("path", [CARD, HISTORY])
async def test_every_business_code_ends_in_its_error(code: str, error: type[SourceError], path: str) -> None:
    """In the card check as in the history; the sentence of the portal stands in no error."""
    portal = Portal()
    portal.answers[path] = [{"maKetQua": code, "ghiChu": "Thẻ của Trần Thị Mẫu Ân", "dsLichSuKCB2025": [visit()]}]
    with pytest.raises(error) as caught:
        await ask(source(portal), Claim)
    assert type(caught.value) is error
    assert "Mẫu" not in str(caught.value)


@pytest.mark.parametrize("code", ["050", "051", "052", "053", "130"])
async def test_no_card_is_an_empty_answer_and_no_history_is_asked(code: str) -> None:
    """Without a card nobody is proven, and nothing was claimed under it."""
    portal = Portal({"maKetQua": code, "hoTen": None})
    asked = source(portal)
    for about in (Coverage, Claim):
        answer = await ask(asked, about)
        assert (answer.records, answer.dropped) == ((), 0)
    assert portal.counts[HISTORY] == 0


async def test_one_card_check_serves_all_questions_of_a_request() -> None:
    """Cards and claims asked together: one token, one check, one history."""
    portal = Portal()
    asked, request = source(portal), inquiry()
    cards, visits, again = await asyncio.gather(
        *(ask(asked, about, AN, request) for about in (Coverage, Claim, Coverage))
    )
    assert cards.records == again.records
    assert visits.records
    assert portal.counts == {TAKE: 1, CARD: 1, HISTORY: 1}


@pytest.mark.parametrize("visits", [None, [], ...])
async def test_null_empty_and_missing_lists_all_mean_none(visits: Any) -> None:
    """A card without visits is an ordinary answer."""
    answer = {"maKetQua": "000"} if visits is ... else {"maKetQua": "000", "dsLichSuKCB2025": visits}
    claims = await ask(source(Portal(history_answer=answer)), Claim)
    assert (claims.records, claims.dropped, claims.truncated) == ((), 0, False)


async def test_a98_endless_history_is_cut_off() -> None:
    """More than a bound is not read, and the answer says so."""
    visits = [visit(maHoSo=str(number)) for number in range(2001)]
    answer = await ask(source(Portal(history_answer=history(*visits))), Claim)
    assert (len(answer.records), answer.truncated, answer.dropped) == (2000, True, 0)


async def test_employer_and_earlier_checks_come_out_nowhere() -> None:
    """What is not health data is not read: employer, address, other facilities' checks."""
    asked, request = source(Portal()), inquiry()
    for about in (Coverage, Claim):
        for record in (await ask(asked, about, AN, request)).records:
            shown = [str(getattr(record, name)) for name in type(record).__struct_fields__]
            assert not [text for text in ("employer", "1 Đường Mẫu", "79981_BV") if text in " ".join(shown)]


async def test_a89_credentials_stand_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """The protocol puts them into the query; nothing of ours writes the query down."""
    caplog.set_level(logging.DEBUG)
    portal = Portal()
    portal.answers[CARD] = [httpx.Response(500, text="token-1"), httpx.Response(200, text="<html>token-1</html>")]
    asked, told = source(portal), ""
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            await ask(asked, Coverage)
        told += repr(caught.value)
    await ask(source(Portal()), Coverage)
    logged = caplog.text + "".join(str(vars(line)) for line in caplog.records) + told
    assert not [text for text in ("token-1", "id-1", PASSWORD, PASSWORD_MD5, STAFF_ID) if text in logged]


async def test_holds_narrows_what_may_be_asked() -> None:
    """A source may be asked for claims alone: the card check is then its own affair."""
    asked = source(Portal(), holds=("Claim",))
    assert asked.holds == {Claim}
    assert (await ask(asked, Claim)).records


@pytest.mark.parametrize(
    ("holds", "hint"),
    [
        (("Claims",), "did you mean 'Claim'"),
        (("Encounter",), "it can hold: Claim, CoPayment, Coverage"),
        ((), "at least one"),
    ],
)
def test_holds_must_name_what_the_kind_can_do(holds: tuple[str, ...], hint: str) -> None:
    """The error names the block and what would be right."""
    with pytest.raises(BadOptions, match=hint) as caught:
        source(Portal(), holds=holds)
    assert "sources.insurance.holds" in str(caught.value)


async def test_a_question_outside_the_grant_reaches_nobody() -> None:
    """It is our mistake, and the portal hears nothing of it."""
    portal = Portal()
    with pytest.raises(PermissionError):
        await source(portal).ask(Question(about=Coverage), grant_for(AN, Encounter), inquiry())
    assert not portal.calls
