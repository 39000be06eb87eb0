"""Stamp every record with where it comes from, and with an id that tells nothing."""

from datetime import datetime
from hashlib import blake2b
from typing import TypedDict

from msgspec import Struct

from connectors.contract import Subject
from connectors.records import Provenance, Record, SourceInfo


class Stamped(TypedDict):
    """The fields that every record begins with."""

    id: str
    provenance: tuple[Provenance, ...]


class Stamp(Struct, frozen=True):
    """One answer's stamp: its source, its time, its citizen."""

    source: SourceInfo
    subject: Subject
    retrieved_at: datetime

    def __call__(
        self,
        about: type[Record],
        source_record_id: str,
        *,
        recorded_at: datetime | None = None,
        author: str | None = None,
    ) -> Stamped:
        """The id and provenance of one record.

        The id is a hash keyed with the citizen's own reference: the same record has the same id in every
        answer, nobody can compute it for another citizen, and it says nothing by itself.
        """
        digest = blake2b(
            f"{self.source.id}\0{about.__name__}\0{source_record_id}".encode(),
            key=self.subject.ref.encode()[:64],
            digest_size=16,
        )
        provenance = Provenance(
            source=self.source,
            recorded_at=recorded_at,
            retrieved_at=self.retrieved_at,
            source_record_id=source_record_id,
            author=author,
        )
        return {"id": digest.hexdigest(), "provenance": (provenance,)}
