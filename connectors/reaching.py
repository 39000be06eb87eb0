"""Step by step to a source, for whoever connects one: name, connection, certificates. No question is asked.

Every step is told in our own words and the library's word for a refused certificate; an address that a name stands for
is not told, because such output is pasted into tickets.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from msgspec import Struct

from connectors.clock import Clock
from connectors.contract import Deadline
from connectors.errors import SourceError
from connectors.network import GuardedNetwork, look_up
from connectors.options import SourceOptions
from connectors.transport import trust_of

SOON_DAYS = 14
"""A certificate that ends within so many days is a finding: time to renew it before a weekend."""


class Step(Struct, frozen=True, kw_only=True):
    """One step, and how it went."""

    name: str
    fine: bool
    told: str
    ms: int
    last: bool = False
    """Whether nothing can come after it: the source is not reached."""


async def reach(options: SourceOptions, clock: Clock) -> AsyncIterator[Step]:
    """Every step up to a connection that could carry a question; the first that fails is the last.

    Args:
        options: the block of the source. One that lies in a folder has no steps.
        clock: for durations and the days that certificates have left.
    """
    address = urlsplit(options.url)
    if not address.hostname:
        return
    deadline = Deadline.after(options.deadline, clock)
    port = address.port or (443 if address.scheme == "https" else 80)
    host = address.hostname
    network = GuardedNetwork(host, options.network, look_up=look_up)
    walk: list[tuple[str, Callable[[], Awaitable[tuple[bool, str]]]]] = [
        ("name", partial(_resolve, network, port)),
        ("connection", partial(_connect, network, port, options.deadline)),
    ]
    if address.scheme == "https":
        walk.append(("tls", partial(_shake_hands, network, port, options, clock)))
    if options.identity is not None:
        walk.append(("our certificate", partial(_own, options.identity, clock)))
    for name, work in walk:
        begun, failed = clock.monotonic(), False
        try:
            async with asyncio.timeout(deadline.left()):
                fine, told = await work()
        except (SourceError, OSError, ValueError) as error:
            fine, told, failed = False, _why(error), True
        yield Step(name=name, fine=fine, told=told, ms=round((clock.monotonic() - begun) * 1000), last=failed)
        if failed:
            return


async def _resolve(network: GuardedNetwork, port: int) -> tuple[bool, str]:
    return True, f"{len(await network.addresses(port))} address(es)"


async def _connect(network: GuardedNetwork, port: int, seconds: float) -> tuple[bool, str]:
    line = await network.reached(port, seconds=seconds)
    line.close()
    return True, f"port {port} accepts"


async def _shake_hands(network: GuardedNetwork, port: int, options: SourceOptions, clock: Clock) -> tuple[bool, str]:
    made = await network.connected(_Handshake, port, tls=trust_of(options), seconds=options.deadline)
    secured: ssl.SSLObject = made.line.get_extra_info("ssl_object")
    version, certificate = secured.version(), secured.getpeercert() or {}
    made.line.abort()
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    fine, told = _left(ends, clock)
    return fine, f"{version}, the source's certificate {told}"


class _Handshake(asyncio.Protocol):
    """Says nothing, once it is there."""

    line: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection to look at it."""
        self.line = transport  # type: ignore[assignment]  # the loop makes no other kind for a stream


async def _own(identity: Path, clock: Clock) -> tuple[bool, str]:
    text = await asyncio.to_thread(identity.read_bytes)
    return _left(x509.load_pem_x509_certificate(text).not_valid_after_utc, clock)


def _left(ends: datetime, clock: Clock) -> tuple[bool, str]:
    days = (ends - clock.now()).days
    return days >= SOON_DAYS, f"ends in {days} days" if days >= 0 else "has ended"


def _why(error: Exception) -> str:
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"refused: {cause.verify_message}"
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return type(cause).__name__
