"""Where a line may lead: a name is looked up here, its addresses are judged, and one of those judged is connected to.

Nothing is looked up again between judging and connecting, so a name that changes its meaning (DNS rebinding) leads
nowhere else. The connection is made to the address; TLS goes on to check the name.

Each line looks its own name up, in a thread of its own and once for all who wait: a name server that says nothing
holds up no other source. The loop's own look-ups share a handful of threads.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeVar

from connectors.errors import Unavailable
from connectors.options import BadOptions, Network

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Iterable[str]]
"""The addresses of a name; waits for them.

Raises:
    OSError: it has none, or nobody can say.
"""
P = TypeVar("P", bound=asyncio.BaseProtocol)

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


class GuardedNetwork:
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
        self._looking: asyncio.Future[Sequence[Address]] | None = None
        if self._written is not None and is_nobodys(self._written):
            raise BadOptions("url: no source can live at this address (link-local, metadata, multicast or reserved)")

    async def connected(self, protocol: Callable[[], P], port: int, *, tls: ssl.SSLContext | None, seconds: float) -> P:
        """The protocol on a new connection to the host.

        Args:
            protocol: makes it.
            port: to connect to.
            tls: whom to believe; without it the connection is plain.
            seconds: for finding the host and connecting, and once more for TLS.

        Raises:
            SourceError: the name cannot be found, or leads where it may not.
            OSError: nobody answers there, or nobody who can be believed; ``TimeoutError`` where not in time.
        """
        async with asyncio.timeout(seconds):
            line = await self.reached(port, seconds=seconds)
        loop, host = asyncio.get_running_loop(), self._host if tls else None
        try:
            async with asyncio.timeout(seconds):
                _, made = await loop.create_connection(protocol, sock=line, ssl=tls, server_hostname=host)
        except BaseException:
            line.close()
            raise
        return made

    async def reached(self, port: int, *, seconds: float) -> socket.socket:
        """A socket that is connected to the host.

        Args:
            port: to connect to.
            seconds: of which each address has its share.

        Raises:
            SourceError, OSError: as ``connected``.
        """
        addresses = await self.addresses(port)
        failed: OSError = ConnectionError()
        for address in addresses:
            try:
                async with asyncio.timeout(seconds / len(addresses)):
                    return await _socket_to(address, port)
            except OSError as error:  # TimeoutError among them
                failed = error
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


async def _socket_to(address: Address, port: int) -> socket.socket:
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    line = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        line.setblocking(False)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(line, (str(address), port))
    except BaseException:
        line.close()
        raise
    return line


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
