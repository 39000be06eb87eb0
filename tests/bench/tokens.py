"""What it costs to know who asks, in CPU: a token seen for the first time, one seen a moment ago, one with a proof.

    python -m tests.bench.tokens

Measured is this process's own CPU, so that a busy machine does not matter much. Nothing is signed in the measured part.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import click
import httpx
from joserfc.jwk import Key

from gateway.identity import Verifier
from tests.gateway.identity.forging import claims, compact, ec, header, pss, public, rsa, settings_for
from tests.gateway.identity.hostile_issuer import HostileIssuer, Stage
from tests.gateway.identity.proving import bound, head, possession, proof, shown, words
from tests.sandbox.eid.held_clock import HeldClock
from tests.sandbox.eid.serving import address, free_socket, serving

TOKENS = 300
AGAIN = 5_000
KEYS: tuple[tuple[str, str, Key], ...] = (
    ("RS256", "k-rsa", rsa("k-rsa")),
    ("PS256", "k-ps", pss("k-ps")),
    ("ES256", "k-ec", ec("k-ec")),
)


async def each(work: Sequence[Callable[[], Awaitable[object]]]) -> float:
    """Microseconds of CPU for one of them."""
    begun = time.process_time()
    for one in work:
        await one()
    return (time.process_time() - begun) / len(work) * 1e6


async def measured(issuer: HostileIssuer) -> None:
    """Print a line per sort of token."""
    clock = HeldClock()
    async with httpx.AsyncClient(trust_env=False) as http:
        judge = possession(clock)
        verifier = Verifier([settings_for(issuer.address)], http=http, clock=clock, possession=judge)
        await verifier.warm()
        click.echo(f"{'':<12}{'first':>10}{'again':>10}   µs of CPU for one request")
        for algorithm, kid, key in KEYS:
            tokens = [
                b"Bearer "
                + compact(header(kid, algorithm), claims(issuer.address, jti=str(n)), key=key, sign=algorithm)
                for n in range(TOKENS)
            ]
            first = await each([partial(verifier.verify, [token]) for token in tokens])
            again = await each([partial(verifier.verify, tokens[:1])] * AGAIN)
            click.echo(f"{algorithm:<12}{first:>10.0f}{again:>10.0f}")
        await proved(issuer, verifier, judge.nonces.new())
        await verifier.aclose()


async def proved(issuer: HostileIssuer, verifier: Verifier, nonce: str) -> None:
    """A token that is bound to a key, with a new proof each time."""
    token = bound(issuer.address)
    requests = [shown(proof(head(), words(token, nonce))) for _ in range(TOKENS)]
    await verifier.verify([b"DPoP " + token], shown(proof(head(), words(token, nonce))))
    again = await each([partial(verifier.verify, [b"DPoP " + token], what) for what in requests])
    click.echo(f"{'with DPoP':<12}{'':>10}{again:>10.0f}")


def main() -> None:
    """Run it."""
    bound_socket = free_socket()
    issuer = HostileIssuer(address(bound_socket))
    issuer.publish(public(*(key for _, _, key in KEYS)))
    with serving(Stage(issuer), bound_socket):
        asyncio.run(measured(issuer))


if __name__ == "__main__":
    main()
