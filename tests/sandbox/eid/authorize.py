"""The authorization endpoint: check the request, let a person be chosen, send a code back."""

import re
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tests.sandbox.eid import page
from tests.sandbox.eid.model import LEVELS, Client
from tests.sandbox.eid.provider import Asked, Granted, Provider, Session
from tests.sandbox.eid.wire import NO_STORE, ProtocolError, form_of, query_of

COOKIE = "eid_session"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_REFUSED_PARAMETERS = {"request": "request_not_supported", "request_uri": "request_uri_not_supported"}


async def authorize(request: Request) -> Response:
    """Answer ``/authorize`` by GET or POST (OpenID Connect Core section 3.1.2.1)."""
    provider: Provider = request.app.state.provider
    try:
        given = query_of(request) if request.method == "GET" else await form_of(request)
        client, redirect_uri = _where_back(provider, given)
    except ProtocolError as error:
        # Nothing may be sent to an address that was not proved to be the client's (RFC 6749 section 4.1.2.1).
        return page.cannot_go_on(error.description, error.status)
    try:
        asked = _checked(client, redirect_uri, given)
        return _next_step(provider, asked, request.cookies.get(COOKIE, ""))
    except ProtocolError as error:
        answer = {"error": error.code, "error_description": error.description}
        return _send_back(provider, redirect_uri, given.get("state"), answer)


async def choice(request: Request) -> Response:
    """Answer the page's form: a session begins, and the code goes to the client."""
    provider: Provider = request.app.state.provider
    try:
        given = await form_of(request)
    except ProtocolError as error:
        return page.cannot_go_on(error.description, error.status)
    person = provider.people.get(given.get("person", ""))
    level = given.get("level", "")
    # Looked up before the request is used up, so that a bad choice can be made good with the back button.
    if person is None or level not in LEVELS:
        return page.cannot_go_on("Choose one of the people and one of the levels.")
    asked = provider.pending.take(given.get("pending", ""))
    if asked is None:
        return page.cannot_go_on("This sign-in was used or has waited too long. Start again at the application.")
    session = Session(person, level, provider.clock.now())
    name = provider.handle()
    provider.sessions.put(name, session)
    answer = _send_code(provider, Granted(asked, session))
    secure = urlsplit(provider.issuer).scheme == "https"
    answer.set_cookie(COOKIE, name, httponly=True, samesite="lax", secure=secure, path="/")
    return answer


def _where_back(provider: Provider, given: dict[str, str]) -> tuple[Client, str]:
    client = provider.clients.get(given.get("client_id", ""))
    if client is None:
        raise ProtocolError("invalid_request", "This application is not registered.")
    redirect_uri = given.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise ProtocolError("invalid_request", "The redirect address is not one registered for this application.")
    return client, redirect_uri


def _checked(client: Client, redirect_uri: str, given: dict[str, str]) -> Asked:
    for name, code in _REFUSED_PARAMETERS.items():
        if name in given:
            raise ProtocolError(code, f"The parameter {name} is not supported.")
    if given.get("response_type") != "code" or given.get("response_mode", "query") != "query":
        raise ProtocolError("unsupported_response_type", "Only the authorization code flow is offered.")
    if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(given.get("code_challenge", "")):
        raise ProtocolError("invalid_request", "PKCE with S256 is required.")
    scope = given.get("scope", "")
    if "openid" not in scope.split() or not set(scope.split()) <= set(client.scopes):
        raise ProtocolError("invalid_scope", "Ask for openid and for scopes of this application only.")
    return Asked(
        client=client,
        redirect_uri=redirect_uri,
        scope=scope,
        challenge=given["code_challenge"],
        state=given.get("state"),
        nonce=given.get("nonce"),
        level=next((level for level in given.get("acr_values", "").split() if level in LEVELS), LEVELS[-1]),
        prompt=frozenset(given.get("prompt", "").split()),
        max_age=_max_age(given.get("max_age")),
    )


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ProtocolError("invalid_request", "max_age must be a number of seconds.")
    return int(text)


def _next_step(provider: Provider, asked: Asked, cookie: str) -> Response:
    if "none" in asked.prompt and len(asked.prompt) > 1:
        raise ProtocolError("invalid_request", "prompt=none stands alone.")
    session = provider.sessions.get(cookie)
    if session is not None and _is_enough(provider, session, asked):
        return _send_code(provider, Granted(asked, session))
    if "none" in asked.prompt:
        raise ProtocolError("login_required", "Nobody is signed in as this request needs.")
    name = provider.handle()
    provider.pending.put(name, asked)
    return page.choose_person(
        provider.people.values(),
        pending=name,
        client_name=asked.client.name,
        level=asked.level,
        redirect_uri=asked.redirect_uri,
    )


def _is_enough(provider: Provider, session: Session, asked: Asked) -> bool:
    """Whether an earlier sign-in answers this request without a page."""
    age = (provider.clock.now() - session.since).total_seconds()
    fresh = asked.max_age is None or age <= asked.max_age
    high = LEVELS.index(session.level) >= LEVELS.index(asked.level)
    return fresh and high and not asked.prompt & {"login", "select_account", "consent"}


def _send_code(provider: Provider, granted: Granted) -> RedirectResponse:
    code = provider.handle()
    provider.codes.put(code, granted)
    return _send_back(provider, granted.asked.redirect_uri, granted.asked.state, {"code": code})


def _send_back(provider: Provider, redirect_uri: str, state: str | None, answer: dict[str, str]) -> RedirectResponse:
    # iss tells a client of several issuers which one answered (RFC 9207).
    parameters = {**answer, "iss": provider.issuer, **({"state": state} if state is not None else {})}
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return RedirectResponse(f"{redirect_uri}{joint}{urlencode(parameters)}", 303, headers=NO_STORE)
