"""Signing in to the explorer: the whole way over sockets, who is then shown to whom, and for how long."""

import base64
import hashlib
from datetime import datetime, timedelta

from gateway.portal.sign_in import TIME_TO_SIGN_IN
from tests.gateway.portal.browser import NOBODY, Browser, cookies_set, parameters
from tests.gateway.portal.conftest import HOME, SAFE_HOME, Nook
from tests.running import Running
from tests.sandbox.city import City
from tests.sandbox.people import by_key


async def test_somebody_signs_in_and_the_token_opens_the_record(gateway: Running, browser: Browser) -> None:
    """Button, e-ID, callback, cookie, session, and the graph about the very person who was chosen."""
    assert await browser.who() == NOBODY
    back = await browser.sign_in("an")
    assert (back.status_code, back.headers["location"]) == (303, "/")
    signed_in, name, token = await browser.who()
    assert (signed_in, name) == (True, by_key("an").name)
    answer = await gateway.ask("{ me { personalId } }", token=token)
    assert answer.data["me"]["personalId"] == by_key("an").personal_id


async def test_the_way_to_the_e_id_asks_for_what_the_standards_want(
    gateway: Running, city: City, browser: Browser
) -> None:
    """Code flow with PKCE (RFC 7636): the challenge is a hash, the state is fresh, and the way back is our own."""
    first, second = await browser.begin(), await browser.begin()
    asked, again = parameters(first), parameters(second)
    assert first.startswith(f"{city.issuer}/authorize?")
    assert (asked["response_type"], asked["client_id"]) == ("code", "explorer")
    assert asked["redirect_uri"] == f"{gateway.url}/sign-in/callback"
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert asked["scope"].split() == ["openid", "profile", "health.read", "consent.write"]
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & set(again.values())


async def test_the_verifier_never_meets_the_browser(browser: Browser) -> None:
    """Neither in the address nor in the cookie: whoever reads the browser's history cannot redeem the code."""
    sent = await browser.get("/sign-in")
    challenge = parameters(sent.headers["location"])["code_challenge"]
    for seen in (*parameters(sent.headers["location"]).values(), *browser.cookies.values()):
        assert base64.urlsafe_b64encode(hashlib.sha256(seen.encode()).digest()).rstrip(b"=").decode() != challenge


async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(browser: Browser) -> None:
    """The attempt's is lax, because the browser comes back from the e-ID's site with it; the session's is strict."""
    begun = await browser.get("/sign-in")
    attempt = cookies_set(begun)["sign_in"]
    assert (attempt["samesite"], attempt["path"], attempt["max-age"]) == ("lax", "/sign-in", "600")
    back = await browser.get(await browser.choose(begun.headers["location"], "an"))
    session = cookies_set(back)["explorer"]
    assert (session["samesite"], session["path"]) == ("strict", "/")
    assert "max-age" not in session, "it ends with the browser"
    for cookie in (attempt, session):
        assert "httponly" in cookie
        assert "domain" not in cookie
    assert cookies_set(back)["sign_in"]["max-age"] == "0"
    assert "sign_in" not in browser.cookies


async def test_over_https_the_cookies_are_secure(nook: Nook) -> None:
    """As the explorer's own address says; at the loop-back address of a developer a browser would not keep them."""
    for home, secure in ((SAFE_HOME, True), (HOME, False)):
        browser = await nook.browser(home)
        begun = await browser.get("/sign-in")
        back = await browser.get(await browser.choose(begun.headers["location"], "an"))
        out = await browser.get("/sign-out")
        for answer in (begun, back, out):
            assert {"secure" in cookie for cookie in cookies_set(answer).values()} == {secure}


async def test_nothing_of_a_sign_in_may_be_kept_by_a_cache(browser: Browser) -> None:
    begun = await browser.get("/sign-in")
    back = await browser.get(await browser.choose(begun.headers["location"], "an"))
    shown, left = await browser.get("/explorer/session"), await browser.get("/sign-out")
    assert {answer.headers["cache-control"] for answer in (begun, back, shown, left)} == {"no-store"}


async def test_neither_token_nor_citizen_is_in_an_address_or_a_cookie(browser: Browser) -> None:
    """They are what histories, logs and referrers are made of."""
    begun = await browser.begin()
    address = await browser.choose(begun, "an")
    await browser.get(address)
    _, _, token = await browser.who()
    for seen in (begun, address, *browser.cookies.values()):
        assert str(token) not in seen
        assert by_key("an").personal_id not in seen


async def test_an_attempt_is_good_for_ten_minutes(nook: Nook) -> None:
    """And the e-ID's code would still have been good: only our own time was over."""
    in_time, late = await nook.browser(), await nook.browser()
    begun, begun_late = await in_time.begin(), await late.begin()
    nook.clock.pass_seconds(TIME_TO_SIGN_IN.total_seconds() - 1)
    assert (await in_time.get(await in_time.choose(begun, "an"))).status_code == 303
    address = await late.choose(begun_late, "an")
    nook.clock.pass_seconds(1)
    refused = await late.get(address)
    assert (refused.status_code, await late.who()) == (400, NOBODY)


async def test_a_session_ends_with_its_token(nook: Nook) -> None:
    browser = await nook.browser()
    await browser.sign_in("an")
    _, _, token = await browser.who()
    nook.clock.pass_seconds(1_799)
    assert await browser.who() == (True, by_key("an").name, token)
    nook.clock.pass_seconds(1)
    assert await browser.who() == NOBODY


async def test_the_page_is_told_when_the_token_ends(nook: Nook) -> None:
    """So that it can ask the person to sign in again before a question fails."""
    browser = await nook.browser()
    ends = nook.clock.now() + timedelta(minutes=30)
    await browser.sign_in("an")
    assert datetime.fromisoformat((await browser.session())["expiresAt"]) == ends


async def test_two_people_at_one_gateway_never_see_each_other(browser: Browser, other_browser: Browser) -> None:
    """Their sign-ins overlap, the second to begin is the first to end."""
    begun, begun_other = await browser.begin(), await other_browser.begin()
    await other_browser.get(await other_browser.choose(begun_other, "bao"))
    await browser.get(await browser.choose(begun, "an"))
    mine, other = await browser.who(), await other_browser.who()
    assert (mine[1], other[1]) == (by_key("an").name, by_key("bao").name)
    assert mine[2] != other[2]


async def test_without_the_exact_cookie_nobody_is_signed_in(browser: Browser, other_browser: Browser) -> None:
    """Also the name of an attempt is none of a session."""
    await browser.sign_in("an")
    name = browser.cookies["explorer"]
    await other_browser.begin()
    for guess in ("", name[:-1], name.swapcase(), "*", other_browser.cookies["sign_in"]):
        other_browser.take_cookie("explorer", guess)
        assert await other_browser.who() == NOBODY


async def test_signing_in_again_replaces_the_person_and_ends_the_first_session(
    browser: Browser, other_browser: Browser, city: City
) -> None:
    """The name of the session changes, so that one fixed by somebody else beforehand is worth nothing."""
    await browser.sign_in("an")
    first = browser.cookies["explorer"]
    await browser.get(f"{city.issuer}/logout")  # or the e-ID would not ask again who it is
    await browser.sign_in("bao")
    assert (await browser.who())[1] == by_key("bao").name
    assert browser.cookies["explorer"] != first
    other_browser.take_cookie("explorer", first)
    assert await other_browser.who() == NOBODY
