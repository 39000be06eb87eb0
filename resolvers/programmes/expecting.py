"""What visits, problems, measurements and procedures tell of pregnancies; weeks and the next visit of one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import structs

from connectors.clock import HO_CHI_MINH
from connectors.records import (
    CodedText,
    CodedValue,
    Condition,
    ConditionStatus,
    Encounter,
    Observation,
    PartialDate,
    Pregnancy,
    PregnancyStatus,
    Procedure,
    Record,
    TextValue,
)
from resolvers.joining.codes import LOINC, codes
from resolvers.partial_dates import earliest, in_zone, latest
from resolvers.programmes.antenatal import ANTENATAL, CodeSet, among

_TERM = timedelta(days=280)
_PAST_TERM = timedelta(days=28)
"""After the expected birth; whoever is silent then has most likely given birth."""
_LAST_WEEK = 44
_VOID = frozenset({"entered-in-error", "cancelled"})
_UNDONE = frozenset({"entered-in-error", "not-done", "preparation"})


def from_observations(seen: Iterable[Observation]) -> Iterator[Pregnancy]:
    """Those that say the expected day of birth, or that she is pregnant."""
    for one in seen:
        known = {code for system, code in codes(one.code) if system == LOINC}
        if one.status in _VOID:
            continue
        if known & {*ANTENATAL.observations.delivery} and (expected := _date(one)) is not None:
            yield _told(one, PregnancyStatus.ACTIVE, _day(one.at), estimated_delivery=expected)
        elif known & {*ANTENATAL.observations.status} and _says(one, ANTENATAL.observations.pregnant):
            yield _told(one, PregnancyStatus.ACTIVE, _day(one.at))


def from_conditions(known: Iterable[Condition]) -> Iterator[Pregnancy]:
    """Problems that there are in a pregnancy alone, or at its end."""
    for one in known:
        if not one.refuted:
            at = one.onset or one.recorded
            goes_on = one.status is ConditionStatus.ACTIVE
            yield from _by_codes(one, (one.code,), at, goes_on=goes_on)


def from_procedures(done: Iterable[Procedure]) -> Iterator[Pregnancy]:
    """Births."""
    for one in done:
        if one.status not in _UNDONE:
            yield from _by_codes(one, (one.code,), one.performed, goes_on=False)


def from_visits(visits: Iterable[Encounter], linked: Mapping[str, Sequence[Condition]]) -> Iterator[Pregnancy]:
    """Visits for a pregnancy, by their diagnoses.

    Args:
        visits: joined.
        linked: problems that name a visit, by its id.
    """
    for visit in visits:
        named = (each.code for each in visit.diagnoses)
        problems = (each.code for each in linked.get(visit.id, ()) if not each.refuted)
        at = _day(visit.start)
        on = PartialDate(at.isoformat()) if at else None
        yield from _by_codes(visit, (*named, *problems), on, goes_on=True)


def _by_codes(
    record: Condition | Procedure | Encounter,
    concepts: Sequence[CodedText],
    at: PartialDate | None,
    *,
    goes_on: bool,
) -> Iterator[Pregnancy]:
    end = next((concept for concept in concepts if among(ANTENATAL.ends, concept)), None)
    place = record.facility if isinstance(record, Encounter) else None
    day = earliest(at) if at and earliest(at) == latest(at) else None
    if end is not None:
        yield Pregnancy(
            id=record.id,
            provenance=record.provenance,
            status=PregnancyStatus.ENDED,
            ended=at,
            outcome=end,
            facility=place,
            seen_on=day,
        )
    elif any(among(ANTENATAL.goes_on, concept) for concept in concepts):
        status = PregnancyStatus.ACTIVE if goes_on else PregnancyStatus.UNKNOWN
        yield structs.replace(_told(record, status, day), facility=place)


def _told(
    record: Record, status: PregnancyStatus, at: date | None, *, estimated_delivery: date | None = None
) -> Pregnancy:
    return Pregnancy(
        id=record.id,
        provenance=record.provenance,
        status=status,
        estimated_delivery=estimated_delivery,
        seen_on=at,
    )


def _day(at: datetime | None) -> date | None:
    return in_zone(at, HO_CHI_MINH).date() if at else None


def _date(one: Observation) -> date | None:
    """The day that is its value. A year or month is none."""
    if not isinstance(one.value, TextValue):
        return None
    try:
        if "T" in one.value.text:
            return _day(datetime.fromisoformat(one.value.text))
        return date.fromisoformat(one.value.text)
    except ValueError:
        return None


def _says(one: Observation, sets: tuple[CodeSet, ...]) -> bool:
    return isinstance(one.value, CodedValue) and among(sets, one.value.coded)


def settled(item: Pregnancy, today: date) -> Pregnancy:
    """The pregnancy as it stands today: one of which nobody has spoken beyond its time may be over."""
    last = item.estimated_delivery or (item.seen_on + _TERM if item.seen_on else None)
    if item.status is PregnancyStatus.ACTIVE and last is not None and today > last + _PAST_TERM:
        return structs.replace(item, status=PregnancyStatus.UNKNOWN)
    return item


def weeks(item: Pregnancy, on: date) -> int | None:
    """Whole weeks of gestation on a day, of one that goes on and whose expected birth is known."""
    if item.status is not PregnancyStatus.ACTIVE or item.estimated_delivery is None:
        return None
    passed = (_TERM - (item.estimated_delivery - on)).days // 7
    return passed if 0 <= passed <= _LAST_WEEK else None


def next_visit(item: Pregnancy, visits: Iterable[Encounter], today: date) -> date | None:
    """When she is to be seen again, after the last visit that is known. Birth ends it."""
    days = [day for visit in visits if (day := _day(visit.start)) is not None and day <= today]
    if not days or item.estimated_delivery is None:
        return None
    last = max(days)
    week = weeks(item, last)
    after = ANTENATAL.interval(week) if week is not None else None
    return min(last + timedelta(days=after), item.estimated_delivery) if after is not None else None
