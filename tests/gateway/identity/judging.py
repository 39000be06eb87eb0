"""Asking a verifier, and making sure that a refusal tells nothing it should not."""

from collections.abc import Iterable, Sequence

import pytest

from gateway.identity import Fault, InvalidToken, Verifier
from resolvers.access.caller import Caller
from tests.gateway.identity.forging import NUMBER


async def accepted(verifier: Verifier, token: bytes) -> Caller:
    """Give the caller of a token that must be good."""
    return await verifier.verify([b"Bearer " + token])


async def fault_of(verifier: Verifier, token: bytes) -> Fault:
    """Give the fault of a token that must be bad, shown as an ordinary bearer token."""
    return await fault_of_headers(verifier, [b"Bearer " + token])


async def fault_of_headers(verifier: Verifier, headers: Sequence[bytes]) -> Fault:
    """Give the fault of these Authorization headers.

    Every refusal is looked at here: a 401 with a one-line challenge, and neither caller nor operator gets to see
    a piece of the token or the citizen's number.
    """
    with pytest.raises(InvalidToken) as caught:
        await verifier.verify(headers)
    refused = caught.value
    told = f"{refused} {refused.cause} {refused.headers('r')} {refused!r}"
    assert (refused.status, refused.code) == (401, "UNAUTHENTICATED")
    assert told.isprintable()
    assert NUMBER not in told
    assert not [piece for piece in _pieces(headers) if piece in told]
    return refused.fault


async def all_refused(verifier: Verifier, tokens: Iterable[bytes], *faults: Fault) -> None:
    """Every one of the tokens ends in one of the faults."""
    for token in tokens:
        assert await fault_of(verifier, token) in faults, token[:200]


def _pieces(headers: Sequence[bytes]) -> list[str]:
    parts = b" ".join(headers).replace(b" ", b".").split(b".")
    return [part[:24].decode("latin-1") for part in parts if len(part) >= 16]
