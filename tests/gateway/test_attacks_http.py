"""Attacks 63 to 80 on HTTP, numbered as in the project's list: what is no request that we take."""

import gzip
import json

import pytest

from tests.gateway.wire import Heard, head, post, said, wired
from tests.running import GRAPHQL, Running
from tests.sandbox.city import City

ID = b'{"query": "{ me { id } }"}'
MIB = 1024 * 1024


def refused(heard: Heard, *statuses: int) -> None:
    """Refused in our own words and without anybody's data."""
    assert heard.status in statuses, heard
    assert set(heard.json) == {"errors", "extensions"}
    assert heard.json["extensions"]["requestId"] == heard.headers["x-request-id"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "BREW"])
async def test_a64_other_methods_are_told_which_are_taken(gateway: Running, token: str, method: str) -> None:
    """405 with Allow, also for a method that nobody has invented yet."""
    heard = await said(gateway, head(method.encode(), b"/graphql?query={me{id}}", token))

    refused(heard, 405)
    assert heard.headers["allow"] == "GET, POST"


async def test_a63_head_is_refused_without_a_body(gateway: Running, token: str) -> None:
    """And the connection goes on with the next request: no byte of a body was sent that belongs to nobody."""
    async with wired(gateway.url) as wire:
        await wire.say(head(b"HEAD", b"/graphql?query={me{id}}", token))
        heard = await wire.hear(bodiless=True)
        await wire.say(post(ID, token=token))
        assert (await wire.hear()).status == 200

    assert (heard.status, heard.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    "content_type",
    [
        b"",
        b"Content-Type: text/plain\r\n",
        b"Content-Type: application/x-www-form-urlencoded\r\n",
        b"Content-Type: multipart/form-data; boundary=x\r\n",
        b"Content-Type: application/jsonx\r\n",
        b"Content-Type: application/json5\r\n",
        b"Content-Type: text/plain; application/json\r\n",
        b"Content-Type: application/json, text/plain\r\n",
        b"Content-Type: application/json; charset=utf-16\r\n",
        b"Content-Type: application/json; charset=utf-7\r\n",
        b"Content-Type: application/json\r\nContent-Type: text/plain\r\n",
        b"Content-Type:\r\n",
    ],
)
async def test_a65_a66_only_json_is_json(gateway: Running, token: str, content_type: bytes) -> None:
    """A form or plain text could be sent by any web page without asking; uploads do not exist."""
    sent = head(b"POST", b"/graphql", token, content_type + b"Content-Length: %d\r\n" % len(ID)) + ID

    refused(await said(gateway, sent), 415)


@pytest.mark.parametrize("content_type", [b"application/json;charset=UTF-8", b'Application/JSON ; charset="utf-8"'])
async def test_json_may_say_its_charset(gateway: Running, token: str, content_type: bytes) -> None:
    """In upper case and with quotes, as clients do."""
    lines = b"Content-Type: %b\r\nContent-Length: %d\r\n" % (content_type, len(ID))

    assert (await said(gateway, head(b"POST", b"/graphql", token, lines) + ID)).status == 200


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"gzip, gzip", b"zstd", b"nonsense"])
async def test_a67_packed_bodies_are_not_unpacked(gateway: Running, token: str, encoding: bytes) -> None:
    """A bomb that is not lit does not go off."""
    bomb = gzip.compress(b" " * MIB)
    heard = await said(gateway, post(bomb, token=token, headers=b"Content-Encoding: %b\r\n" % encoding))

    refused(heard, 415)


@pytest.mark.parametrize("claimed", [64 * 1024 + 1, MIB, 20 * MIB, 10**17])
async def test_a67_a_body_that_says_it_is_too_large_is_not_waited_for(
    strict: Running, token: str, claimed: int
) -> None:
    """Not a byte of it was sent, and the answer is there."""
    refused(await said(strict, post(b"", token=token, length=claimed)), 413)


async def test_a67_a_body_that_turns_out_too_large_is_cut_off(strict: Running, token: str) -> None:
    """In chunks nobody knows the length before; more than a little is not read after the answer."""
    piece = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    async with wired(strict.url) as wire:
        await wire.say(
            head(b"POST", b"/graphql", token, b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
        )
        await wire.say(piece, piece, piece)
        refused(await wire.hear(), 413)
        with pytest.raises(ConnectionError):
            await wire.say(*[piece] * 2_000)


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 26\r\nContent-Length: 26\r\n",
        b"Content-Length: 26\r\nContent-Length: 27\r\n",
        b"Content-Length: 26, 26\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: +26\r\n",
        b"Content-Length: 0x1a\r\n",
        b"Content-Length: 2 6\r\n",
        b"Content-Length: 99999999999999999999999999\r\n",
        b"Content-Length: 26\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 26\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
        b" Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding\r\n: chunked\r\n",
        b"X: y\nTransfer-Encoding: chunked\r\n",
        b"X: y\x00\r\n",
    ],
)
async def test_a68_a_length_that_two_readers_could_read_differently(gateway: Running, token: str, lines: bytes) -> None:
    """Request smuggling begins here: 400, and the connection is not used again."""
    async with wired(gateway.url) as wire:
        await wire.say(head(b"POST", b"/graphql", token, b"Content-Type: application/json\r\n" + lines) + ID)
        refused(await wire.hear(), 400)
        assert await wire.is_closed()


@pytest.mark.parametrize("chunk", [b"-1\r\n", b"zz\r\n", b"ffffffffffffffffff\r\n", b"1\r\nab\r\n"])
async def test_a68_broken_chunks_end_the_connection(gateway: Running, token: str, chunk: bytes) -> None:
    """What came until then is not taken for a request."""
    lines = b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    async with wired(gateway.url) as wire:
        await wire.say(head(b"POST", b"/graphql", token, lines), chunk)
        assert await wire.ends_without_data()


async def test_a68_fields_after_the_body_are_no_header(gateway: Running, token: str) -> None:
    """A token in a trailer is no token (RFC 9110, section 6.5.1)."""
    lines = b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n"
    trailer = b"Authorization: Bearer %b\r\n" % token.encode()
    heard = await said(
        gateway, head(b"POST", b"/graphql", None, lines) + b"1a\r\n" + ID + b"\r\n0\r\n" + trailer + b"\r\n"
    )

    refused(heard, 401)


def nested(depth: int) -> bytes:
    return b'{"query": "{ me { id } }", "variables": {"x": ' + b"[" * depth + b"]" * depth + b"}}"


SHAPES = {
    "nothing": b"",
    "blank": b" ",
    "half": b'{"query": "{ me',
    "two values": ID + ID,
    "trailing comma": b'{"query": "{ me { id } }",}',
    "single quotes": b"{'query': '{ me { id } }'}",
    "no quotes": b'{query: "{ me { id } }"}',
    "comment": b'{"query": "{ me { id } }" /* */}',
    "NaN": b'{"query": "{ me { id } }", "variables": {"x": NaN}}',
    "Infinity": b'{"query": "{ me { id } }", "variables": {"x": Infinity}}',
    "1e400": b'{"query": "{ me { id } }", "variables": {"x": 1e400}}',
    "leading zero": b'{"query": "{ me { id } }", "variables": {"x": 01}}',
    "plus": b'{"query": "{ me { id } }", "variables": {"x": +1}}',
    "hex": b'{"query": "{ me { id } }", "variables": {"x": 0x1}}',
    "digits without end": b'{"query": "{ me { id } }", "variables": {"x": ' + b"9" * 5000 + b"}}",
    "raw newline": b'{"query": "{ me\n{ id } }"}',
    "raw NUL": b'{"query": "{ me { id } }\x00"}',
    "bad escape": b'{"query": "{ me { id } }\\x"}',
    "lone surrogate": b'{"query": "{ me { id } }", "variables": {"x": "\\ud800"}}',
    "swapped surrogates": b'{"query": "{ me { id } }", "variables": {"x": "\\udc00\\ud800"}}',
    "BOM": b"\xef\xbb\xbf" + ID,
    "UTF-16": ID.decode().encode("utf-16"),
    "UTF-16 without mark": ID.decode().encode("utf-16-le"),
    "UTF-32": ID.decode().encode("utf-32"),
    "UTF-7": b"+AHs-" + ID,
    "broken UTF-8": b'{"query": "{ me { id } } #\xff"}',
    "overlong UTF-8": b'{"query": "{ me { id } } #\xc0\xaf"}',
    "surrogate in UTF-8": b'{"query": "{ me { id } } #\xed\xa0\x80"}',
    "member twice": b'{"query": "{ me { id } }", "query": "{ me { id } }"}',
    "member twice, escaped": b'{"query": "{ me { id } }", "\\u0071uery": "{ me { id } }"}',
    "member twice, deep": b'{"query": "{ me { id } }", "variables": {"a": {"x": 1, "x": 2}}}',
    "deep": nested(2_000),
    "deeper": nested(100_000),
    "null": b"null",
    "true": b"true",
    "number": b"7",
    "text": b'"{ me { id } }"',
    "list": b"[]",
    "list of texts": b'["{ me { id } }"]',
    "query of another type": b'{"query": ["{ me { id } }"]}',
    "no query": b'{"variables": {}}',
    "query null": b'{"query": null}',
    "query empty": b'{"query": ""}',
    "variables of another type": b'{"query": "{ me { id } }", "variables": []}',
    "variables as text": b'{"query": "{ me { id } }", "variables": "{}"}',
    "extensions of another type": b'{"query": "{ me { id } }", "extensions": "x"}',
    "operationName of another type": b'{"query": "{ me { id } }", "operationName": 7}',
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a70_a71_what_is_not_json_or_not_a_request(gateway: Running, city: City, token: str, shape: str) -> None:
    """400 with one of our sentences; nobody is asked anything."""
    heard = await said(gateway, post(SHAPES[shape], token=token))

    refused(heard, 400)
    assert heard.codes == ["BAD_REQUEST"]
    assert not any(city.seen[source].calls for source in city.addresses)


@pytest.mark.parametrize("depth", [10, 500, 900])
async def test_a70_what_is_not_too_deep_is_taken(gateway: Running, token: str, depth: int) -> None:
    """No depth between ours and the parser's own ends in an error of ours."""
    assert (await said(gateway, post(nested(depth), token=token))).status in (200, 400)


@pytest.mark.parametrize(
    "query_string",
    [
        b"",
        b"query=",
        b"query=%FF%FE",
        b"query=%C0%AF",
        b"query=%ED%A0%80",
        b"query={me{id}}&query={me{id}}",
        b"query={me{id}}&variables=",
        b"query={me{id}}&variables=[]",
        b"query={me{id}}&variables={",
        b"query={me{id}}&variables={%22a%22:1,%22a%22:2}",
        b"query={me{id}}&operationName=",
        b"query={me{id}}&operationName=a%0d%0ab",
        b"&".join([b"query={me{id}}"] * 100),
        b"&".join(b"a%d=1" % number for number in range(100)),
    ],
)
async def test_a71_a_query_string_that_cannot_be_read(gateway: Running, token: str, query_string: bytes) -> None:
    """The same care as for a body."""
    refused(await said(gateway, head(b"GET", b"/graphql?" + query_string, token)), 400)


@pytest.mark.parametrize(
    "target", [b"/graphql?query={me{id}}", b"/graphql?query=%7Bme%7Bid%7D%7D&variables=%7B%7D&x=1"]
)
async def test_a_query_may_come_by_get(gateway: Running, token: str, target: bytes) -> None:
    """Parameters that we do not know are not ours to refuse."""
    assert (await said(gateway, head(b"GET", target, token))).json["data"]["me"]["id"]


@pytest.mark.parametrize(
    "accept", ["text/html", "image/*", "application/xml", "application/json;q=0", "*/*;q=0", "application/json;q=NaN"]
)
async def test_a74_an_answer_that_nobody_could_write(gateway: Running, token: str, accept: str) -> None:
    """406, in JSON: nothing better can be done."""
    sent = post(ID, token=token).replace(GRAPHQL.encode(), accept.encode())

    refused(await said(gateway, sent), 406)


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", b"http://127.0.0.1:4000"])
async def test_a75_no_other_site_is_let_in(gateway: Running, token: str, origin: bytes) -> None:
    """No CORS header, neither on the preflight nor on an answer."""
    asks = b"Origin: %b\r\nAccess-Control-Request-Method: POST\r\n" % origin
    preflight = await said(gateway, head(b"OPTIONS", b"/graphql", None, asks))
    answer = await said(gateway, post(ID, token=token, headers=b"Origin: %b\r\n" % origin))

    refused(preflight, 405)
    assert not any(name.startswith("access-control") for name in (*preflight.headers, *answer.headers))


@pytest.mark.parametrize("body", [ID, b"{", json.dumps({"query": "{ nonsense }"}).encode()])
async def test_a79_every_answer_is_kept_by_nobody_and_names_no_product(
    gateway: Running, token: str, body: bytes
) -> None:
    """Good or bad: not stored, not sniffed, not referred, and no word of what we are built with."""
    for heard in (
        await said(gateway, post(body, token=token)),
        await said(gateway, post(body, token=None)),
        await said(gateway, b"nonsense\r\n\r\n"),
    ):
        assert heard.headers["cache-control"] == "no-store"
        assert heard.headers["x-content-type-options"] == "nosniff"
        assert heard.headers["referrer-policy"] == "no-referrer"
        assert heard.headers["content-type"].endswith("json; charset=utf-8")
        assert not {"server", "x-powered-by", "via"} & set(heard.headers)
        assert not [word for word in ("uvicorn", "starlette", "python", "graphql-core") if word in str(heard).lower()]
