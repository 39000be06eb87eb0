"""A browser, as far as signing in needs one: it keeps cookies, follows nothing, and fills in the e-ID's form."""

import re
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from starlette.types import ASGIApp

_PENDING = re.compile(r'name="pending" value="([^"]+)"')

Shown = tuple[bool, str | None, str | None]
"""Whether somebody is signed in, the name, the token."""
NOBODY: Shown = (False, None, None)
Cookies = dict[str, dict[str, str]]
"""By name: the attributes in lower case, and the value under ``=``."""


class Browser:
    """One person's browser.

    Args:
        home: the explorer's address.
        app: the explorer itself, when it is served by no socket; the e-ID is always spoken to over one.
    """

    def __init__(self, home: str, app: ASGIApp | None = None) -> None:
        self.home = home
        mounts = {home: httpx.ASGITransport(app)} if app else None
        self._http = httpx.AsyncClient(trust_env=False, verify=False, timeout=10, mounts=mounts)  # noqa: S501  # nothing here is https

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def cookies(self) -> dict[str, str]:
        """What it would send, by name."""
        return {cookie.name: cookie.value or "" for cookie in self._http.cookies.jar}

    async def get(self, address: str, **more: Any) -> httpx.Response:
        """Go to an address, or to a path of the explorer."""
        return await self._http.get(urljoin(self.home, address), **more)

    def take_cookie(self, name: str, value: str, *, path: str = "/") -> None:
        """Send that cookie from now on: a guessed one, or one that was somebody else's."""
        self._http.cookies.set(name, value, domain=urlsplit(self.home).hostname or "", path=path)

    async def begin(self) -> str:
        """Press the button; give where it leads."""
        sent = await self.get("/sign-in")
        assert sent.status_code == 303, sent.text
        return sent.headers["location"]

    async def choose(self, address: str, person: str, *, level: str = "LoA2") -> str:
        """Be that person at the e-ID; give the address it sends the browser back to."""
        page = await self._http.get(address)
        if page.status_code == 303:
            return page.headers["location"]
        pending = _PENDING.search(page.text)
        assert pending is not None, page.text
        form = {"pending": pending.group(1), "person": person, "level": level}
        chosen = await self._http.post(urljoin(address, "/authorize/choice"), data=form)
        assert chosen.status_code == 303, chosen.text
        return chosen.headers["location"]

    async def sign_in(self, person: str, *, level: str = "LoA2") -> httpx.Response:
        """The whole way; give the answer to the callback."""
        return await self.get(await self.choose(await self.begin(), person, level=level))

    async def session(self) -> dict[str, Any]:
        """What the explorer's page is told."""
        answer = await self.get("/explorer/session")
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    async def who(self) -> Shown:
        """Who the page is told is there."""
        told = await self.session()
        return told["signedIn"], (told["person"] or {}).get("name"), told["accessToken"]


def cookies_set(answer: httpx.Response) -> Cookies:
    """The cookies of an answer, with their attributes."""
    found: Cookies = {}
    for line in answer.headers.get_list("set-cookie"):
        (name, value), *attributes = [part.strip().partition("=")[::2] for part in line.split(";")]
        found[name] = {"=": value, **{key.lower(): text.lower() for key, text in attributes}}
    return found


def parameters(address: str) -> dict[str, str]:
    """The parameters of an address, each of which stands there once."""
    found = parse_qs(urlsplit(address).query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values()), found
    return {name: values[0] for name, values in found.items()}
