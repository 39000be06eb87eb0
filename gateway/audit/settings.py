"""Settings of the access log."""

from msgspec import Struct

from connectors.options import Duration, Secret, Size


class AuditSettings(Struct, frozen=True, kw_only=True):
    """How the access log is kept. No answer about a citizen leaves before its entry is durable."""

    origin: str = "citizen-graph"
    """Name of this log in its signed checkpoints: the host of the service, say. All gateways of one store share it."""
    keys: tuple[Secret, ...] = ()
    """Ed25519 keys (PEM); all of them sign checkpoints: when one is to be replaced, both stand here for a while."""
    checkpoint: Duration = Duration(60)
    """At most so long after an entry a signed checkpoint covers it."""
    patience: Duration = Duration(2)
    """For the store to take a batch of entries; then they are spooled."""
    retry: Duration = Duration(1)
    """Between two attempts to reach a store that failed."""
    spool: str = "access-spool"
    """Folder beside the settings for entries that the store cannot take; made if need be, for its owner alone."""
    spool_entries: int = 100_000
    """When the spool of a gateway is larger or older than these three, nothing about citizens is answered any more."""
    spool_size: Size = Size(64 * 1024 * 1024)
    spool_time: Duration = Duration(3600)
    retention_years: int = 5
    """How long citizens can read who looked; `audit prune` drops what is older. The law's least is 5."""
