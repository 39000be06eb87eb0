"""The population register behind an X-Road security server; the kind that asks it knows nothing of that."""

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors import calls
from connectors.carrying import Call, Head
from connectors.clock import SystemClock
from connectors.contract import Answer, Deadline, Inquiry, Question
from connectors.errors import Denied, Garbled, SourceError, Unavailable
from connectors.foreign import Foreign
from connectors.http import Line
from connectors.options import BadOptions, BreakerOptions, SourceOptions, XRoadOptions, read
from connectors.population.client import PopulationSource
from connectors.records import Demographics, SourceKind
from connectors.reply import Reply
from connectors.resilience import GuardedSource
from connectors.xroad import XRoad
from tests.connectors.conformance import grant_for
from tests.connectors.population.register import AN, API_KEY, citizen, options
from tests.connectors.serving import PATIENCE, Serving, serving
from tests.sandbox.servers.register import register_app
from tests.sandbox.servers.xroad import SecurityServer, Service

CLIENT = "VN-MẪU/GOV/79-998/gateway"
SERVICE = "VN-MẪU/GOV/01-998/dân cư/tra?cuu"
XROAD = XRoadOptions(client=CLIENT, service=SERVICE)
HASH = "14sEri8SmLNy/DJyTob0ZddAskmdRy5ZUyhbr33iLkaA+gLpWcivUH16fzbuIs7hhs2AnA4lJDloyIihXMlVQA=="


class Exchange:
    """A security server that carries the register, and a source that goes by it."""

    def __init__(self, server: Serving, security: SecurityServer) -> None:
        self.server = server
        self.security = security

    async def ask(self, **xroad: Any) -> tuple[Answer[Demographics], Inquiry]:
        """Ask who Ân is; what came, and the request in whose name it was asked."""
        clock = SystemClock()
        chosen = XRoadOptions(**{"client": CLIENT, "service": SERVICE, **xroad})
        source = PopulationSource("population", options(url=self.server.url, xroad=chosen), clock=clock)
        guarded = GuardedSource(source, BreakerOptions(), clock=clock)
        request = Inquiry(request_id="r", deadline=Deadline.after(PATIENCE, clock), clock=clock)
        try:
            return await guarded.ask(Question(about=Demographics), grant_for(AN, Demographics), request), request
        finally:
            await guarded.close()


def carrying(app: ASGIApp) -> SecurityServer:
    """A security server that carries this service to us alone."""
    ids = itertools.count(1)
    return SecurityServer({SERVICE: Service(app, frozenset({CLIENT}))}, new_id=lambda: f"server-{next(ids)}")


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    """The way to the register."""
    security = carrying(register_app({AN.personal_id: citizen()}, {}, api_key=API_KEY))
    async with serving(security) as server:
        yield Exchange(server, security)


async def test_a_kind_rides_on_it_without_knowing(exchange: Exchange) -> None:
    """The register answers as ever; its own headers and body came through."""
    answer, _ = await exchange.ask()
    assert [record.full_name for record in answer.records] == ["TRẦN THỊ MẪU ÂN"]


async def test_what_the_security_server_is_told(exchange: Exchange) -> None:
    """Each part of an identifier encoded on its own, each header once, and the organisation that is represented."""
    await exchange.ask(security_server="VN-MẪU/GOV/01-998/server-1", represented_party="GOV/79 998")
    (carried,) = exchange.security.carried
    service = "VN-M%E1%BA%AAU/GOV/01-998/d%C3%A2n%20c%C6%B0/tra%3Fcuu"
    assert (carried.method, carried.path) == ("POST", f"/r1/{service}/congdan/tra-cuu")
    assert {name: value for name, value in carried.headers.items() if name.startswith("x-road-")} == {
        "x-road-client": "VN-M%E1%BA%AAU/GOV/79-998/gateway",
        "x-road-security-server": "VN-M%E1%BA%AAU/GOV/01-998/server-1",
        "x-road-represented-party": "GOV/79%20998",
        "x-road-id": carried.headers["x-road-id"],
    }
    assert AN.personal_id not in carried.path + str(carried.headers)


async def test_every_call_has_its_own_id_which_the_request_remembers(exchange: Exchange) -> None:
    """By it the exchange's log and ours can be joined."""
    asked = [await exchange.ask() for _ in range(3)]
    ids = [carried.headers["x-road-id"] for carried in exchange.security.carried]
    assert len(set(ids)) == 3
    assert [[(call.source, call.id) for call in request.calls] for _, request in asked] == [
        [("population", call_id)] for call_id in ids
    ]


async def test_what_nobody_asked_for_is_noted_nowhere(exchange: Exchange) -> None:
    """Above all not with the request before."""
    _, request = await exchange.ask()
    calls.note("of nobody")
    assert [call.id for call in request.calls] == [exchange.security.carried[0].headers["x-road-id"]]


@pytest.mark.parametrize(
    ("xroad", "error"),
    [
        ({"client": "VN-MẪU/GOV/79-998/somebody"}, Denied),
        ({"service": "VN-MẪU/GOV/01-998/dân cư/another"}, Unavailable),
    ],
)
async def test_what_the_exchange_itself_refuses(
    exchange: Exchange, xroad: dict[str, str], error: type[SourceError]
) -> None:
    with pytest.raises(error):
        await exchange.ask(**xroad)


async def test_f05_a_provider_that_breaks_is_unavailable_and_asked_once_more() -> None:
    """The security server says so in the provider's place; a look-up may be repeated, under an id of its own."""

    async def breaks(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    security = carrying(breaks)
    async with serving(security) as server:
        with pytest.raises(Unavailable):
            await Exchange(server, security).ask()
    assert len({carried.headers["x-road-id"] for carried in security.carried}) == 2


async def test_f14_a_redirect_of_the_provider_is_not_followed() -> None:
    """It is passed on by X-Road, and leads nowhere."""
    async with serving(RedirectResponse("/")) as other:
        security = carrying(RedirectResponse(f"{other.url}/elsewhere"))
        async with serving(security) as server:
            with pytest.raises(Garbled):
                await Exchange(server, security).ask()
        assert other.requests == 0


async def test_the_providers_own_refusal_is_the_providers() -> None:
    """Without X-Road-Error a status means what it means elsewhere."""
    security = carrying(register_app({AN.personal_id: citizen()}, {}, api_key="another"))
    async with serving(security) as server:
        with pytest.raises(Denied, match="status 401"):
            await Exchange(server, security).ask()


# ------------------------------------------------------------------------------------------- what is checked


def foreign(answer: Callable[[httpx.Request], httpx.Response]) -> Foreign:
    """A security server that is a function."""
    options = SourceOptions(kind="x", name="Mẫu", category=SourceKind.POPULATION_REGISTER, url="http://security.test")
    return Foreign(httpx.MockTransport(answer), options)


async def answered(change: Callable[[dict[str, str]], Any], *, status: int = 200) -> Reply | SourceError:
    """One call to a security server whose headers were changed; what becomes of it. Nothing stays open."""
    closed: list[bool] = []

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"told by somebody"

        async def aclose(self) -> None:
            closed.append(True)

    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"X-Road-Id": request.headers["x-road-id"], "X-Road-Request-Hash": HASH}
        change(headers)
        return httpx.Response(status, headers=headers, stream=Body())

    carrier = XRoad(foreign(answer), XROAD, new_id=lambda: "our-id")
    try:
        return await carrier.carry(Call(method="GET", target="/x?a=1", head=Head.of({})), PATIENCE)
    except SourceError as error:
        told = error
    assert closed
    assert "somebody" not in str(told)
    return told


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("Client.BadRequest", Garbled),
        ("Client.InternalError", Garbled),
        ("Server.ClientProxy.NetworkError", Unavailable),
        ("Server.ClientProxy.OutdatedGlobalConf", Unavailable),
        ("Server.ClientProxy.SslAuthenticationFailed", Denied),
        ("Server.ServerProxy.ServiceFailed", Unavailable),
        ("Server.ServerProxy.ServiceFailed.InvalidContentType", Unavailable),
        ("Server.ServerProxy.DatabaseError", Unavailable),
        ("Server.ServerProxy.AccessDenied", Denied),
        ("somebody", Garbled),
        ("", Garbled),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_an_error_of_the_exchange_goes_before_the_status(
    kind: str, error: type[SourceError], status: int
) -> None:
    """Its own words are not repeated."""
    assert type(await answered(lambda headers: headers.update({"X-Road-Error": kind}), status=status)) is error


async def test_f13_an_answer_to_another_call_is_refused() -> None:
    """Mixed up on the way, it may be about anybody."""
    for change in (
        lambda headers: headers.update({"X-Road-Id": "another-id"}),
        lambda headers: headers.pop("X-Road-Id"),
        lambda headers: headers.update({"X-Road-Service": "VN/GOV/1/2/another"}),
    ):
        assert isinstance(await answered(change), Garbled)


@pytest.mark.parametrize("last", ["tra%3fcuu", "tra?cuu"])
async def test_a_service_may_be_named_encoded_or_not(last: str) -> None:
    name = f"VN-M%e1%ba%aaU/GOV/01-998/d%C3%A2n%20c%C6%B0/{last}"
    assert isinstance(await answered(lambda headers: headers.update({"X-Road-Service": name})), Reply)


@pytest.mark.parametrize("value", [None, "", "x", HASH[:-4], HASH + HASH, HASH.replace("/", "-"), "c0ffee" * 20])
async def test_an_answer_without_the_hash_of_a_request_is_refused(value: str | None) -> None:
    """A SHA-512 in base64; more cannot be checked on this side of the security server."""

    def change(headers: dict[str, str]) -> None:
        headers.pop("X-Road-Request-Hash")
        headers.update({"X-Road-Request-Hash": value} if value is not None else {})

    assert isinstance(await answered(change), Garbled)


async def test_a_kind_cannot_speak_in_x_roads_name() -> None:
    """Whatever headers it sets, ours are sent, and each once."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            200, headers={"X-Road-Id": "our-id", "X-Road-Request-Hash": HASH}, stream=httpx.ByteStream(b"")
        )

    chosen = SourceOptions(kind="x", name="Mẫu", category=SourceKind.HOSPITAL, url="http://s.test/base", xroad=XROAD)
    line = Line(chosen, clock=SystemClock(), transport=httpx.MockTransport(answer), new_id=lambda: "our-id")
    await line.send(
        "POST",
        "a/b",
        deadline=Deadline.after(PATIENCE, SystemClock()),
        params={"q": "ế"},
        form={"f": "1"},
        headers={"x-road-client": "another", "x-road-id": "another"},
    )
    await line.close()
    (request,) = seen
    assert request.url.raw_path.endswith(b"/tra%3Fcuu/base/a/b?q=%E1%BA%BF")
    assert request.headers.get_list("x-road-client") == ["VN-M%E1%BA%AAU/GOV/79-998/gateway"]
    assert request.headers.get_list("x-road-id") == ["our-id"]
    assert (request.content, request.headers["content-length"]) == (b"f=1", "3")


# ------------------------------------------------------------------------------------------- options


def block(**xroad: str) -> XRoadOptions:
    return read(XRoadOptions, xroad, where="sources.x.xroad", folder=None, environment=lambda _: None)  # type: ignore[arg-type]  # no file is named


@pytest.mark.parametrize(
    "wrong",
    [
        {"client": "VN/GOV"},
        {"client": "VN/GOV/1/2/3"},
        {"client": "VN//1"},
        {"client": "VN/../1"},
        {"service": "VN/GOV/1"},
        {"service": "VN/GOV/1/2/3/4"},
        {"service": "VN/GOV/1/./s"},
        {"service": "VN/GOV/1/2/s\r\nX-Evil: 1"},
        {"security_server": "VN/GOV/1"},
        {"represented_party": "VN/GOV/1"},
        {"represented_party": ""},
        {"clients": "VN/GOV/1"},
    ],
)
def test_identifiers_that_are_none_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    """With the key; a line break or a step upwards never becomes part of an address."""
    with pytest.raises(BadOptions, match=next(iter(wrong))):
        block(**{"client": "VN/GOV/1", "service": "VN/GOV/1/2/s", **wrong})


@given(
    parts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1), min_size=5, max_size=5)
)
async def test_any_identifier_arrives_as_it_was_written(parts: list[str]) -> None:
    """Whatever its characters, the path has as many parts as were meant, and decodes to them."""
    service = "/".join(parts)
    try:
        chosen = block(client="VN/GOV/1", service=service)
    except BadOptions:
        return
    seen: list[Message] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append({"path": request.url.raw_path})
        return httpx.Response(
            200, headers={"X-Road-Id": "i", "X-Road-Request-Hash": HASH}, stream=httpx.ByteStream(b"")
        )

    carrier = XRoad(foreign(answer), chosen, new_id=lambda: "i")
    await carrier.carry(Call(method="GET", target="/end", head=Head.of({})), PATIENCE)
    raw = seen[0]["path"].decode("ascii")
    assert [httpx.QueryParams(f"v={part}")["v"] for part in raw.split("/")[2:-1]] == parts
