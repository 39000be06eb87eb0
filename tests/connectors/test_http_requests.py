"""What a line sends, and what it never lets anybody see."""

import logging
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connectors.addresses import encoded
from connectors.options import Secret
from tests.connectors.lines import NUMBER, answering, get, line_to, soon
from tests.connectors.serving import serving


async def test_what_is_sent() -> None:
    """Path beneath the base, our name, the source's own headers, the kind's headers, the fields."""
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return PlainTextResponse("ok")

    async with serving(answering(answer)) as server:
        line = line_to(f"{server.url}/base", headers={"x-api-key": Secret("k")})
        await line.send("GET", "a/b", deadline=soon(), params={"p": ["1", "2"]}, headers={"accept": "x/y"})
        await line.close()
    (request,) = seen
    assert (request.url.path, request.url.query) == ("/base/a/b", "p=1&p=2")
    assert (request.headers["x-api-key"], request.headers["accept"]) == ("k", "x/y")
    assert (request.headers["user-agent"], request.headers["accept-encoding"]) == ("citizen-graph", "identity")


@pytest.mark.parametrize(
    ("body", "media_type", "content"),
    [
        ({"json": {"số": 1}}, "application/json", '{"số":1}'),
        ({"form": {"a": ["1", "2"], "b": "ế"}}, "application/x-www-form-urlencoded", "a=1&a=2&b=%E1%BA%BF"),
    ],
)
async def test_bodies(body: dict[str, Any], media_type: str, content: str) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"{}"))

    line = line_to("http://source.test", transport=httpx.MockTransport(answer))
    await line.send("POST", "x", deadline=soon(), **body)
    assert (requests[0].headers["content-type"], requests[0].content.decode()) == (media_type, content)
    await line.close()


async def test_what_is_added_to_one_call_goes_out_with_that_call_alone() -> None:
    """What a line remembers of its headers never mixes them up."""
    seen: list[tuple[str | None, str]] = []

    def answer(request: Request) -> Response:
        seen.append((request.headers.get("authorization"), request.headers["accept"]))
        return PlainTextResponse("ok")

    async with serving(answering(answer)) as server:
        line = line_to(server.url)
        for added in ({"Authorization": "Bearer a"}, {}, {"accept": "x/y"}, {"authorization": "Bearer b"}, None):
            await line.send("GET", "x", deadline=soon(), headers=added)
        await line.close()
    assert seen == [("Bearer a", "*/*"), (None, "*/*"), (None, "x/y"), ("Bearer b", "*/*"), (None, "*/*")]


async def test_a_cookie_does_not_ride_along_with_the_next_question() -> None:
    seen: list[str | None] = []

    def answer(request: Request) -> Response:
        seen.append(request.headers.get("cookie"))
        return PlainTextResponse("ok", headers={"set-cookie": "session=of-somebody; Path=/"})

    async with serving(answering(answer)) as server:
        line = line_to(server.url)
        await line.send("GET", "1", deadline=soon())
        await line.send("GET", "2", deadline=soon())
        await line.close()
    assert seen == [None, None]


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can set a variable must not be able to read along."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(answering(lambda _: PlainTextResponse("ok"))) as server:
        assert (await get(server.url)).body == b"ok"


async def test_a89_no_log_tells_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    """Not even at the most talkative level, and not the token that a protocol puts into its address."""
    caplog.set_level(logging.DEBUG)
    async with serving(answering(lambda _: PlainTextResponse(NUMBER))) as server:
        line = line_to(server.url)
        await line.send("GET", f"Patient/{NUMBER}", deadline=soon(), params={"token": "t-very-secret"})
        await line.close()
    ours = "\n".join(str(vars(record)) for record in caplog.records if not record.name.startswith("uvicorn"))
    assert NUMBER not in ours
    assert "t-very-secret" not in ours


@given(
    fields=st.dictionaries(
        st.text(max_size=8), st.one_of(st.text(max_size=12), st.lists(st.text(max_size=8), max_size=3)), max_size=4
    )
)
def test_fields_are_written_as_the_standard_library_writes_them(fields: dict[str, str | list[str]]) -> None:
    """The short way for plain ones changes nothing."""
    assert encoded(fields) == urlencode(fields, doseq=True)
