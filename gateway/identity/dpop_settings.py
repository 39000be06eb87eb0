"""Settings of tokens that are bound to a key (DPoP)."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from connectors.options import Duration, Secret


class ReplaySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it is remembered which proofs were used. Several gateways behind one address need a Redis."""

    backend: Literal["memory", "redis"] = "memory"
    most: int = 200_000
    """Proofs that this process remembers at once; when they are more, it takes none until some are too old."""
    url: Secret | None = None
    """Of the Redis: ``rediss://user:password@host:6379/0``."""
    ca: Path | None = None
    """PEM file of the authorities that may vouch for the Redis; the system's by default."""
    timeout: Duration = Duration(0.25)
    """For one word with the Redis. Without it no proof is taken: 503."""

    def __post_init__(self) -> None:
        if (self.backend == "redis") != (self.url is not None):
            raise ValueError("url is expected with backend = 'redis', and only then")
        if self.most < 1 or not 0 < self.timeout <= 5:
            raise ValueError("most must be 1 or more, timeout more than nothing and 5s at most")


class DpopSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long proofs are good (RFC 9449 section 11.1)."""

    proof_lifetime: Duration = Duration(60)
    """Since its ``iat``."""
    leeway: Duration = Duration(10)
    """How far a client's clock may be ahead of ours."""
    nonce_lifetime: Duration = Duration(300)
    """A nonce of ours is taken for so long; a proof with an older one is answered with a new one."""
    replays: ReplaySettings = ReplaySettings()

    def __post_init__(self) -> None:
        for name, least, most in (("proof_lifetime", 5, 300), ("leeway", 0, 60), ("nonce_lifetime", 30, 3_600)):
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be from {least} to {most} seconds")
