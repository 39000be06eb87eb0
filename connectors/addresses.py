"""What stands in the first line of a request: path and query, percent-encoded, on the one host of the source."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, quote_plus, urlsplit

from connectors.errors import Garbled

PORTS = {"http": 80, "https": 443}

Fields = Mapping[str, str | Sequence[str]]
"""Fields of a form or query string; a list where one name stands several times."""

_PLAIN = re.compile(r"[A-Za-z0-9/$._~-]+")
"""A path that needs no encoding: nearly every one."""
_NAMES = re.compile(r"[A-Za-z0-9$_][A-Za-z0-9/$._~-]*")
"""A path below the source's own that can be nothing else than that."""
_SAFE = "!$%&'()*+,/:;=@~"
"""What stands in a path as it is; a percent sign begins what is encoded already."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST = 64 * 1024
"""Characters of an address."""
_WRITTEN = re.compile(r"[A-Za-z0-9._~%-]+")
"""What stands in a form once it is written."""


class Addresses:
    """Everything that can be asked for below one address."""

    def __init__(self, url: str) -> None:
        # A trailing slash: whatever a kind asks for lies beneath the base.
        self.base = url.rstrip("/") + "/"
        self._path = quote(urlsplit(self.base).path, safe=_SAFE)

    def target(self, path: str, params: Fields | str | None) -> str:
        """Path and query of a request.

        Args:
            path: relative to the source's address, or an absolute one on the same host.
            params: query string, as it was ``encoded`` or to be so, in the place of one that stands in the path.

        Raises:
            Garbled: it leads elsewhere, or nowhere.
        """
        if (path.isidentifier() and path.isascii()) or _NAMES.fullmatch(path):
            target = f"{self._path}{path}?{encoded(params)}" if params else self._path + path
            if len(target) <= _LONGEST:
                return target
        if _CONTROLS.search(path):
            raise Garbled("InvalidURL")
        query = ""
        if "://" in path:
            parts = urlsplit(path)
            if _origin(path) != _origin(self.base):
                raise Garbled("leads to another host than its block names")
            path, query = parts.path or "/", parts.query
        else:
            path, _, query = path.partition("?")
            path = self._path + path.lstrip("/")
        if params is not None:
            query = encoded(params)
        if not _PLAIN.fullmatch(path):
            path = quote(path, safe=_SAFE)
        target = f"{path}?{query}" if query else path
        if len(target) > _LONGEST:
            raise Garbled("InvalidURL")
        return target if target.isascii() and " " not in target else quote(target, safe=f"{_SAFE}?")


def encoded(fields: Fields | str) -> str:
    """The fields as ``application/x-www-form-urlencoded``; what is that already as it is.

    Most are of characters that stand for themselves.
    """
    if isinstance(fields, str):
        return fields
    written = ""
    for name, values in fields.items():
        # An identifier of ASCII is written as it is: nearly every name is one.
        known = name if name.isidentifier() and name.isascii() else encoded_value(name)
        for value in (values,) if isinstance(values, str) else values:
            written += f"&{known}={encoded_value(value)}"
    return written[1:]


def encoded_value(text: str) -> str:
    """One name or value. What FHIR puts between the parts of one is no reason to look at every character."""
    if text.isalnum() and text.isascii():
        return text
    if "%" not in text:
        usual = text.replace("|", "%7C").replace(":", "%3A").replace("/", "%2F").replace(",", "%2C")
        if _WRITTEN.fullmatch(usual):
            return usual
    return quote_plus(text)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port (RFC 6454).

    Raises:
        Garbled: it has none.
    """
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
    except ValueError:
        raise Garbled("InvalidURL") from None
