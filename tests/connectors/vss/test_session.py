"""One token for everybody: when it is taken, when it is renewed, and when the portal is left alone."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.errors import Denied, Garbled, Overloaded, SourceError, Unavailable
from connectors.records import Claim, Coverage
from tests.connectors.vss.portal import CARD, HISTORY, PASSWORD_MD5, TAKE, Portal, ask, body, source
from tests.sandbox.eid.held_clock import HeldClock

REFUSED = {"maKetQua": "401", "ghiChu": "Lỗi xác thực tài khoản"}


async def test_a_token_is_taken_once_for_everybody() -> None:
    """Twenty questions at once, one token; the next ones use it until shortly before its end."""
    portal, clock = Portal(), HeldClock()
    asked = source(portal, clock=clock)
    await asyncio.gather(*(ask(asked, Coverage) for _ in range(20)))
    assert portal.counts == {TAKE: 1, CARD: 20}
    clock.pass_seconds(9 * 60)
    await ask(asked, Coverage)
    assert portal.counts[TAKE] == 1
    clock.pass_seconds(45)
    await ask(asked, Coverage)
    assert portal.counts[TAKE] == 2


@pytest.mark.parametrize("said", ["2026-11-22T05:00:00Z", "2026-11-23T04:59:59", "600", "", "9" * 40])
async def test_f18_a_portal_whose_clock_is_off_is_not_asked_for_a_token_each_time(said: str) -> None:
    """An end in the past, or none that can be read: the token is used for a minute."""
    portal, clock = Portal(), HeldClock()
    portal.expires_in = said
    asked = source(portal, clock=clock)
    await ask(asked, Coverage)
    clock.pass_seconds(59)
    await ask(asked, Coverage)
    assert portal.counts[TAKE] == 1
    clock.pass_seconds(2)
    await ask(asked, Coverage)
    assert portal.counts[TAKE] == 2


async def test_an_end_without_offset_is_the_time_of_ho_chi_minh_city() -> None:
    """Noon there, ten past noon without an offset: good for nine and a half minutes."""
    portal, clock = Portal(), HeldClock()
    portal.expires_in = "2026-11-23T12:10:00.1234567"
    asked = source(portal, clock=clock)
    await ask(asked, Coverage)
    clock.pass_seconds(timedelta(minutes=9).total_seconds())
    await ask(asked, Coverage)
    assert portal.counts[TAKE] == 1


@pytest.mark.parametrize("path", [CARD, HISTORY])
@pytest.mark.parametrize("refusal", ["business", "http"])
async def test_f07_a_refused_token_is_renewed_once(path: str, refusal: str) -> None:
    """The portal forgot the session: a new token, the same question again, an answer."""
    portal = Portal()
    portal.answers[path].insert(0, REFUSED if refusal == "business" else httpx.Response(401))
    assert (await ask(source(portal), Claim)).records
    assert portal.counts[TAKE] == 2
    assert portal.calls[-1].url.params["token"] == "token-2"


async def test_f07_a_portal_that_accepts_no_token_is_denied_after_one_renewal() -> None:
    """No storm of log-ins: two tokens, two checks, an error."""
    portal = Portal(REFUSED)
    with pytest.raises(Denied):
        await ask(source(portal), Coverage)
    assert portal.counts == {TAKE: 2, CARD: 2}


async def test_f07_one_refused_token_is_renewed_once_for_everybody() -> None:
    """Ten questions meet the end of the session together: one log-in more, not ten."""
    portal = Portal()
    asked = source(portal)
    await ask(asked, Coverage)
    portal.forgotten.add("token-1")
    await asyncio.gather(*(ask(asked, Coverage) for _ in range(10)))
    assert portal.counts[TAKE] == 2


async def test_f07_wrong_credentials_are_not_tried_again_and_again() -> None:
    """A refused account is left alone for half a minute, lest the portal lock it."""
    portal, clock = Portal(), HeldClock()
    portal.answers[TAKE] = [{"maKetQua": "401", "APIKey": None}]
    asked = source(portal, clock=clock)
    for _ in range(3):
        with pytest.raises(Denied):
            await ask(asked, Coverage)
    assert portal.counts == {TAKE: 1}
    clock.pass_seconds(31)
    del portal.answers[TAKE]
    assert (await ask(asked, Coverage)).records


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"maKetQua": "200", "APIKey": None}, Garbled),
        ({"maKetQua": "200", "APIKey": {"access_token": "", "id_token": "b"}}, Garbled),
        ({"maKetQua": "200", "APIKey": {"access_token": 7, "id_token": "b"}}, Garbled),
        ({"maKetQua": "000"}, Garbled),
        ({"maKetQua": "999"}, Garbled),
        ({"maKetQua": "101"}, Unavailable),
        ({}, Garbled),
    ],
)
async def test_a_token_answer_without_a_token_is_no_token(answer: dict[str, Any], error: type[SourceError]) -> None:
    """And nothing is asked with it."""
    portal = Portal()
    portal.answers[TAKE] = [answer]
    with pytest.raises(error):
        await ask(source(portal), Coverage)
    assert portal.counts == {TAKE: 1}


@pytest.mark.parametrize(("case", "md5"), [("lower", PASSWORD_MD5), ("upper", PASSWORD_MD5.upper())])
@pytest.mark.parametrize("encoding", ["form", "json"])
async def test_the_account_is_written_as_the_portal_wants_it(case: str, md5: str, encoding: str) -> None:
    """The guide says upper case, clients send lower; a form or JSON."""
    portal = Portal()
    await ask(source(portal, md5_case=case, token_encoding=encoding), Coverage)
    take = portal.calls[0]
    assert body(take) == {"username": "79981_BV", "password": md5}
    assert take.headers["content-type"].endswith("json" if encoding == "json" else "form-urlencoded")
    assert portal.calls[1].url.params["password"] == md5


async def test_an_account_with_an_agreed_number_of_calls_keeps_to_it() -> None:
    """Beyond it nothing is sent, and the answer says when to come back."""
    portal = Portal()
    asked = source(portal, calls_per_minute=1)
    await ask(asked, Coverage)
    with pytest.raises(Overloaded) as caught:
        await ask(asked, Coverage)
    assert caught.value.retry_after == timedelta(minutes=1)
    assert portal.counts[CARD] == 1
