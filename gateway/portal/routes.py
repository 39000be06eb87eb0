"""The explorer's addresses: its page and assets, and the sign-in behind its button."""

from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.clock import Clock
from gateway.identity.settings import IssuerSettings
from gateway.identity.tokens import Verifier
from gateway.portal.sign_in import CALLBACK, SignIn, SignInFailed
from gateway.settings import Explorer

_STATIC = resources.files("gateway.portal") / "static"
_ATTEMPT = "sign_in"
_SESSION = "explorer"

_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
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


def portal_routes(explorer: Explorer, *, issuer: IssuerSettings, verifier: Verifier, clock: Clock) -> list[BaseRoute]:
    """The routes of the explorer."""
    pages = _Pages(SignIn(explorer, issuer=issuer, verifier=verifier, clock=clock))
    handlers = {
        "/": pages.index,
        "/explorer/session": pages.session,
        "/sign-in": pages.sign_in,
        CALLBACK: pages.signed_in,
    }
    routes: list[BaseRoute] = [Route(path, _Guarded(Route(path, handler).app)) for path, handler in handlers.items()]
    return [
        *routes,
        Route("/sign-out", _Guarded(Route("/sign-out", pages.sign_out).app), methods=["GET", "POST"]),
        Mount("/explorer/static", _Guarded(StaticFiles(directory=str(_STATIC)))),
    ]


class _Pages:
    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
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
            "signInUrl": "/sign-in",
            "signOutUrl": "/sign-out",
            "examples": self._examples,
        }
        return JSONResponse(shown, headers={"cache-control": "no-store"})

    async def sign_in(self, _request: Request) -> Response:
        try:
            address, attempt = await self._sign_in.begin()
        except SignInFailed as error:
            return _sorry(error)
        response = RedirectResponse(address, status_code=303)
        # Lax, not strict: the browser comes back from the e-ID's site with it.
        response.set_cookie(_ATTEMPT, attempt, max_age=600, path="/sign-in", httponly=True, samesite="lax")
        return response

    async def signed_in(self, request: Request) -> Response:
        attempt = request.cookies.get(_ATTEMPT, "")
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        try:
            session = await self._sign_in.complete(attempt, state=state, code=code)
        except SignInFailed as error:
            return _sorry(error)
        response = RedirectResponse("/", status_code=303)
        response.delete_cookie(_ATTEMPT, path="/sign-in")
        response.set_cookie(_SESSION, session, path="/", httponly=True, samesite="strict")
        return response

    async def sign_out(self, request: Request) -> Response:
        self._sign_in.end(request.cookies.get(_SESSION, ""))
        response = RedirectResponse("/", status_code=303)
        response.delete_cookie(_SESSION, path="/")
        return response


def _sorry(error: SignInFailed) -> Response:
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign-in</title>'
        f'<p>{error}</p><p><a href="/">Citizen Graph</a></p></html>',
        status_code=400,
        headers={"cache-control": "no-store"},
    )


def _examples() -> list[dict[str, str]]:
    """The queries beside this file; the first line of each is its title."""
    folder = resources.files("gateway.portal") / "examples"
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name)]
    return [
        {"title": text.partition("\n")[0].removeprefix("#").strip(), "query": text.partition("\n")[2], "variables": ""}
        for text in texts
    ]
