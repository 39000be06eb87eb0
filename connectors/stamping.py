"""Stamp every record with where it comes from, and with an id that tells nothing."""

from datetime import datetime
from hashlib import blake2b
from typing import TypedDict

from msgspec import Struct

from connectors.contract import Subject
from connectors.records import Provenance, Record, SourceInfo

NAMES = frozenset({"id", "cursor", "page_info", "start_cursor", "end_cursor"})
"""Fields in which an id of a record can be seen."""


class Stamped(TypedDict):
    """The fields that every record begins with."""

    id: str
    provenance: tuple[Provenance, ...]


class Stamp(Struct, eq=False):
    """One answer's stamp: its source, its time, its citizen."""

    source: SourceInfo
    subject: Subject
    retrieved_at: datetime
    _keyed: blake2b | None = None

    def __repr__(self) -> str:
        return f"Stamp({self.source.id})"

    def __call__(
        self,
        about: type[Record],
        source_record_id: str,
        *,
        recorded_at: datetime | None = None,
        author: str | None = None,
    ) -> Stamped:
        """The id and provenance of one record, by name."""
        provenance = Provenance(
            source=self.source,
            recorded_at=recorded_at,
            retrieved_at=self.retrieved_at,
            source_record_id=source_record_id,
            author=author,
        )
        return {"id": self.hashed(self.begin(about) + source_record_id), "provenance": (provenance,)}

    def begin(self, about: type[Record]) -> str:
        """What an id is hashed of, without the record's own id at the source."""
        return f"{self.source.id}\0{about.__name__}\0"

    def hashed(self, name: str) -> str:
        """The id of one record.

        It is a hash keyed with the citizen's own reference: the same record has the same id in every answer, nobody can
        compute it for another citizen, and it says nothing by itself. Where nobody will look at it, the name itself
        will do: it is only another one for each record.
        """
        if self._keyed is None:
            self._keyed = blake2b(key=self.subject.ref.encode()[:64], digest_size=16)
        digest = self._keyed.copy()
        digest.update(name.encode())
        return digest.hexdigest()
