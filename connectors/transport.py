"""How a line's bytes travel: TLS that believes whom the options name, TCP to where they allow, X-Road on demand."""

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path

import httpcore
import httpx

from connectors.network import GuardedNetwork, LookUp
from connectors.options import SourceOptions
from connectors.xroad import XRoadTransport


class Transport(httpx.AsyncHTTPTransport):
    """TLS and TCP as the options say, to where they say."""

    def __init__(self, options: SourceOptions, look_up: LookUp) -> None:
        """Open nothing yet.

        Raises:
            BadOptions: the URL leads where no source can live.
        """
        trust = trust_of(options)
        super().__init__(verify=trust, trust_env=False)
        host = httpx.URL(options.url).raw_host.decode("ascii")
        # The class has no argument for the network. Its pool is replaced before it has opened anything.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=options.concurrency,
            keepalive_expiry=30,
            network_backend=GuardedNetwork(host, options.network, look_up=look_up),
        )


def carried(
    transport: httpx.AsyncBaseTransport, options: SourceOptions, new_id: Callable[[], str]
) -> httpx.AsyncBaseTransport:
    """The transport, or X-Road over it where the options say so."""
    return XRoadTransport(transport, options.xroad, new_id=new_id) if options.xroad else transport


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
    return context
