"""Proofs of possession at the token endpoint (RFC 9449 section 5): the key to which a token will be bound."""

import json
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tests.sandbox.eid.provider import Provider
from tests.sandbox.eid.wire import ProtocolError

_SECONDS = 60


def key_of_proof(provider: Provider, proof: str) -> str:
    """Give the thumbprint of the key that made the proof.

    Raises:
        ProtocolError: ``invalid_dpop_proof``, whatever was wrong.
    """
    try:
        header = jws.extract_compact(proof.encode()).headers()
        key = ECKey.import_key(header["jwk"])
        claims: dict[str, Any] = json.loads(jws.deserialize_compact(proof, key, algorithms=["ES256"]).payload)
    except (JoseError, ValueError, KeyError, TypeError):
        raise _refused("The proof is not signed with the key in it.") from None
    made_at, name, now = claims.get("iat"), claims.get("jti"), provider.clock.now().timestamp()
    if header.get("typ") != "dpop+jwt" or key.is_private:
        raise _refused("This is no proof.")
    if (claims.get("htm"), claims.get("htu")) != ("POST", f"{provider.issuer}/token"):
        raise _refused("The proof is meant for another request.")
    if not isinstance(made_at, int) or abs(now - made_at) > _SECONDS:
        raise _refused("The proof was not made just now.")
    if not isinstance(name, str) or provider.seen_assertions.get(f"proof {name}"):
        raise _refused("The proof has no id of its own, or was used before.")
    provider.seen_assertions.put(f"proof {name}", value=True)
    return key.thumbprint()


def _refused(description: str) -> ProtocolError:
    return ProtocolError("invalid_dpop_proof", description)
