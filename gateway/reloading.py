"""What of a new reading of the settings a running gateway can go by, and what wants a restart."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct, structs

from connectors.fingerprint import fingerprint
from gateway.fleet import Changes
from gateway.settings import Settings


class Reloaded(Struct, frozen=True, kw_only=True):
    """What came of reading the configuration again."""

    at: datetime
    refused: str | None = None
    """Why nothing was taken over; the gateway goes on as before."""
    sources: Changes | None = None
    restart: tuple[str, ...] = ()
    """Settings that say something new which only a restart will heed."""


def taken_over(running: Settings, read: Settings) -> tuple[Settings, tuple[str, ...]]:
    """The settings to go by from now on, and the names of those that want a restart.

    Taken over is where the sources are, how they are located, which documents are trusted, and how strong a sign-in
    must be. Listeners, keys and bounds are built into what already runs.
    """
    authentication = structs.replace(
        running.authentication,
        required_assurance=read.authentication.required_assurance,
        longest_sign_in=read.authentication.longest_sign_in,
        acr_values=read.authentication.acr_values,
        required_scopes=read.authentication.required_scopes,
    )
    now = structs.replace(
        running,
        sources=read.sources,
        locating=read.locating,
        documents=read.documents,
        authentication=authentication,
    )
    return now, tuple(_different(now, read))


def _different(one: Struct, other: Struct, place: str = "") -> Iterator[str]:
    for name in one.__struct_fields__:
        left, right = getattr(one, name), getattr(other, name)
        if isinstance(left, Struct) and isinstance(right, Struct):
            yield from _different(left, right, f"{place}{name}.")
        elif fingerprint(left) != fingerprint(right):
            yield f"{place}{name}"
