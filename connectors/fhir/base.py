"""The FHIR base of a server: which addresses lie beneath it, and whom a reference means.

A server is not trusted to say where the next page is (a link could lead our credentials to another host) nor whom a
resource is about. Both questions are the same one: does this address lie beneath the base?
"""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from msgspec import Struct

from connectors.fhir.datatypes import Reference

_PORTS = {"http": 80, "https": 443}
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]|\\")
_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
"""Path segments by which two readers of one address may mean two places."""
_ID = r"[A-Za-z0-9._-]{1,128}"
"""Wider than R4's own (no ``_``, 64 characters), for servers that are; still nothing that separates in a search."""
_IDS = re.compile(_ID)
POINTER = re.compile(rf"/?([A-Za-z]{{1,64}})/({_ID})(?:/_history/[^/?#]{{1,64}})?")
"""Type and id in a relative address, of whichever version."""


class Base(Struct, frozen=True):
    """Where we reach a server, and how it calls itself."""

    url: str
    own_url: str

    @classmethod
    def of(cls, url: str, own_url: str | None) -> "Base":
        """Both without a slash at the end; the same unless a proxy stands between."""
        return cls(url.rstrip("/"), (own_url or url).rstrip("/"))

    def link(self, address: str) -> str | None:
        """Our own absolute address for a link of the server; None when it leads anywhere else."""
        beneath = self._beneath(address)
        return None if beneath is None else self.url + beneath

    def target(self, reference: Reference | None) -> tuple[str, str] | None:
        """Type and id of the resource that is meant, of whichever version; None for any other kind of reference."""
        address = reference.reference if reference else None
        if not address:
            return None
        if "://" in address:  # a relative one is read as it stands, whatever the base
            address = self._beneath(address) or ""
        pointer = POINTER.fullmatch(address)
        return (pointer[1], pointer[2]) if pointer else None

    def _beneath(self, address: str) -> str | None:
        """What stands after the base in an address that lies beneath it."""
        if _UNPRINTABLE.search(address):
            return None
        have = _split(address, self.own_url + "/")
        for root in (self.own_url, self.url):
            want = _split(root)
            if have is not None and want is not None and _origin(have) == _origin(want):
                rest = have.path.removeprefix(want.path)
                if have.path.startswith(want.path) and rest[:1] in ("", "/") and not _DOTS.search(have.path):
                    return rest + (f"?{have.query}" if have.query else "")
        return None


def is_id(text: str | None) -> bool:
    """Whether a resource can be searched for by this id."""
    return text is not None and _IDS.fullmatch(text) is not None


def _split(address: str, against: str = "") -> SplitResult | None:
    """The parts of an address that names nobody, read against another where it is relative; None for anything else."""
    try:
        parts = urlsplit(urljoin(against, address))
        _ = parts.port  # looked at for its ValueError
    except ValueError:
        return None
    return parts if parts.hostname and parts.username is None else None


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Scheme, host and port (RFC 6454)."""
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
