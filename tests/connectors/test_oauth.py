"""Access tokens of an authorization server, over real sockets: how one is taken, when a new one, what is none."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.clock import SystemClock
from connectors.contract import Deadline
from connectors.errors import Denied, Garbled, SourceError, TooSlow, Unavailable
from connectors.http import Line
from connectors.oauth import AccessToken
from connectors.options import BadOptions, OAuthOptions, Secret, SourceOptions, XRoadOptions, read
from connectors.records import SourceKind
from tests.connectors.serving import PATIENCE, Serving, serving
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.servers.smart import SCOPE, TokenOffice

KEY = ECKey.generate_key("P-384")
CLIENT = "citizen-graph"
TOKEN, CONFIGURATION, RECORDS = "/oauth/token", "/.well-known/smart-configuration", "/x"


class Source:
    """A source with a token office of its own; ``says`` replaces what one of its addresses answers."""

    def __init__(self, key: ECKey | RSAKey = KEY) -> None:
        self.clock = HeldClock()
        self.key = key
        self.url = "http://127.0.0.1:1"
        self.says: dict[str, Any] = {}
        self.counts: Counter[str] = Counter()
        self.headers: dict[str, list[dict[str, str]]] = {}
        self.assertions: list[str] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Source"]:
        async with serving(self) as server:
            self.server: Serving = server
            self.url = server.url
            self.office = TokenOffice(
                base_url=server.url, client_id=CLIENT, key=self.key, clock=self.clock, random=secrets.token_bytes
            )
            self.routes = {route.path: route for route in self.office.routes("")}
            yield self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, request = scope["path"], Request(scope, receive)
        self.counts[path] += 1
        self.headers.setdefault(path, []).append(dict(request.headers))
        if path == TOKEN:
            body = await request.body()
            self.assertions.append(parse_qs(body.decode())["client_assertion"][0])
            receive = _again(body)
        said = self.says.get(path)
        if said is not None:
            await (said() if callable(said) and not isinstance(said, Response) else said)(scope, receive, send)
        elif path in self.routes:
            await self.routes[path].handle(scope, receive, send)
        elif self.office.accepts(request.headers.get("authorization", "")):
            await PlainTextResponse("ok")(scope, receive, send)
        else:
            await PlainTextResponse("who?", 401)(scope, receive, send)

    def line(self, *, more: dict[str, Any] | None = None, **oauth: Any) -> Line:
        given: dict[str, Any] = {"client_id": CLIENT, "key": pem(self.key), "scope": SCOPE, "allow_http": True} | oauth
        options = SourceOptions(
            kind="x",
            name="Mẫu",
            category=SourceKind.HOSPITAL,
            url=self.url,
            oauth=OAuthOptions(**given),
            **(more or {}),
        )
        return Line(options, clock=self.clock)


def _again(body: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def pem(key: ECKey | RSAKey) -> Secret:
    return Secret(key.as_pem(private=True).decode())


def soon(seconds: float = PATIENCE) -> Deadline:
    return Deadline.after(seconds, SystemClock())


async def ask(line: Line, seconds: float = PATIENCE) -> bytes:
    return (await line.send("GET", "x", deadline=soon(seconds))).body


@pytest.fixture
async def source() -> AsyncIterator[Source]:
    async with Source().open() as opened:
        yield opened


async def refused(source: Source, line: Line, error: type[SourceError], *, seconds: float = PATIENCE) -> None:
    """One question that fails without the source being asked for records, and without a word of what was said."""
    with pytest.raises(SourceError) as caught:
        await ask(line, seconds)
    await line.close()
    assert type(caught.value) is error
    assert source.counts[RECORDS] == 0
    assert "127.0.0.1" not in str(caught.value) and "secret" not in str(caught.value)


@pytest.mark.parametrize("key", [KEY, RSAKey.generate_key(2048)], ids=["ES384", "RS384"])
async def test_a_client_proves_itself_by_an_assertion(key: ECKey | RSAKey) -> None:
    """The office checks signature, key id, issuer, audience, end and that no assertion comes twice."""
    async with Source(key).open() as source:
        line = source.line()
        assert await ask(line) == b"ok"
        source.office.forget()
        assert await ask(line) == b"ok"
        await line.close()
        header = jws.extract_compact(source.assertions[0].encode()).headers()
        assert header["alg"] == ("ES384" if key is KEY else "RS384")
        assert len(set(source.assertions)) == 2


async def test_one_token_serves_everybody_until_shortly_before_its_end(source: Source) -> None:
    """Twenty calls at once, one token of five minutes; half a minute before its end it is used no more."""
    line = source.line()
    await asyncio.gather(*(ask(line) for _ in range(20)))
    assert (source.counts[TOKEN], source.counts[RECORDS]) == (1, 20)
    source.clock.pass_seconds(269)
    await ask(line)
    assert source.counts[TOKEN] == 1
    source.clock.pass_seconds(2)
    await ask(line)
    assert source.counts[TOKEN] == 2
    await line.close()


async def test_f07_a_forgotten_token_is_renewed_once_for_everybody(source: Source) -> None:
    line = source.line()
    await ask(line)
    source.office.forget()
    assert await asyncio.gather(*(ask(line) for _ in range(10))) == [b"ok"] * 10
    assert source.counts[TOKEN] == 2
    await line.close()


async def test_f07_a_source_that_accepts_no_token_is_denied_after_one_renewal(source: Source) -> None:
    """And for half a minute no further token is taken for it."""
    source.says[RECORDS] = PlainTextResponse("no", 401)
    line = source.line()
    for _ in range(3):
        with pytest.raises(Denied):
            await ask(line)
    assert (source.counts[TOKEN], source.counts[RECORDS]) == (2, 4)
    source.clock.pass_seconds(31)
    del source.says[RECORDS]
    assert await ask(line) == b"ok"
    await line.close()


async def test_f07_a_source_that_forbids_is_not_asked_with_a_new_token(source: Source) -> None:
    """403 says that the token is known and not enough."""
    source.says[RECORDS] = PlainTextResponse("no", 403)
    line = source.line()
    with pytest.raises(Denied):
        await ask(line)
    await line.close()
    assert (source.counts[TOKEN], source.counts[RECORDS]) == (1, 1)


async def test_f07_a_client_that_is_refused_does_not_knock_again_and_again(source: Source) -> None:
    """Wrong id: one try, half a minute of rest, another try."""
    line = source.line(client_id="somebody")
    for _ in range(3):
        with pytest.raises(Denied):
            await ask(line)
    assert source.counts[TOKEN] == 1
    source.clock.pass_seconds(31)
    with pytest.raises(Denied):
        await ask(line)
    await line.close()
    assert source.counts[TOKEN] == 2


async def test_those_who_wait_share_a_failure(source: Source) -> None:
    """Ten questions at once, one call to an authorization server that is down."""
    source.says[TOKEN] = PlainTextResponse("down", 500)
    line = source.line()
    failures = await asyncio.gather(*(ask(line) for _ in range(10)), return_exceptions=True)
    await line.close()
    assert {type(failure) for failure in failures} == {Unavailable}
    assert source.counts[TOKEN] == 1


def granted(**more: Any) -> JSONResponse:
    return JSONResponse({"access_token": "secret", "token_type": "Bearer", "expires_in": 300} | more)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (PlainTextResponse("<html>sign in</html>", media_type="text/html"), Garbled),
        (JSONResponse({"access_token": "secret"}), Garbled),
        (granted(padding="x" * 70_000), Garbled),
        (granted(access_token="secret\r\nx-admin: 1"), Garbled),
        (granted(access_token="secret secret"), Garbled),
        (granted(access_token="secrét"), Garbled),
        (granted(access_token=""), Garbled),
        (granted(access_token=7), Garbled),
        (granted(token_type="mac"), Garbled),
        (granted(expires_in=[1]), Garbled),
        (granted(expires_in=True), Garbled),
        (JSONResponse([]), Garbled),
        (Response(b"[" * 60_000, media_type="application/json"), Garbled),
        (Response(b'{"access_token":"\xff', media_type="application/json"), Garbled),
        (Response(b"x", headers={"content-encoding": "gzip"}, media_type="application/json"), Garbled),
        (PlainTextResponse("no", 403), Denied),
        (JSONResponse({"error": "invalid_client", "error_description": "secret"}, 401), Denied),
        (PlainTextResponse("later", 503), Unavailable),
        (PlainTextResponse("where?", 404), Garbled),
    ],
)
async def test_an_answer_without_a_token_is_none(source: Source, said: Response, error: type[SourceError]) -> None:
    source.says[TOKEN] = said
    await refused(source, source.line(), error)
    assert source.counts[TOKEN] == 1


async def test_f02_an_authorization_server_that_hangs_is_too_slow(source: Source) -> None:
    """Within the deadline of whoever asked; the connection is let go of."""

    async def hang(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    source.says[TOKEN] = lambda: hang
    await refused(source, source.line(), TooSlow, seconds=0.2)
    await source.server.quiet()


@pytest.mark.parametrize("place", [TOKEN, CONFIGURATION])
async def test_f14_a_redirect_is_not_followed(source: Source, place: str) -> None:
    """No assertion is carried to where an answer points."""
    async with Source().open() as elsewhere:
        source.says[place] = RedirectResponse(f"{elsewhere.url}{place}", 307)
        await refused(source, source.line(), Garbled)
        assert not elsewhere.counts


@pytest.mark.parametrize(
    ("life", "used"),
    [
        (300, 270),
        ("300", 270),
        (300.5, 270),
        (10, 30),
        (0, 30),
        (-5, 30),
        (None, 30),
        ("soon", 30),
        ("nan", 30),
        (10**15, 3570),
        ("inf", 3570),
    ],
)
async def test_f18_a_lie_about_its_life_makes_no_storm_and_no_eternal_token(
    source: Source, life: Any, used: float
) -> None:
    """A token is used for half a minute at least and an hour at most, whatever its end is said to be."""
    source.says[RECORDS] = PlainTextResponse("ok")
    source.says[TOKEN] = granted(expires_in=life)
    line = source.line()
    await ask(line)
    source.clock.pass_seconds(used - 1)
    await ask(line)
    assert source.counts[TOKEN] == 1
    source.clock.pass_seconds(2)
    await ask(line)
    assert source.counts[TOKEN] == 2
    await line.close()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://localhost:{port}/oauth/token",
        "http://evil.test/oauth/token",
        "http://127.0.0.1@evil.test/oauth/token",
        "http://user@127.0.0.1:{port}/oauth/token",
        "http://evil.test\\@127.0.0.1:{port}/oauth/token",
        "//127.0.0.1:{port}/oauth/token",
        "/oauth/token",
        "ftp://127.0.0.1/oauth/token",
        "http://127.0.0.1:port/oauth/token",
        "http://127.0.0.1:{port}/oauth/token\r\nx: y",
        "http://127.0.0.1:{port}/oauth/token#x",
        "",
    ],
)
async def test_a99_a_token_endpoint_elsewhere_is_not_believed(source: Source, endpoint: str) -> None:
    """A source says where its tokens are given out, but not on another host, and in no address of two readings."""
    port = source.url.rpartition(":")[2]
    source.says[CONFIGURATION] = JSONResponse({"token_endpoint": endpoint.replace("{port}", port)})
    await refused(source, source.line(), Garbled)
    assert source.counts[TOKEN] == 0


async def test_another_host_is_believed_when_the_block_names_it(source: Source) -> None:
    """Only there, and without asking the source."""
    source.office.token_url = source.url.replace("127.0.0.1", "localhost") + TOKEN
    line = source.line(token_url=source.office.token_url)
    assert await ask(line) == b"ok"
    await line.close()
    assert (source.counts[TOKEN], source.counts[CONFIGURATION]) == (1, 0)


async def test_plain_http_is_not_spoken_unless_the_block_says_so(source: Source) -> None:
    await refused(source, source.line(allow_http=False), Garbled)
    assert source.counts[TOKEN] == 0


async def test_the_sources_own_credentials_stay_with_the_source(source: Source) -> None:
    """An API key of the source is nothing that an authorization server may see."""
    line = source.line(more={"headers": {"x-api-key": Secret("k-1")}})
    await ask(line)
    await line.close()
    assert source.headers[RECORDS][0]["x-api-key"] == "k-1"
    assert not any("x-api-key" in headers for headers in source.headers[TOKEN] + source.headers[CONFIGURATION])
    assert "authorization" not in source.headers[TOKEN][0]


async def test_a_call_is_repeated_although_its_token_was_renewed(source: Source) -> None:
    """The body goes along each time."""
    line = source.line()
    await ask(line)
    source.office.forget()
    reply = await line.send("POST", "x", deadline=soon(), json={"a": 1}, repeatable=True)
    await line.close()
    assert reply.status == 200
    assert [headers["content-length"] for headers in source.headers[RECORDS][-2:]] == ["7", "7"]


def test_a_token_shows_nothing_of_itself() -> None:
    assert "secret" not in repr(AccessToken("secret", 1.0))


@pytest.mark.parametrize(
    "key",
    [
        "secret",
        "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----",
        ECKey.generate_key("P-256").as_pem(private=True).decode(),
        KEY.as_pem(private=False).decode(),
        KEY.as_pem(private=True, password="x").decode(),
    ],
)
def test_a_key_that_the_profile_does_not_know_is_refused_at_start(key: str) -> None:
    with pytest.raises(BadOptions, match=r"^oauth\.key: expected") as caught:
        Source().line(key=Secret(key))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://as.test/token", "as.test/token", "https://u@as.test/token", "https://as.test\\x"]
)
def test_a_token_endpoint_that_no_assertion_should_go_to(url: str) -> None:
    with pytest.raises(ValueError, match="token_url"):
        OAuthOptions(client_id="c", key=pem(KEY), token_url=url)


def test_behind_x_road_the_endpoint_must_be_named() -> None:
    """A security server carries calls to one service, and the token endpoint is not it."""
    road = XRoadOptions(client="VN/GOV/79/gateway", service="VN/GOV/01/population/lookup")
    with pytest.raises(BadOptions, match=r"oauth\.token_url"):
        Source().line(more={"xroad": road})


def test_two_ways_to_one_header_are_refused() -> None:
    with pytest.raises(BadOptions, match="bearer and oauth"):
        Source().line(more={"bearer": Secret("t")})


def test_a_block_says_it_in_toml(tmp_path: Path) -> None:
    """Its key by reference."""
    (tmp_path / "key.pem").write_bytes(KEY.as_pem(private=True))
    block = {
        "kind": "x",
        "name": "Mẫu",
        "category": "HOSPITAL",
        "url": "https://h.test",
        "oauth": {"client_id": "c", "key": "file:key.pem"},
    }
    options = read(SourceOptions, block, where="sources.x", folder=tmp_path, environment=lambda _: None)
    assert options.oauth is not None and options.oauth.scope == "system/*.rs"
    assert "BEGIN" not in repr(options)
