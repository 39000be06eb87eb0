"""What is withheld of a section, record by record: judged by the door, before anything is joined or derived."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from msgspec import Struct

from connectors.clock import HO_CHI_MINH
from connectors.records import Facility, PartialDate, Record, SourceInfo
from resolvers import joining
from resolvers.access.consents import Extent, Sensitivity
from resolvers.access.labelling.labeller import LABELS
from resolvers.partial_dates import earliest, in_zone, latest

R = TypeVar("R", bound=Record)

_DATES = (
    *(
        "start",
        "end",
        "onset",
        "abated",
        "recorded",
        "at",
        "on",
        "issued",
        "performed",
        "admitted",
        "discharged",
        "date",
    ),
    *("since", "ended", "estimated_delivery"),
)
"""Fields of records that hold a day on which the fact was true or was written down."""
_ALL = frozenset(Sensitivity)
_NONE: frozenset[Sensitivity] = frozenset()
_PLACES = ("facility", "from_facility", "health_station")


class Opening(Struct, frozen=True, kw_only=True):
    """Records that are open, and the special categories that they may tell."""

    extent: Extent
    shown: frozenset[Sensitivity]


class Withholding(Struct, frozen=True, kw_only=True):
    """A record is shown when some opening holds it with all that it tells, and no block does."""

    openings: tuple[Opening, ...]
    blocks: tuple[Extent, ...]
    strict: bool
    """Whether nothing that it touches may be called complete, because whoever reads it may rely on it."""

    def kept(self, about: type[R], records: Sequence[R], *, key: str) -> Sequence[R]:
        """Those of the records that may be shown.

        Args:
            about: their class.
            records: of one citizen, as all sources gave them.
            key: the citizen's reference.
        """
        if not self.blocks and all(one.shown == _ALL and is_whole(one.extent) for one in self.openings):
            return records
        ids = _ids(about, records, key) if self._points_at_records else {}
        told = LABELS.of_each(records) if self._asks_what_records_tell else [_NONE] * len(records)
        return [record for record, tells in zip(records, told, strict=True) if self._shows(record, tells, ids)]

    def passes_over(self, source: SourceInfo) -> bool:
        """Whether that source is not even asked: that something is held there would tell what is withheld.

        A clinic whose name tells a special category, a facility that is blocked, one outside of what a consent opens.
        """
        told = LABELS.of_text(source.name)
        facility = source.facility_code
        if facility is not None and any(facility in block.facilities and _all_of_it(block) for block in self.blocks):
            return True
        return not any(
            told <= one.shown and (facility is None or not one.extent.facilities or facility in one.extent.facilities)
            for one in self.openings
        )

    @property
    def _points_at_records(self) -> bool:
        return any(one.record is not None for one in (*self.blocks, *(opening.extent for opening in self.openings)))

    @property
    def _asks_what_records_tell(self) -> bool:
        return any(one.shown != _ALL for one in self.openings) or any(one.sensitivities for one in self.blocks)

    def _shows(self, record: Record, told: frozenset[Sensitivity], ids: dict[tuple[str, str], str]) -> bool:
        names = {record.id, *(ids[place] for place in _stands(record) if place in ids)}
        return any(
            told <= opening.shown and _lies_in(record, opening.extent, names) for opening in self.openings
        ) and not any(_touches(record, block, told, names) for block in self.blocks)


def is_whole(extent: Extent) -> bool:
    """Whether it takes in every record of its sections."""
    return not (extent.facilities or extent.sensitivities or extent.since or extent.until or extent.record)


def _all_of_it(block: Extent) -> bool:
    """Whether the block means every record of its facilities."""
    return not (block.sensitivities or block.since or block.until or block.record)


def _lies_in(record: Record, extent: Extent, names: set[str]) -> bool:
    """Whether a record lies wholly within what a consent opens; what is not known of it counts against that."""
    if extent.record is not None and extent.record not in names:
        return False
    if extent.facilities and not _origin(record) & extent.facilities:
        return False
    if extent.since is None and extent.until is None:
        return True
    days = list(_days(record))
    return bool(days) and all(
        (extent.since is None or first >= extent.since) and (extent.until is None or last <= extent.until)
        for first, last in days
    )


def _touches(record: Record, block: Extent, told: frozenset[Sensitivity], names: set[str]) -> bool:
    """Whether a block may mean a record; what is not known of it counts against showing it."""
    if block.record is not None and block.record not in names:
        return False
    if block.sensitivities and not told & block.sensitivities:
        return False
    if block.facilities and not _places(record) & block.facilities:
        return False
    if block.since is None and block.until is None:
        return True
    days = list(_days(record))
    return not days or any(
        (block.since is None or last >= block.since) and (block.until is None or first <= block.until)
        for first, last in days
    )


def _ids(about: type[R], records: Sequence[R], key: str) -> dict[tuple[str, str], str]:
    """The id in the graph of what stands at each place of a source: the records of one fact share it."""
    return {place: item.id for item in joining.join(about, records, key=key) for place in _stands(item)}


def _stands(record: Record) -> Iterator[tuple[str, str]]:
    for place in record.provenance:
        yield place.source.id, place.source_record_id


def _origin(record: Record) -> frozenset[str]:
    """The facility where the record arose; that of its source where it names none."""
    named = frozenset(_named(record))
    return named or frozenset(place.source.facility_code or "" for place in record.provenance)


def _places(record: Record) -> frozenset[str]:
    """Every facility that has to do with the record."""
    return frozenset(_named(record)) | {place.source.facility_code or "" for place in record.provenance}


def _named(record: Record) -> Iterator[str]:
    for name in _PLACES:
        facility = getattr(record, name, None)
        if isinstance(facility, Facility):
            yield facility.code


def _days(record: Record) -> Iterator[tuple[date, date]]:
    """Every day that the record tells of, each as the first and the last that it can mean."""
    for name in _DATES:
        value: Any = getattr(record, name, None)
        if isinstance(value, datetime):
            day = in_zone(value, HO_CHI_MINH).date()
            yield day, day
        elif isinstance(value, date):
            yield value, value
        elif value:
            yield earliest(PartialDate(value)), latest(PartialDate(value))
