"""What a request shows of its sender beside the token: the proof, the address, the certificate of the connection."""

import base64
import binascii
import re
from asyncio import BaseTransport
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.types import Scope

from gateway.asgi import header_values
from gateway.identity.possession import Shown
from gateway.settings import Server

CERTIFICATE = "client_certificate"
"""Where ``Connection`` notes in the scope of a request which certificate its connection proved: in DER, or None."""

_MOST_BYTES = 16 * 1024
_BYTE_SEQUENCE = re.compile(rb":([A-Za-z0-9+/]+={0,2}):")
_PEM = b"-----BEGIN CERTIFICATE-----"


def shown_in(scope: Scope, server: Server) -> Shown:
    """What that request shows.

    A certificate in a header is heeded from the proxies of the settings alone, and then nothing else is: over such a
    connection it is the proxy that showed its own. From anybody else such a header does not exist.
    """
    return Shown(
        method=scope.get("method", "GET"),  # with which every WebSocket begins
        path=scope.get("raw_path", scope["path"].encode()).decode("ascii", "replace"),
        proofs=header_values(scope, b"dpop"),
        certificate=_certificate(scope, server),
    )


def proved_certificate(transport: BaseTransport) -> bytes | None:
    """The client certificate that a connection proved, in DER; nothing where it has no TLS or showed none."""
    line = transport.get_extra_info("ssl_object")
    return None if line is None else line.getpeercert(binary_form=True)


def _certificate(scope: Scope, server: Server) -> str | None:
    proxy, peer = server.proxy, scope.get("client")
    if proxy is None or peer is None or not _is_among(peer[0], proxy.addresses):
        return _thumbprint(scope.get(CERTIFICATE))
    told = header_values(scope, proxy.certificate_header.lower().encode())
    return _thumbprint(_told(told[0])) if len(told) == 1 else None


def _told(value: bytes) -> bytes | None:
    """The DER in a header: a byte sequence (RFC 9440), or a percent-encoded PEM as nginx, Envoy and HAProxy write."""
    if len(value) > _MOST_BYTES:
        return None
    try:
        if sequence := _BYTE_SEQUENCE.fullmatch(value):
            return base64.b64decode(sequence[1], validate=True)
        text = unquote_to_bytes(value)
        if not text.startswith(_PEM) or text.count(_PEM) != 1:
            return None
        return base64.b64decode(text.removeprefix(_PEM).partition(b"-----END")[0])
    except (ValueError, binascii.Error):
        return None


def _thumbprint(certificate: bytes | None) -> str | None:
    """``x5t#S256`` (RFC 8705 section 3.1); nothing for what is no certificate."""
    if certificate is None:
        return None
    try:
        digest = x509.load_der_x509_certificate(certificate).fingerprint(SHA256())
    except ValueError:
        return None
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@cache
def _networks(addresses: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(address) for address in addresses)


def _is_among(peer: str, addresses: tuple[str, ...]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in _networks(addresses))
