"""Where records are made out of dossiers: what they all need, and the counting of what could not be read."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from connectors.hospital_xml import dates
from connectors.hospital_xml.envelope import Dossier
from connectors.hospital_xml.options import Version
from connectors.hospital_xml.tables import Table, follows
from connectors.hospital_xml.values import Unreadable
from connectors.hospital_xml.wire import Row
from connectors.records import Facility, Practitioner, Record
from connectors.stamping import Stamp, Stamped

R = TypeVar("R", bound=Record)
W = TypeVar("W", bound=Row)


class Desk(Struct, Generic[R], kw_only=True, eq=False):
    """The making of one answer."""

    stamp: Stamp
    own: Facility
    """The source itself, where it is a facility."""
    version: Version
    records: list[R] = field(default_factory=list)
    dropped: int = 0
    taken: Counter[str] = field(default_factory=Counter)

    def put(self, make: Callable[..., R], *facts: Any) -> None:
        """Add the record that ``make`` gives, or count that it cannot be made."""
        try:
            self.records.append(make(*facts, self))
        except ValueError:
            self.dropped += 1

    def aside(self) -> "Desk[R]":
        """A desk like this one, for reading what no record is made of."""
        return Desk(stamp=self.stamp, own=self.own, version=self.version)

    def rows(self, dossier: Dossier, table: Table[W]) -> Iterator[W]:
        """The rows of a table that can be read; the others, and a whole table that cannot, are counted."""
        if not follows(self.version, table.since):
            return
        wanted = table.wanted(self.version)
        for part in dossier.parts:
            if part.kind != table.kind:
                continue
            try:
                elements = table.rows(part.document())
            except Unreadable:
                self.dropped += 1
                continue
            for element in elements:
                try:
                    row = table.read(element, wanted)
                    _require_visit(row, dossier)
                except Unreadable:
                    self.dropped += 1
                else:
                    yield row

    def stamped(self, about: type[Record], dossier: Dossier, kind: str = "", *identity: str | None) -> Stamped:
        """The id and provenance of a record: the visit's key, and for a row the kind of table and what tells it apart.

        Rows are numbered by the sending, not by the fact: a result that comes late would take the number of another
        one. So a row is known by a hash of what does not change when the dossier is sent again, and the second of two
        equal ones as the second.
        """
        said = "\0".join(part or "" for part in identity)
        mark = f"/{kind}/{blake2b(said.encode(), digest_size=6).hexdigest()}" if kind else ""
        key = visit_of(dossier) + mark
        self.taken[key] += 1
        number = self.taken[key]
        return self.stamp(about, key if number == 1 else f"{key}#{number}", recorded_at=_recorded(dossier))

    def facility(self, code: str) -> Facility:
        """The place with that code; its name is known where it is the source itself."""
        return self.own if code == self.own.code else Facility(code=code, name=code)


def visit_of(dossier: Dossier) -> str:
    """The id of the visit at this source: everything else in the dossier belongs to it."""
    return f"{dossier.facility}/{dossier.key}"


def practitioner(licences: str | None) -> Practitioner | None:
    """Who did it: the fields hold numbers, no names, several joined by ``;``."""
    return Practitioner(licence=licences) if licences else None


def _require_visit(row: Row, dossier: Dossier) -> None:
    """Refuse a row that says itself that it belongs to another visit: that visit may be another citizen's."""
    if row.visit_key not in (None, dossier.key):
        raise Unreadable("a row of another visit")


def _recorded(dossier: Dossier) -> datetime | None:
    """When the hospital made the dossier, to the day."""
    try:
        return dates.moment(dossier.made)
    except ValueError:
        return None
