"""How a line's bytes travel: TLS that believes whom the options name, TCP to where they allow, X-Road on demand."""

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path

import httpx

from connectors.addresses import PORTS
from connectors.carrying import Carrier
from connectors.foreign import Foreign
from connectors.network import GuardedNetwork, LookUp
from connectors.options import SourceOptions
from connectors.pool import Pool
from connectors.xroad import XRoad


def carrier_of(
    options: SourceOptions,
    *,
    transport: httpx.AsyncBaseTransport | None,
    look_up: LookUp,
    new_id: Callable[[], str],
) -> Carrier:
    """Who carries the calls to a source: its connections, or the transport that is given; X-Road where it is asked for.

    Raises:
        BadOptions: the URL leads where no source can live.
    """
    carrier: Carrier = Foreign(transport, options) if transport is not None else _pool_of(options, look_up)
    return XRoad(carrier, options.xroad, new_id=new_id) if options.xroad else carrier


def _pool_of(options: SourceOptions, look_up: LookUp) -> Pool:
    address = httpx.URL(options.url)
    host = address.raw_host.decode("ascii")
    return Pool(
        GuardedNetwork(host, options.network, look_up=look_up),
        host=address.netloc.decode("ascii"),
        port=address.port or PORTS[address.scheme],
        tls=trust_of(options) if address.scheme == "https" else None,
        connect=options.connect,
        read=options.read,
        max_body=options.max_body,
    )


def trust_of(options: SourceOptions) -> ssl.SSLContext:
    """Whom to believe, and who we are, on a TLS connection."""
    if options.ca is None and options.identity is None:
        return _machine_trust()
    context = _trust(options.ca)
    if options.identity is not None:
        context.load_cert_chain(options.identity)
    return context


@cache
def _machine_trust() -> ssl.SSLContext:
    """Whom this machine believes: the same for everybody, and read once, for reading it costs milliseconds."""
    return _trust(None)


def _trust(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
