"""What may be asked of the graph, how often and how much of it; how it is executed."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from connectors.options import Duration, Secret


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of a GraphQL document, checked before it is validated."""

    max_tokens: int = 5000
    max_depth: int = 15
    max_aliases: int = 100
    max_root_fields: int = 20
    max_directives: int = 100
    max_operations: int = 20
    max_deferred: int = 20
    """Uses of @defer and @stream, each counted as often as its fragment is spread."""
    max_waves: int = 3
    """Uses of @defer and @stream within each other."""
    max_cost: int = 100_000
    """Price of an operation, told beforehand (``gateway.operations.cost``)."""
    documents: int = 1000
    """Checked documents that are remembered."""


class Execution(Struct, frozen=True, kw_only=True):
    """How operations are executed."""

    plans: Literal["on", "off", "verify"] = "on"
    """Whether what is read from records is compiled, from the second use of a document. With ``verify`` the library
    completes every value as well; its value is answered, and a difference is an alert."""
    compiled_fields: int = 100_000
    """Compiled ones that are remembered, of all documents together."""


class RateSettings(Struct, frozen=True, kw_only=True):
    """How many requests are taken from one of them in a minute; more are answered with 429. 0 sets no bound."""

    per_citizen: int = 300
    """Of one signed-in citizen, however many devices."""
    per_client: int = 6000
    """Of one client of a partner."""
    per_address: int = 6000
    """From one address, before anything is read. Many phones share one (carriers' NAT)."""
    refusals: int = 60
    """Refused citizens in an hour, for one caller: who reaches it guesses numbers."""
    proxies: tuple[str, ...] = ()
    """Networks of our own proxies, whose ``X-Forwarded-For`` is believed: ``["10.1.0.0/16"]``. Behind one that is not
    named here, everybody comes from its address: name it, or set ``per_address = 0``."""
    url: Secret | None = None
    """Of a Redis in which several gateways count together; this process alone by default."""


class DocumentSettings(Struct, frozen=True, kw_only=True):
    """Trusted documents: the operations that clients were built with."""

    manifest: Path | None = None
    """Made by ``citizen-graph documents build``. Without it every document is free text."""
    mode: Literal["log", "enforce"] = "log"
    """What becomes of free text that is not in the manifest: executed and counted, or refused."""
    free_text: tuple[str, ...] = ()
    """Clients that may send free text all the same."""


class SubscriptionSettings(Struct, frozen=True, kw_only=True):
    """Bounds of what callers wait for."""

    most: int = 1000
    """Open at once, in one process; 0 lets nobody subscribe."""
    most_per_caller: int = 10
    heartbeat: Duration = Duration(15)
    """Between two signs of life, for proxies that cut what is silent; an ended sign-in is seen that late at most."""
