"""Trusted documents: the operations that clients were built with, in a manifest; what else comes is free text.

A manifest is JSON, made by ``citizen-graph documents build`` and checked against the schema of this version at every
start. Each operation names the clients that may send it, the purposes it serves, what it may cost, and a plain sentence
for the citizen who reads in the access log what was done.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from connectors.contract import Purpose
from connectors.options import BadOptions
from gateway.errors import RequestError
from gateway.operations.request import GraphQLRequest
from gateway.settings import DocumentSettings
from resolvers.access.caller import Caller, CallerKind

PREFIX = "sha256:"
_OWN_PURPOSES = frozenset({Purpose.SELF, Purpose.REPRESENTATION})
EVERYBODY = "*"


class Trusted(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """One operation of a manifest."""

    id: Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}\Z")]
    """``sha256:`` and the SHA-256 of the text, hexadecimal."""
    name: str
    """Of the operation: a trusted document has exactly one."""
    body: str
    clients: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Who may send it; ``*`` is everybody."""
    purposes: Annotated[tuple[Purpose, ...], Meta(min_length=1)]
    """What it may be asked for."""
    max_cost: Annotated[int, Meta(ge=1)]
    """Beyond this price it is refused, whatever its variables."""
    sentence: dict[str, str]
    """What it does, in plain words, by language."""


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file."""

    version: Annotated[int, Meta(ge=1, le=1)]
    """Of its form: 1."""
    operations: tuple[Trusted, ...]


class Chosen(Struct, frozen=True):
    """What shall be executed."""

    text: str
    trusted: Trusted | None
    """Its entry in the manifest; ``None`` for free text."""


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. Whether its operations fit the schema is not looked at here.

    Raises:
        BadOptions: it cannot be read, or says two things of one operation.
    """
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError:
        raise BadOptions(f"documents.manifest: no such file: {path.name}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadOptions(f"documents.manifest: {error}") from None
    seen: set[str] = set()
    for entry in manifest.operations:
        if entry.id != id_of(entry.body):
            raise BadOptions(f"documents.manifest: {entry.name}: 'id' is not that of 'body'")
        if entry.id in seen:
            raise BadOptions(f"documents.manifest: {entry.name}: the same operation stands twice")
        seen.add(entry.id)
    return manifest


def id_of(text: str) -> str:
    """The id of a document."""
    return f"{PREFIX}{sha256(text.encode()).hexdigest()}"


class TrustedDocuments:
    """Chooses what a request executes."""

    def __init__(self, settings: DocumentSettings, manifest: Manifest | None) -> None:
        entries = manifest.operations if manifest else ()
        self._known: Mapping[str, Trusted] = {entry.id: entry for entry in entries}
        self._by_text: Mapping[str, Trusted] = {entry.body: entry for entry in entries}
        self._enforces = manifest is not None and settings.mode == "enforce"
        self._free = frozenset(settings.free_text)
        self.counts = manifest is not None
        """Whether free text is something to be counted."""

    @classmethod
    def by(cls, settings: DocumentSettings) -> "TrustedDocuments":
        """Those that the settings name.

        Raises:
            BadOptions: the manifest cannot be used.
        """
        return cls(settings, None if settings.manifest is None else read_manifest(settings.manifest))

    def all(self) -> Iterable[Trusted]:
        """Every entry."""
        return self._known.values()

    def chosen(self, request: GraphQLRequest, caller: Caller) -> Chosen:
        """The document of the request, by its id or by its text.

        Raises:
            RequestError: there is no such document for that client, or free text is not taken from it.
        """
        if request.document_id is not None:
            return self._by_id(request.document_id, request.query, caller)
        if request.query is None:
            raise RequestError(400, "BAD_REQUEST", "'query' is missing.")
        entry = self._by_text.get(request.query)
        if entry is not None and _is_for(entry, caller):
            return self._for_its_purpose(entry, caller)
        if self._enforces and caller.client_id not in self._free:
            raise RequestError(
                400, "PERSISTED_QUERY_ID_REQUIRED", "Only documents of the manifest are taken from this client."
            )
        return Chosen(request.query, None)

    def _by_id(self, document_id: str, text: str | None, caller: Caller) -> Chosen:
        entry = self._known.get(document_id)
        if text is not None and id_of(text) != document_id:
            raise RequestError(400, "PERSISTED_QUERY_MISMATCH", "The document's id is not that of its text.")
        if entry is None or not _is_for(entry, caller):
            # The same for what is nobody's and what is another client's. Nothing is ever registered by a request.
            raise RequestError(400, "PERSISTED_QUERY_NOT_FOUND", "There is no document of that id for this client.")
        return self._for_its_purpose(entry, caller)

    def _for_its_purpose(self, entry: Trusted, caller: Caller) -> Chosen:
        if not _purposes_of(caller) & frozenset(entry.purposes):
            raise RequestError(403, "FORBIDDEN", "This document serves another purpose.")
        return Chosen(entry.body, entry)


def _is_for(entry: Trusted, caller: Caller) -> bool:
    return caller.client_id in entry.clients or EVERYBODY in entry.clients


def _purposes_of(caller: Caller) -> frozenset[Purpose]:
    if caller.kind is CallerKind.CITIZEN:
        return _OWN_PURPOSES
    return frozenset() if caller.purpose is None else frozenset({caller.purpose})
