"""F16: where the name of a source may lead, and what looking it up may cost."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from connectors.errors import Garbled, TooSlow, Unavailable
from connectors.network import LookUp, is_nobodys, may_lead_to
from connectors.options import BadOptions, Duration, Network
from tests.connectors.lines import failure, get, line_to, soon
from tests.connectors.serving import Serving, serving

APP: ASGIApp = PlainTextResponse("ok")
PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12:3456::1", "::ffff:10.1.2.3", "64:ff9b::a01:203"]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
NOBODYS = [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fe80::1",
    "fe80::1%1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "224.0.0.1",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize(
    ("addresses", "public", "private"),
    [(PUBLIC, True, True), (PRIVATE, False, True), (LOOPBACK, False, False), (NOBODYS, False, False)],
    ids=["public", "private", "loop-back", "nobody's"],
)
def test_f16_which_address_a_name_may_stand_for(addresses: list[str], *, public: bool, private: bool) -> None:
    """Also where an IPv6 address carries another one in it."""
    for text in addresses:
        assert may_lead_to(ip_address(text), "public") is public, text
        assert may_lead_to(ip_address(text), "private") is private, text
        assert is_nobodys(ip_address(text)) is (addresses is NOBODYS), text


@pytest.mark.parametrize("text", [*NOBODYS[:1], "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "0.0.0.0"])
def test_f16_an_address_that_is_nobodys_is_a_mistake_of_the_configuration(text: str) -> None:
    """Found by `check` and at the start, not by the first citizen."""
    with pytest.raises(BadOptions, match="no source can live"):
        line_to(f"http://{text}/latest", network="private")


def named(server: Serving, name: str) -> str:
    """The server's address under another name."""
    return server.url.replace("127.0.0.1", name)


def leads_to(*addresses: str) -> LookUp:
    return lambda _host, _port: addresses


@pytest.mark.parametrize("network", ["public", "private"])
@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"])
async def test_f16_a_name_that_leads_to_this_machine_or_to_metadata_is_not_followed(
    network: Network, address: str
) -> None:
    """A server does listen there, and hears nothing."""
    async with serving(APP) as server:
        error = await failure(named(server, "hospital.example"), network=network, look_up=leads_to(address))
        assert type(error) is Unavailable
        assert str(error) == "its name leads to an address that its block does not allow"
        assert server.requests == 0
        await server.quiet()


async def test_f16_a_private_address_is_for_whom_the_block_says_so() -> None:
    """By default a name that turns out to be inside leads nowhere (this one is of documentation, RFC 5737)."""
    found = await failure("http://hospital.example", look_up=leads_to("192.0.2.1"), connect=Duration(5))
    assert str(found) == "its name leads to an address that its block does not allow"
    # Nobody may answer there either; but it is tried.
    tried = await failure(
        "http://hospital.example", look_up=leads_to("192.0.2.1"), network="private", connect=Duration(0.01)
    )
    assert str(tried) != str(found)


async def test_f16_what_is_judged_is_what_is_connected_to() -> None:
    """A name that changes its meaning between two look-ups is looked up once for each connection."""
    said: Iterator[list[str]] = iter([["127.0.0.1"], ["169.254.169.254"]])
    async with serving(APP) as server:
        line = line_to(named(server, "localhost"), look_up=lambda _host, _port: next(said))
        assert (await line.send("GET", "x", deadline=soon())).body == b"ok"
        await server.hang_up()
        with pytest.raises(Unavailable, match="does not allow"):
            await line.send("GET", "x", deadline=soon())
        await line.close()
        assert server.requests == 1


async def test_localhost_is_this_machine() -> None:
    """By the machine's own look-up."""
    async with serving(APP) as server:
        assert (await get(named(server, "localhost"))).body == b"ok"


async def test_another_address_is_tried_where_the_first_refuses() -> None:
    async with serving(APP) as server:
        assert (await get(named(server, "localhost"), look_up=leads_to("127.0.0.2", "127.0.0.1"))).body == b"ok"


async def test_f16_a99_a_line_leads_to_its_own_host_alone() -> None:
    """Whatever a kind took for an address of its source."""
    async with serving(APP) as other:
        line = line_to("http://127.0.0.2")
        with pytest.raises(Garbled, match="another host"):
            await line.send("GET", f"{other.url}/x", deadline=soon())
        await line.close()
        assert other.requests == 0


@pytest.mark.parametrize("error", [socket.gaierror(-2, "hospital.example"), UnicodeError("label too long")])
async def test_f16_no_such_host(error: Exception) -> None:
    def nobody_knows(_host: str, _port: int) -> list[str]:
        raise error

    found = await failure("http://hospital.example", look_up=nobody_knows)
    assert (type(found), str(found)) == (Unavailable, "no such host")


async def test_f16_a_name_server_that_says_nothing_costs_the_time_for_connecting_and_one_thread() -> None:
    """However many wait for it; and when it speaks at last, whoever still waits is served."""
    may_speak, looked_up = threading.Event(), []

    def slow(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        may_speak.wait()
        return ["127.0.0.1"]

    async with serving(APP) as server:
        line = line_to(named(server, "localhost"), look_up=slow, connect=Duration(0.05))
        patient = line_to(named(server, "localhost"), look_up=slow, connect=Duration(5))
        waiting = asyncio.ensure_future(patient.send("GET", "x", deadline=soon()))
        calls = [line.send("GET", "x", deadline=soon()) for _ in range(10)]
        assert [type(found) for found in await asyncio.gather(*calls, return_exceptions=True)] == [TooSlow] * 10
        assert looked_up == ["localhost"] * 2
        may_speak.set()
        assert (await waiting).body == b"ok"
        assert (await line.send("GET", "x", deadline=soon())).body == b"ok"
        await line.close()
        await patient.close()
