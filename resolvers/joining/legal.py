"""How far the paper of a visit or claim has come: what each source says of it, and nothing that follows from it. Pure.

As links are, it is read from the records as the sources gave them: an item may stand in several systems, and which of
them says what must stay with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Struct

from connectors.records import Claim, Encounter, LegalState, LegalStep, Provenance, Record, SourceInfo, SourceKind, doc
from resolvers.joining.linking import by_place, place
from resolvers.partial_dates import in_zone

_FACILITIES = (SourceKind.HOSPITAL, SourceKind.HEALTH_STATION)
_RANKS: Mapping[LegalState, int] = {state: rank for rank, state in enumerate(LegalState)}

READS = frozenset({"steps", "recorded_at"})
"""Names of the fields of a visit or claim, and of its provenance, that are read for this."""
_NEVER = datetime.max.replace(tzinfo=UTC)


class Reached(Struct, frozen=True, kw_only=True):
    """A state that the paper has reached, and which system says so."""

    state: Annotated[LegalState, doc("How far it has come.")]
    at: Annotated[datetime | None, doc("When; none where the system does not say.")]
    source: Annotated[SourceInfo, doc("The system that says so.")]


def reached(items: Iterable[Record], told: Iterable[Encounter | Claim]) -> Mapping[str, Sequence[Reached]]:
    """What the sources say of each item, by the item's id.

    Args:
        items: joined, of one class.
        told: the records of that class as the sources gave them.
    """
    item_at = by_place(items)
    found: dict[str, list[Reached]] = defaultdict(list)
    for record in told:
        for one in record.provenance:
            item = item_at.get(place(one))
            if item is not None:
                found[item.id] += (
                    Reached(state=step.state, at=step.at, source=one.source) for step in _of(record, one)
                )
    return found


def in_order(*told: Iterable[Reached]) -> tuple[Reached, ...]:
    """Each state once for each system, in the order of states and times.

    Of what a system says of one state twice, the earliest time counts that it knows; but what was told of the visit
    itself goes before what was told of its claim.

    Args:
        told: of the visit, then of its claim.
    """
    known: dict[tuple[LegalState, str], Reached] = {}
    for steps in told:
        mine: dict[tuple[LegalState, str], Reached] = {}
        for step in steps:
            key = step.state, step.source.id
            mine[key] = min(mine.get(key, step), step, key=_when)
        known = {**mine, **known}
    return tuple(sorted(known.values(), key=lambda step: (_RANKS[step.state], _when(step), step.source.id)))


def _of(record: Encounter | Claim, where: Provenance) -> Iterable[LegalStep]:
    if where.source.kind in _FACILITIES:
        yield LegalStep(state=LegalState.RECORDED, at=where.recorded_at)
    yield from record.steps


def _when(step: Reached) -> tuple[bool, datetime]:
    """An unknown time comes last."""
    return step.at is None, in_zone(step.at, UTC) if step.at else _NEVER
