"""The explorer's page and its files: what every answer carries, what the page may load, and when there is none."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import msgspec
import pytest

from gateway.app import Gateway
from gateway.settings import load
from tests.gateway.portal.browser import Browser
from tests.gateway.portal.raw import get_raw
from tests.running import Running
from tests.sandbox.city import City

PATHS = ("/", "/explorer/session", "/sign-in", "/sign-in/callback", "/sign-out", "/explorer/static/explorer.js")
MISSING = (
    "/explorer/static/missing.js",
    "/explorer/static/",
    "/explorer/static",
    "/explorer",
    "/sign-in/x",
    "/sign-out/",
)


class Page(HTMLParser):
    """What a page loads, and what in it a browser would run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag
        given = dict(attrs)
        self.loaded += [str(given[name]) for name in ("src", "href", "srcset", "action", "data") if name in given]
        self.inline += [name for name in given if name.startswith("on") or name in {"style", "srcdoc"}]

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in {"script", "style"} and data.strip():
            self.inline.append(self._within)


@pytest.fixture
async def page(browser: Browser) -> Page:
    return Page((await browser.get("/")).text)


def _assert_guarded(answer: httpx.Response) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", [*PATHS, *MISSING])
async def test_every_answer_carries_the_safe_headers_once(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code == 404) == (path in MISSING)
    _assert_guarded(answer)
    names = [name for name, _ in answer.headers.multi_items()]
    assert names.count("content-security-policy") == names.count("x-content-type-options") == 1


@pytest.mark.parametrize("path", [*PATHS, *MISSING])
async def test_also_the_refusal_of_a_method_carries_them(gateway: Running, city: City, path: str) -> None:
    """Nothing of the explorer is changed by a form of another site: nothing of it takes a form."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(gateway.url + path, data={"a": "b"})
    assert answer.status_code in {404, 405}
    _assert_guarded(answer)
    assert "set-cookie" not in answer.headers


async def test_the_page_has_no_script_of_its_own_and_loads_nothing_from_elsewhere(page: Page) -> None:
    """So that the policy needs no exception, and nobody else learns that somebody looks at a record."""
    assert page.inline == []
    assert page.loaded
    assert [address for address in page.loaded if not address.startswith("/explorer/static/")] == []


async def test_what_the_page_loads_is_there_and_is_what_it_says(browser: Browser, page: Page) -> None:
    types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    for address in page.loaded:
        answer = await browser.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].partition(";")[0] == types[address.rpartition(".")[2]]
        assert answer.content


async def test_the_style_sheet_loads_nothing_from_elsewhere(browser: Browser, page: Page) -> None:
    for address in page.loaded:
        if address.endswith(".css"):
            text = (await browser.get(address)).text
            assert "@import" not in text
            assert [
                found for found in re.findall(r"url\(([^)]*)", text) if not found.strip("\"'").startswith("data:")
            ] == []


async def test_the_page_itself_is_asked_for_anew_each_time(browser: Browser) -> None:
    """Its files may change with the next version of the gateway."""
    assert (await browser.get("/")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "target",
    [
        "/explorer/static/../routes.py",
        "/explorer/static/../../settings/reading.py",
        "/explorer/static/%2e%2e/routes.py",
        "/explorer/static/..%2froutes.py",
        "/explorer/static/%2e%2e%2f%2e%2e%2fsettings%2freading.py",
        "/explorer/static/..%5croutes.py",
        "/explorer/static/..\\routes.py",
        "/explorer/static/%252e%252e/routes.py",
        "/explorer/static/index.html/../../routes.py",
        "/explorer/static//etc/passwd",
        "/explorer/static/%2fetc/passwd",
        "/explorer/static/%00",
        "/explorer/static/index.html%00.js",
        "/explorer/static/..",
        "/explorer/static/" + "../" * 12 + "etc/passwd",
        "/explorer/static/" + "a" * 5000,
        "//evil.example/explorer/static/../",
        "/../gateway/settings/reading.py",
    ],
)
async def test_no_way_leads_out_of_the_folder_of_the_assets(gateway: Running, city: City, target: str) -> None:
    """Not found, whether it is there or not, and no redirect to another spelling."""
    status, answer = await get_raw(gateway.url, target)
    assert status == 404
    assert not [found for found in (b"location:", b"import ", b"root:") if found in answer.lower()]


async def test_the_attacks_above_would_reach_a_file_that_may_be_read(gateway: Running, city: City) -> None:
    """The control: the same wire, an honest address."""
    status, answer = await get_raw(gateway.url, "/explorer/static/index.html")
    assert status == 200
    assert b"<title>Citizen Graph</title>" in answer


@pytest.fixture
async def without_explorer(whole_city: City, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway as in production: the block of the explorer left out."""
    settings = load(whole_city.write_config(tmp_path), environment={})
    assert settings.explorer is not None
    gateway = Gateway(msgspec.structs.replace(settings, explorer=None))
    yield gateway
    await gateway.stop()


async def test_without_the_explorer_there_is_the_graph_and_nothing_else(without_explorer: Gateway) -> None:
    transport = httpx.ASGITransport(without_explorer.public)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.example") as client:
        for path in (*PATHS, *MISSING):
            answer = await client.get(path)
            assert answer.status_code == 404, path
            assert "set-cookie" not in answer.headers
        assert (await client.post("/graphql", json={"query": "{ me { id } }"})).status_code == 401
