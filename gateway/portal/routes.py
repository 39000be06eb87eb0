"""The explorer's addresses: its page and assets, and the sign-in behind its button."""

from importlib import resources
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.clock import Clock
from gateway.identity.e_id import EId, SignInFailed
from gateway.identity.tokens import Verifier
from gateway.portal.sign_in import CALLBACK, TIME_TO_SIGN_IN, SignIn
from gateway.settings import Explorer

_STATIC = resources.files("gateway.portal") / "static"
_ATTEMPT = "sign_in"
_SESSION = "explorer"
_SIGN_IN = "/sign-in"
_NO_STORE = {"cache-control": "no-store"}

_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    # Cookies know no ports: without these, another page of the same machine could embed what ours are shown.
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class _Guarded:
    """An application whose every answer carries the page's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_guarded)


def portal_routes(explorer: Explorer, *, e_id: EId, verifier: Verifier, clock: Clock) -> list[BaseRoute]:
    """The routes of the explorer.

    One application inside, so that also its "not found" and "went wrong" are answers of its own and carry the headers.
    """
    pages = _Pages(explorer, SignIn(explorer, e_id=e_id, verifier=verifier, clock=clock))
    inside = Starlette(
        routes=[
            Route("/", pages.index),
            Route("/explorer/session", pages.session),
            Route(_SIGN_IN, pages.sign_in),
            Route(CALLBACK, pages.signed_in),
            Route("/sign-out", pages.sign_out),
            Mount("/explorer/static", StaticFiles(directory=str(_STATIC))),
        ]
    )
    # A redirect for a slash too many would be built from the Host header, which is anybody's to write.
    inside.router.redirect_slashes = False
    guarded = _Guarded(inside)
    return [
        Route(path, guarded) for path in ("/", "/explorer{rest:path}", "/sign-in{rest:path}", "/sign-out{rest:path}")
    ]


class _Pages:
    def __init__(self, explorer: Explorer, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._secure = explorer.address.startswith("https:")
        self._examples = _examples()

    async def index(self, _request: Request) -> Response:
        return FileResponse(str(_STATIC / "index.html"), headers={"cache-control": "no-cache"})

    async def session(self, request: Request) -> Response:
        person = self._sign_in.current(request.cookies.get(_SESSION, ""))
        shown: dict[str, Any] = {
            "signedIn": person is not None,
            "person": {"name": person.name} if person else None,
            "accessToken": person.access_token if person else None,
            "expiresAt": person.expires_at.isoformat() if person else None,
            "signInUrl": _SIGN_IN,
            "signOutUrl": "/sign-out",
            "examples": self._examples,
        }
        return JSONResponse(shown, headers=_NO_STORE)

    async def sign_in(self, _request: Request) -> Response:
        try:
            address, attempt = await self._sign_in.begin()
        except SignInFailed as error:
            return self._sorry(error)
        response = RedirectResponse(address, status_code=303, headers=_NO_STORE)
        response.set_cookie(
            _ATTEMPT,
            attempt,
            max_age=int(TIME_TO_SIGN_IN.total_seconds()),
            path=_SIGN_IN,
            secure=self._secure,
            httponly=True,
            samesite="lax",  # not strict: the browser comes back from the e-ID's site with it
        )
        return response

    async def signed_in(self, request: Request) -> Response:
        attempt = request.cookies.get(_ATTEMPT, "")
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        try:
            session = await self._sign_in.complete(attempt, state=state, code=code)
        except SignInFailed as error:
            return self._sorry(error)
        self._sign_in.forget(request.cookies.get(_SESSION, ""))
        response = RedirectResponse("/", status_code=303, headers=_NO_STORE)
        self._drop(response, _ATTEMPT, path=_SIGN_IN)
        response.set_cookie(_SESSION, session, path="/", secure=self._secure, httponly=True, samesite="strict")
        return response

    async def sign_out(self, request: Request) -> Response:
        # A link on somebody else's site comes without the cookie, and so ends nobody's session at the e-ID.
        was_signed_in = self._sign_in.forget(request.cookies.get(_SESSION, ""))
        address = await self._sign_in.way_out() if was_signed_in else "/"
        response = RedirectResponse(address, status_code=303, headers=_NO_STORE)
        self._drop(response, _SESSION, path="/")
        return response

    def _sorry(self, error: SignInFailed) -> Response:
        response = HTMLResponse(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign-in</title>'
            f'<p>{error}</p><p><a href="/">Citizen Graph</a></p></html>',
            status_code=error.status,
            headers=_NO_STORE,
        )
        self._drop(response, _ATTEMPT, path=_SIGN_IN)
        return response

    def _drop(self, response: Response, cookie: str, *, path: str) -> None:
        response.delete_cookie(cookie, path=path, secure=self._secure, httponly=True, samesite="lax")


def _examples() -> list[dict[str, str]]:
    """The queries beside this file; the first line of each is its title."""
    folder = resources.files("gateway.portal") / "examples"
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name)]
    return [
        {"title": text.partition("\n")[0].removeprefix("#").strip(), "query": text.partition("\n")[2], "variables": ""}
        for text in texts
    ]
