"""The options that every source has, and the reading of options from a table of TOML.

A kind adds its own options by deriving from ``SourceOptions``. Unknown keys, wrong types and missing secrets are
errors that name the block, the key and the nearest key; nothing is guessed.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from connectors.records import FoundBy, Record, Sender, SourceKind

S = TypeVar("S", bound=Struct)


class BadOptions(ValueError):
    """The configuration cannot be used. The text says where and how to mend it, and holds no secret."""


class Duration(float):
    """Seconds, written as ``"250ms"``, ``"2s"`` or ``"1m"``."""

    __slots__ = ()


class Size(int):
    """Bytes, written as ``"64KB"`` or ``"5MB"`` (powers of 1024)."""

    __slots__ = ()


class Folder(str):
    """Path of a folder that exists, read from where the configuration lies: ``"archive"``."""

    __slots__ = ()


class Secret:
    """A value that is never written into the configuration: ``"file:secrets/key.pem"`` or ``"env:NAME"``."""

    __slots__ = ("_value", "file")

    def __init__(self, value: str, *, file: Path | None = None) -> None:
        self._value = value
        self.file = file
        """Where it was read, if that was a file."""

    def reveal(self) -> str:
        """The value itself, for the one place that uses it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"


Network = Literal["public", "private"]
"""Where a source lives: on the internet, or in a private network."""

Route = Annotated[str, Meta(pattern=r"^/[^/?#][^?#]*\Z")]
"""Path of one operation below the source's URL: it cannot lead to another host."""


_PART = r"(?!\.\.?(?:/|\Z))[^/\x00-\x20\x7f]+"
"""One part of an X-Road identifier. Characters beyond those that X-Road itself allows are percent-encoded."""


class XRoadOptions(Struct, frozen=True, kw_only=True):
    """Identifiers by which an X-Road security server carries the calls (PR-REST 4.1, 4.3). ``/`` divides the parts."""

    client: Annotated[str, Meta(pattern=rf"^{_PART}(/{_PART}){{2,3}}\Z")]
    """Who we are: ``INSTANCE/CLASS/MEMBER/SUBSYSTEM``; the subsystem may be left out."""
    service: Annotated[str, Meta(pattern=rf"^{_PART}(/{_PART}){{3,4}}\Z")]
    """What is called: ``INSTANCE/CLASS/MEMBER/SUBSYSTEM/service``; the subsystem may be left out."""
    security_server: Annotated[str, Meta(pattern=rf"^{_PART}(/{_PART}){{3}}\Z")] | None = None
    """Which of the provider's servers shall be used: ``INSTANCE/CLASS/MEMBER/SERVER``."""
    represented_party: Annotated[str, Meta(pattern=rf"^{_PART}(/{_PART})?\Z")] | None = None
    """The organisation on whose behalf is asked: ``CLASS/MEMBER``. Never a person."""


class OAuthOptions(Struct, frozen=True, kw_only=True):
    """A client at an authorization server (RFC 6749 section 4.4), proven by a signed assertion (RFC 7523)."""

    client_id: Annotated[str, Meta(min_length=1)]
    """As it was registered."""
    key: Secret
    """Private key in PEM: RSA signs with RS384, P-384 with ES384."""
    key_id: str | None = None
    """``kid`` under which the public key was registered; its thumbprint (RFC 7638) by default."""
    scope: Annotated[str, Meta(min_length=1)] = "system/*.rs"
    """What is asked for, divided by spaces."""
    token_url: str | None = None
    """The token endpoint; by default the one that the source names in ``.well-known/smart-configuration``, on
    its own host."""
    allow_http: bool = False
    """Plain http is taken for the token endpoint. For development alone."""

    def __post_init__(self) -> None:
        """Refuse a place to which no assertion should go."""
        if self.token_url is not None and not self.may_go_to(self.token_url):
            raise ValueError("token_url is an absolute https address")

    def may_go_to(self, address: str) -> bool:
        """Whether an assertion may be sent to this address: one reading only, nobody named, https unless allowed."""
        try:
            parts = urlsplit(address)
            _ = parts.port  # looked at for its ValueError
        except ValueError:
            return False
        plain = re.fullmatch(r"[\x21-\x7e]+", address) is not None and not set(address) & set("\\#")
        schemes = ("https", "http") if self.allow_http else ("https",)
        return plain and parts.scheme in schemes and bool(parts.hostname) and parts.username is None


class BreakerOptions(Struct, frozen=True, kw_only=True):
    """When a source is given a rest. Counted for each class of record on its own."""

    failures: Annotated[int, Meta(ge=0)] = 5
    """Failures in a row after which it is not asked for a while; with 0 it is always asked."""
    reset: Duration = Duration(30)
    """The while."""
    wrong_person: Literal["open", "count"] = "open"
    """``open`` gives it a rest after the first answer about another person; ``count`` counts it as a failure."""


class SourceOptions(Struct, frozen=True, kw_only=True):
    """What the block of every source may say."""

    kind: str
    name: str
    category: SourceKind
    url: str
    network: Network = "public"
    """Where the name in ``url`` may lead: ``public`` addresses only, or ``private`` ones too (RFC 1918, 4193, 6598). An
    address that is written there itself is meant; no name leads to this machine, ``localhost`` apart."""
    facility: str | None = None
    """Health-insurance facility code of the place, 5 characters."""
    holds: tuple[str, ...] | None = None
    """Classes of record to ask for; a subset of what the kind can do, by default all of it."""
    found_by: FoundBy | None = None
    """``always``, ``pointers`` or ``probing``; by default ``always`` for registers, ``probing`` for places of care."""
    events: Sender | None = None
    """Who may send the source's events, pointers among them: ``{ client = "its client_id" }``."""
    deadline: Duration = Duration(2)
    """For one question, however many calls it takes."""
    connect: Duration = Duration(0.5)
    """For a connection to stand."""
    read: Duration | None = None
    """Longest silence of the source while its answer is awaited; by default only the deadline ends it."""
    concurrency: int = 16
    """Calls in flight at once; more wait their turn, under their deadline."""
    streams: Annotated[int, Meta(ge=1)] = 4
    """Contents of documents that are passed on at once; who comes then is told to come back."""
    queue: Annotated[int, Meta(ge=0)] = 64
    """Calls that may wait for their turn; what comes beyond them is given up at once."""
    retries: Annotated[int, Meta(ge=0, le=3)] = 1
    """How often a read that failed is repeated, as far as the deadline allows; only where the kind says it may be."""
    breaker: BreakerOptions = BreakerOptions()
    """When the source is given a rest."""
    cache: Duration = Duration(0)
    """How long an answer may be kept, encrypted, for the next question of the same kind. Off by default."""
    xroad: XRoadOptions | None = None
    """Set where ``url`` is an X-Road security server that carries the calls to the source."""
    max_body: Size = Size(5 * 1024 * 1024)
    """Largest answer that is read."""
    ca: Path | None = None
    """PEM file of the authorities that may vouch for the source; the system's by default."""
    identity: Path | None = None
    """PEM file with our certificate and key, for mutual TLS."""
    headers: dict[str, Secret] = {}
    """Fixed headers, such as an API key."""
    bearer: Secret | None = None
    """Fixed access token, sent as ``Authorization: Bearer``."""
    oauth: OAuthOptions | None = None
    """Set where access tokens are taken from an authorization server."""

    def __post_init__(self) -> None:
        """Refuse an address that nobody could be asked at."""
        require_address("url", self.url)


def require_address(key: str, url: str) -> None:
    """Refuse what is no address of a web service, whichever kind would speak there.

    Args:
        key: of the setting, for the text of the error.
        url: its value.

    Raises:
        ValueError: in words for the operator.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{key} is an absolute http or https address")
    if parts.username or parts.password or parts.query or parts.fragment:
        # What stands in an address is written into other systems' logs.
        raise ValueError(f"{key} has no user, no query and no fragment; credentials have settings of their own")


_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)")
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_BYTES = {"B": 1, "KB": 1024, "MB": 1024 * 1024}


def read(
    kind: type[S],
    table: Mapping[str, Any],
    *,
    where: str,
    folder: Path,
    environment: Callable[[str], str | None],
    lax: bool = False,
) -> S:
    """Options of that kind out of a table.

    Args:
        kind: the Struct that describes the options.
        table: what stood in the file.
        where: name of the block, for the text of an error: ``sources.bv-quan-1``.
        folder: where relative paths and ``file:`` references begin.
        environment: looks an environment variable up; the caller alone may touch the environment.
        lax: whether numbers and booleans may be written as text, as environment variables are.

    Raises:
        BadOptions: with the block, the key and what would be right.
    """
    _refuse_unknown(kind, table, where)

    def hook(wanted: type, value: Any) -> Any:
        return _convert(wanted, value, folder, environment)

    try:
        return msgspec.convert(dict(table), kind, strict=not lax, dec_hook=hook)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        place = place.rstrip("`")
        raise BadOptions(f"{where}{place}: {message}") from None


def chosen(
    key: str,
    options: SourceOptions,
    can_hold: frozenset[type[Record]],
    *,
    unless_named: frozenset[type[Record]] = frozenset(),
) -> frozenset[type[Record]]:
    """The classes of record that this source is asked for.

    Args:
        key: of the source.
        options: its block; ``holds`` names the classes.
        can_hold: what its kind can do; a block that names nothing means all of it ...
        unless_named: ... but for these, which are costly to ask for.

    Raises:
        BadOptions: ``holds`` names a class that the kind cannot ask for, or none at all.
    """
    if options.holds is None:
        return can_hold - unless_named
    known = {about.__name__: about for about in can_hold}
    for name in options.holds:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"it can hold: {', '.join(sorted(known))}"
            raise BadOptions(f"sources.{key}.holds: kind '{options.kind}' cannot hold '{name}'; {hint}")
    if not options.holds:
        raise BadOptions(f"sources.{key}.holds: expected at least one of {', '.join(sorted(known))}")
    return frozenset(known[name] for name in options.holds)


def _refuse_unknown(kind: type[Struct], table: Mapping[str, Any], where: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1, cutoff=0.5)
            hint = f"; did you mean '{near[0]}'?" if near else f"; known keys: {', '.join(sorted(fields))}"
            raise BadOptions(f"{where}: unknown key '{key}'{hint}")
        for inner in _structs(fields[key].type):
            rows = value if isinstance(value, list) else [value]
            for number, row in enumerate(rows):
                if isinstance(row, Mapping):
                    place = f"{where}.{key}[{number}]" if isinstance(value, list) else f"{where}.{key}"
                    _refuse_unknown(inner, row, place)


def _structs(kind: Any) -> list[type[Struct]]:
    """The Struct classes that a field's type is made of, dictionaries apart."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return [kind]
    if getattr(kind, "__origin__", None) is dict:
        return []
    return [found for part in getattr(kind, "__args__", ()) for found in _structs(part)]


def _convert(wanted: type, value: Any, folder: Path, environment: Callable[[str], str | None]) -> Any:
    if wanted is Duration:
        return Duration(_amount(_DURATION, value, _SECONDS, "a duration such as '250ms' or '2s'"))
    if wanted is Size:
        return Size(_amount(_SIZE, value, _BYTES, "a size such as '64KB' or '5MB'"))
    if wanted is Secret:
        return _secret(value, folder, environment)
    if wanted is Path:
        return _file(value, folder)
    if wanted is Folder:
        return _folder(value, folder)
    raise NotImplementedError(wanted)  # a programmer's mistake: an option of a type that nobody can write in TOML


def _amount(pattern: re.Pattern[str], value: object, units: Mapping[str, float], wanted: str) -> float:
    match = pattern.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"expected {wanted}")
    return float(match[1]) * units[match[2]]


def _secret(value: object, folder: Path, environment: Callable[[str], str | None]) -> Secret:
    scheme, _, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    if scheme == "env":
        found = environment(rest)
        if not found:
            raise ValueError(f"the environment variable {rest} is not set")
        return Secret(found)
    if scheme == "file":
        path = _file(rest, folder)
        return Secret(path.read_text().strip(), file=path)
    # The value itself is not repeated: it may be a secret that was pasted here.
    raise ValueError("expected a reference, 'file:path' or 'env:NAME', never the secret itself")


def _file(value: object, folder: Path) -> Path:
    if not isinstance(value, str):
        raise ValueError("expected the path of a file")  # noqa: TRY004 - msgspec turns a ValueError into its own error
    path = folder / value
    if not path.is_file():
        raise ValueError(f"no such file: {value}")
    return path


def _folder(value: object, folder: Path) -> Folder:
    path = folder / value if isinstance(value, str) and value else None
    if path is None or not path.is_dir():
        raise ValueError("expected the path of a folder that exists")
    return Folder(path)
