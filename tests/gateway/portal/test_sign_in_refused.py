"""What must not work on the way in: made-up, replayed and stolen callbacks, and ways to elsewhere."""

import pytest

from tests.gateway.portal.browser import NOBODY, Browser, cookies_set, parameters
from tests.running import Running
from tests.sandbox.city import City


@pytest.mark.parametrize("state", ["", "A" * 32, None])
async def test_a_wrong_state_signs_nobody_in_and_ends_the_attempt(browser: Browser, state: str | None) -> None:
    """A callback that somebody else made up (RFC 6749 section 10.12); there is no second guess."""
    address = await browser.choose(await browser.begin(), "an")
    attempt, given = browser.cookies["sign_in"], parameters(address)
    bad = {"code": given["code"], **({} if state is None else {"state": state})}
    refused = await browser.get("/sign-in/callback", params=bad)
    assert refused.status_code == 400
    assert "explorer" not in cookies_set(refused)
    browser.take_cookie("sign_in", attempt, path="/sign-in")
    assert (await browser.get(address)).status_code == 400
    assert await browser.who() == NOBODY


async def test_a_callback_works_once(browser: Browser) -> None:
    """Also for the person herself, with the very cookie of the first time."""
    address = await browser.choose(await browser.begin(), "an")
    attempt = browser.cookies["sign_in"]
    assert (await browser.get(address)).status_code == 303
    await browser.get("/sign-out")
    browser.take_cookie("sign_in", attempt, path="/sign-in")
    assert (await browser.get(address)).status_code == 400
    assert await browser.who() == NOBODY


async def test_a_code_that_was_used_is_refused_by_the_e_id(browser: Browser) -> None:
    """Put into a new and honest attempt of the same browser, it still signs nobody in."""
    first = await browser.choose(await browser.begin(), "an")
    await browser.get(first)
    await browser.get("/sign-out")
    fresh = parameters(await browser.begin())["state"]
    refused = await browser.get(f"/sign-in/callback?state={fresh}&code={parameters(first)['code']}")
    assert (refused.status_code, await browser.who()) == (400, NOBODY)


async def test_a_stolen_code_is_worth_nothing_in_another_attempt(browser: Browser, other_browser: Browser) -> None:
    """PKCE: the code was never used, and yet the thief's own attempt cannot redeem it."""
    code = parameters(await browser.choose(await browser.begin(), "an"))["code"]
    state = parameters(await other_browser.begin())["state"]
    refused = await other_browser.get(f"/sign-in/callback?state={state}&code={code}")
    assert (refused.status_code, await other_browser.who()) == (400, NOBODY)


@pytest.mark.parametrize("begins", [True, False])
async def test_a_callback_is_good_in_the_browser_that_began_alone(
    browser: Browser, other_browser: Browser, *, begins: bool
) -> None:
    """A link to somebody else's finished sign-in does not make its reader that person, whatever cookie she has."""
    address = await browser.choose(await browser.begin(), "bao")
    if begins:
        await other_browser.begin()
    assert (await other_browser.get(address)).status_code == 400
    assert await other_browser.who() == NOBODY


async def test_a_callback_out_of_nowhere_signs_nobody_in(browser: Browser) -> None:
    for query in (
        "",
        "?code=abc",
        "?state=abc",
        "?state=&code=",
        "?state=%00%FF&code=%F0%9F%98%80",
        "?" + "a=1&" * 500,
    ):
        refused = await browser.get(f"/sign-in/callback{query}")
        assert refused.status_code == 400
        assert "explorer" not in cookies_set(refused)


async def test_a_person_who_says_no_at_the_e_id_is_not_signed_in(city: City, browser: Browser) -> None:
    """``error`` instead of ``code`` (RFC 6749 section 4.1.2.1); its words are a stranger's and are not shown."""
    state = parameters(await browser.begin())["state"]
    city.seen["eid"].forget()
    evil = "%3Cscript%3Ealert(1)%3C/script%3E"
    refused = await browser.get(f"/sign-in/callback?state={state}&error=access_denied&error_description={evil}")
    assert refused.status_code == 400
    assert "script" not in refused.text
    assert not city.seen["eid"].calls, "there is nothing to ask it for"


@pytest.mark.parametrize("name", ["next", "redirect_uri", "return_to", "url", "continue", "post_logout_redirect_uri"])
async def test_no_parameter_leads_elsewhere(gateway: Running, browser: Browser, name: str) -> None:
    evil = {name: "https://evil.example/"}
    begun = await browser.get("/sign-in", params=evil)
    assert parameters(begun.headers["location"])["redirect_uri"] == f"{gateway.url}/sign-in/callback"
    assert "evil" not in begun.headers["location"]
    back = await browser.get(f"{await browser.choose(begun.headers['location'], 'an')}&{name}=https://evil.example/")
    assert back.headers["location"] == "/"
    out = await browser.get("/sign-out", params=evil)
    assert "evil" not in out.headers["location"]


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Original-URL", "Referer"])
async def test_no_header_leads_elsewhere(gateway: Running, browser: Browser, header: str) -> None:
    """The explorer's address is a setting; what a request says about it is hearsay."""
    evil = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}
    begun = await browser.get("/sign-in", headers=evil)
    assert parameters(begun.headers["location"])["redirect_uri"] == f"{gateway.url}/sign-in/callback"
    for path in ("/sign-in", "/sign-in/", "/sign-out", "/sign-out/", "/explorer/static", "/explorer/session/"):
        answer = await browser.get(path, headers=evil)
        assert "evil" not in answer.headers.get("location", "")
