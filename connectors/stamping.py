"""Stamp every record with where it comes from, and with an id that tells nothing."""

from datetime import datetime
from hashlib import blake2b
from typing import TypedDict

from connectors.contract import Subject
from connectors.records import Provenance, Record, SourceInfo

NAMES = frozenset({"id", "cursor", "page_info", "start_cursor", "end_cursor"})
"""Fields in which an id of a record can be seen."""


class Stamped(TypedDict):
    """The fields that every record begins with."""

    id: str
    provenance: tuple[Provenance, ...]


class Stamp:
    """One answer's stamp: its source, its time, its citizen."""

    def __init__(self, source: SourceInfo, subject: Subject, retrieved_at: datetime) -> None:
        self.source = source
        self.subject = subject
        self.retrieved_at = retrieved_at
        self._keyed = blake2b(key=subject.ref.encode()[:64], digest_size=16)

    def __call__(
        self,
        about: type[Record],
        source_record_id: str,
        *,
        recorded_at: datetime | None = None,
        author: str | None = None,
    ) -> Stamped:
        """The id and provenance of one record, by name."""
        id_, provenance = self.put(about, source_record_id, recorded_at, author)
        return {"id": id_, "provenance": provenance}

    def put(
        self,
        about: type[Record],
        source_record_id: str,
        recorded_at: datetime | None,
        author: str | None,
        *,
        named: bool = True,
    ) -> tuple[str, tuple[Provenance, ...]]:
        """The id and provenance of one record, for whoever makes very many.

        The id is a hash keyed with the citizen's own reference: the same record has the same id in every
        answer, nobody can compute it for another citizen, and it says nothing by itself. Where nobody will look at it,
        it is only another one for each record.
        """
        id_ = f"{self.source.id}\0{about.__name__}\0{source_record_id}"
        if named:
            digest = self._keyed.copy()
            digest.update(id_.encode())
            id_ = digest.hexdigest()
        provenance = Provenance(
            source=self.source,
            recorded_at=recorded_at,
            retrieved_at=self.retrieved_at,
            source_record_id=source_record_id,
            author=author,
        )
        return id_, (provenance,)
