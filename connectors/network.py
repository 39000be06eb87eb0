"""Where a line may lead: a name is looked up here, its addresses are judged, and one of those judged is connected to.

Nothing is looked up again between judging and connecting, so a name that changes its meaning (DNS rebinding) leads
nowhere else. The connection is made to the address; TLS goes on to check the name.

Each line looks its own name up, in a thread of its own and once for all who wait: a name server that says nothing
holds up no other source. The loop's own look-ups share a handful of threads.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpcore

from connectors.errors import Garbled, Unavailable
from connectors.options import BadOptions, Network

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Iterable[str]]
"""The addresses of a name; waits for them.

Raises:
    OSError: it has none, or nobody can say.
"""
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

_METADATA = tuple(map(ip_network, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")))
"""Where clouds tell a machine its own credentials, besides the link-local addresses that most of them use."""
_THIS_NETWORK = ip_network("0.0.0.0/8")
"""No address of anybody; systems connect to themselves by it (RFC 1122, 3.2.1.3)."""
_SHARED = ip_network("100.64.0.0/10")
"""Private for our purposes, though not to Python (RFC 6598)."""
_TRANSLATED = ip_network("64:ff9b::/96")
"""An IPv4 address as the IPv6-only network sees it (RFC 6052)."""
_MOST_ADDRESSES = 4
"""How many addresses of a name are tried; each has its share of the time for connecting."""


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine is set up to find them."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_nobodys(address: Address) -> bool:
    """Whether no source can live there: link-local and metadata addresses, multicast, reserved, none at all."""
    inner = _innermost(address)
    if inner.is_loopback:
        return False
    return (
        inner.is_link_local
        or inner.is_multicast
        or inner.is_unspecified
        or inner.is_reserved
        or inner in _THIS_NETWORK
        or any(inner in place for place in _METADATA)
    )


def may_lead_to(address: Address, network: Network) -> bool:
    """Whether the name of a source in that network may stand for this address."""
    inner = _innermost(address)
    if is_nobodys(inner) or inner.is_loopback:
        return False
    return inner.is_global or (network == "private" and (inner.is_private or inner in _SHARED))


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the one host that a block names, at an address where it may live."""

    def __init__(self, host: str, network: Network, *, look_up: LookUp) -> None:
        """Judge what can be judged already.

        Args:
            host: of the block's ``url``. An address that is written there is meant, also a private or loop-back one;
                so is the loop-back by the name ``localhost``.
            network: where a name may lead.
            look_up: finds the addresses of a name; called in a thread.

        Raises:
            BadOptions: the block writes an address where no source can live.
        """
        self._host = host
        self._network = network
        self._look_up = look_up
        self._written = _read(host)
        self._inner = httpcore.AnyIOBackend()
        self._looking: asyncio.Future[Sequence[Address]] | None = None
        if self._written is not None and is_nobodys(self._written):
            raise BadOptions("url: no source can live at this address (link-local, metadata, multicast or reserved)")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the host, looking up included in the time.

        Raises:
            SourceError: the name cannot be found, or leads where it may not.
            httpcore.ConnectError: nobody answers there.
            httpcore.ConnectTimeout: not in time.
        """
        if host != self._host:
            raise Garbled("leads to another host than its block names")
        try:
            async with asyncio.timeout(timeout):
                addresses = await self.addresses(port)
                share = None if timeout is None else timeout / len(addresses)
                failed: Exception = httpcore.ConnectError()
                for address in addresses:
                    try:
                        return await self._inner.connect_tcp(str(address), port, share, local_address, socket_options)
                    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                        failed = error
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        raise failed

    async def addresses(self, port: int) -> Sequence[Address]:
        """Where the host is, as far as it may be there.

        Raises:
            SourceError: the name cannot be found, or leads where it may not.
        """
        if self._written is not None:
            return [self._written]
        if self._looking is None:
            self._looking = self._looked_up(port)
        # Whoever gives up does not end it for the others.
        found = await asyncio.shield(self._looking)
        if not found:
            raise Unavailable("no such host")
        allowed = [address for address in found if self._allows(address)]
        if not allowed:
            raise Unavailable("its name leads to an address that its block does not allow")
        return allowed[:_MOST_ADDRESSES]

    def _allows(self, address: Address) -> bool:
        is_own = self._host == "localhost" and address.is_loopback
        return is_own or may_lead_to(address, self._network)

    def _looked_up(self, port: int) -> asyncio.Future[Sequence[Address]]:
        """The addresses, once a thread has found them; none where it could not."""
        loop = asyncio.get_running_loop()
        looking: asyncio.Future[Sequence[Address]] = loop.create_future()

        def settle(found: Sequence[Address]) -> None:
            self._looking = None
            if not looking.done():
                looking.set_result(found)

        def work() -> None:
            found: list[Address] = []
            with suppress(OSError, UnicodeError):
                found = [address for text in self._look_up(self._host, port) if (address := _read(text))]
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, list(dict.fromkeys(found)))

        # Not one of the interpreter's pool, which is waited for at its end.
        threading.Thread(target=work, name="look-up", daemon=True).start()
        return looking


def _read(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _innermost(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries in it, where it does; otherwise the address."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    carried = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    return carried or address
