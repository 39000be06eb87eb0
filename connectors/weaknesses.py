"""What of the options is allowed and yet unsafe: one sentence each, for a warning at start and for ``check``."""

import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from connectors.options import Secret, SourceOptions


def weaknesses_of(options: SourceOptions) -> list[str]:
    """One sentence per choice of a source's block that a stranger could use."""
    found = readable_by_others(options)
    if options.identity is not None and is_readable_by_others(options.identity):
        found.append(readable("identity"))
    if _is_open(options.url):
        found.append("url is plain http to another machine: whoever is on the way reads and changes health data")
    if options.oauth is not None and _is_open(options.oauth.token_url or ""):
        found.append("oauth.token_url is plain http to another machine: whoever is on the way takes our tokens")
    return found


def _is_open(url: str) -> bool:
    """Whether what is said there can be read on the way."""
    address = urlsplit(url)
    return address.scheme == "http" and not is_this_machine(address.hostname or "")


def readable_by_others(options: Struct) -> list[str]:
    """One sentence per secret whose file every user of this machine can read."""
    return [
        readable(place)
        for place, secret in secrets_of(options)
        if secret.file is not None and is_readable_by_others(secret.file)
    ]


def is_this_machine(host: str) -> bool:
    """Whether a host is reached without leaving this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def readable(place: str) -> str:
    """The sentence about a setting whose file everybody can read."""
    return f"{place} is in a file that every user of this machine can read: chmod 600"


def is_readable_by_others(file: Path) -> bool:
    """Whether every user of this machine can read that file."""
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False  # read a moment ago and gone now: there is nothing left to read


def secrets_of(options: Any, place: str = "") -> Iterator[tuple[str, Secret]]:
    """Every secret of an options record, with the key at which it stands: ``headers.X-API-Key``."""
    if isinstance(options, Secret):
        yield place, options
    elif isinstance(options, Struct):
        for name in options.__struct_fields__:
            yield from secrets_of(getattr(options, name), f"{place}.{name}" if place else name)
    elif isinstance(options, dict):
        for name, inner in options.items():
            yield from secrets_of(inner, f"{place}.{name}")
    elif isinstance(options, tuple):
        for number, inner in enumerate(options):
            yield from secrets_of(inner, f"{place}[{number}]")
