"""The listeners, who stands in front of them, and the bounds of a request."""

import re
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct

from connectors.options import Duration, Size

_PUBLIC = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_MOST_PROXIES = 65_536


class Tls(Struct, frozen=True, kw_only=True):
    """TLS on the public listener. Without it, a proxy in front has to speak it."""

    identity: Path
    """PEM file with our certificate, those that vouch for it, and the key."""
    client_authorities: Path | None = None
    """PEM file of the authorities that may vouch for clients. With it a client may show a certificate: one whose tokens
    are bound to it must; one that shows another is not let in."""


class Proxy(Struct, frozen=True, kw_only=True):
    """A reverse proxy that speaks TLS with callers and tells their certificates; it drops the header from outside."""

    addresses: tuple[str, ...]
    """From where it connects: ``10.0.0.5`` or ``10.0.0.0/29``. Whoever comes from there is believed."""
    certificate_header: str = "Client-Cert"
    """In which it tells the certificate: as RFC 9440 says, or as a percent-encoded PEM."""

    def __post_init__(self) -> None:
        """Refuse what is no address."""
        if not self.addresses:
            raise ValueError("addresses must name at least one")
        for address in self.addresses:
            if ip_network(address).num_addresses > _MOST_PROXIES:
                raise ValueError(f"addresses: {address} is more than a proxy")
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", self.certificate_header):
            raise ValueError("certificate_header is the name of a header")


class Server(Struct, frozen=True, kw_only=True):
    """The two listeners, and the bounds of a request."""

    listen: str = "127.0.0.1:4000"
    admin: str = "127.0.0.1:8088"
    """Health, for the operator alone: never on the public side."""
    shared: bool = False
    """Whether other gateways on this machine listen at the same public address: one for each processor, say. The
    system deals out the connections. Each has an ``admin`` of its own."""
    deadline: Duration = Duration(5)
    """For a whole request. What a source has not said by then is missing from the answer, and the answer says so."""
    content: Duration = Duration(120)
    """For passing on the content of a document, once it has begun to come."""
    max_body: Size = Size(256 * 1024)
    caller_timeout: Duration = Duration(10)
    """For a caller to send the header, again for the body, and to take some of the answer."""
    public_address: str | None = None
    """Under which callers reach the public listener: ``https://graph.example``. Proofs of partners name it, whatever
    stands in between; by default the address of ``listen``."""
    tls: Tls | None = None
    proxy: Proxy | None = None
    introspection: bool = False
    """Whether a signed-in caller may ask for the schema; it is published as a file anyway."""
    subgraph: bool = False
    """Whether this graph is part of another one, whose router asks it for entities with the token of its caller."""

    def __post_init__(self) -> None:
        """Refuse an address that clients could not name."""
        if self.public_address is not None and not _PUBLIC.fullmatch(self.public_address):
            raise ValueError("public_address is 'https://host' or 'https://host:port', without a path")

    @property
    def address(self) -> str:
        """Scheme and host of the public listener, as callers write them."""
        return self.public_address or f"{'https' if self.tls else 'http'}://{self.listen}"
