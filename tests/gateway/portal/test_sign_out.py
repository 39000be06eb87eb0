"""Leaving the explorer, here and at the e-ID."""

from tests.gateway.portal.browser import NOBODY, Browser, cookies_set
from tests.gateway.portal.conftest import Nook
from tests.running import Running
from tests.sandbox.city import City


async def test_signing_out_forgets_the_person_here_and_at_the_e_id(
    gateway: Running, city: City, browser: Browser, other_browser: Browser
) -> None:
    """The next sign-in asks who it is; and a copy of the cookie opens nothing any more."""
    await browser.sign_in("an")
    name = browser.cookies["explorer"]
    out = await browser.get("/sign-out")
    assert cookies_set(out)["explorer"]["max-age"] == "0"
    assert out.headers["location"].startswith(f"{city.issuer}/logout?")
    back = await browser.get(out.headers["location"])
    assert back.headers["location"] == f"{gateway.url}/"
    assert await browser.who() == NOBODY
    other_browser.take_cookie("explorer", name)
    assert await other_browser.who() == NOBODY
    assert 'name="pending"' in (await browser.get(await browser.begin())).text


async def test_signing_out_without_a_session_leads_home(city: City, browser: Browser) -> None:
    """A link on somebody else's site, which comes without the cookie, ends nothing at the e-ID."""
    city.seen["eid"].forget()
    out = await browser.get("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert not city.seen["eid"].calls


async def test_signing_out_works_while_the_e_id_is_away(nook: Nook) -> None:
    browser = await nook.browser()
    await browser.sign_in("an")
    await nook.site.close()
    out = await browser.get("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert await browser.who() == NOBODY
