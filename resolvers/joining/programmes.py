"""Who is responsible, screenings, pregnancies: what is known by its programme and time."""

from collections.abc import Iterable, Sequence

from connectors.records import CodedText, PartialDate, Pregnancy, PregnancyStatus, PrimaryCare, Screening, SourceKind
from resolvers.joining.choosing import latest
from resolvers.joining.codes import ICD10, by_code, by_words, code_facts, codes, day, place_facts
from resolvers.joining.rule import Choice, Fact, Mark, Rule
from resolvers.partial_dates import earliest

_DATING = 42
"""Days by which two estimates of one birth differ at most. After a loss, another birth is expected later than that."""
_TERM = 280
_EARLY, _LATE = 14, 28
"""Days before the reckoned beginning and after the expected birth something may be said of a pregnancy."""
_SILENCE = 150
"""Days between two words about pregnancies without an expected birth: after more than that, they are of two."""


def _screening_facts(screening: Screening) -> Iterable[Fact]:
    """Another result by code, or another place, is another examination."""
    yield from place_facts(screening.facility)
    if screening.result:
        yield from code_facts(screening.result, "result")


def _result(records: Sequence[Screening]) -> CodedText | None:
    """One with codes, else any."""
    said = [one.result for one in records if one.result]
    return next((result for result in said if result.codings), said[0] if said else None)


def _programme(screening: Screening) -> CodedText:
    return screening.programme


def _on(screening: Screening) -> Mark | None:
    return day(screening.on)


PRIMARY_CARE: Rule[PrimaryCare] = Rule(
    evidence=(lambda _: [("citizen",)],),
    once_per_source=False,
    authority=(SourceKind.HEALTH_STATION, SourceKind.HOSPITAL),
)
SCREENING: Rule[Screening] = Rule(
    evidence=(by_code(_programme, _on), by_words(_programme, _on)),
    needs=_on,
    facts=_screening_facts,
    reads=frozenset({"programme", "on", "facility", "result"}),
    once_per_source=False,
    # A report says in words what its result says by code.
    choices={"result": Choice(pick=_result, rule=None)},
    authority=(SourceKind.LABORATORY, SourceKind.HOSPITAL, SourceKind.HEALTH_STATION),
)


def _told(pregnancy: Pregnancy) -> int | None:
    """A day on which it was spoken of."""
    known = pregnancy.ended or pregnancy.since
    at = pregnancy.seen_on or (earliest(known) if known else None)
    return at.toordinal() if at else None


def _grouped(records: Sequence[Pregnancy]) -> list[list[Pregnancy]]:
    """Whoever is pregnant is so once: what is said of one time is said of one pregnancy."""
    expecting = [(one.estimated_delivery.toordinal(), one) for one in records if one.estimated_delivery]
    groups: list[list[Pregnancy]] = []
    times: list[tuple[int, int]] = []
    """From when to when something may be said of each."""
    before = None
    for expected, record in sorted(expecting, key=lambda pair: (pair[0], pair[1].id)):
        if before is None or expected - before > _DATING:
            groups.append([])
            times.append((expected - _TERM - _EARLY, expected + _LATE))
        groups[-1].append(record)
        times[-1] = (times[-1][0], expected + _LATE)
        before = expected
    rest: list[tuple[int, Pregnancy]] = []
    for record in sorted(records, key=lambda one: one.id):
        if record.estimated_delivery:
            continue
        at = _told(record)
        # Of two whose times overlap the later one: the one before had ended when it began.
        fitting = [place for place, (first, last) in enumerate(times) if at is not None and first <= at <= last]
        if fitting:
            groups[fitting[-1]].append(record)
        elif at is None:
            groups.append([record])
        else:
            rest.append((at, record))
    return groups + _by_silence(sorted(rest, key=lambda pair: (pair[0], pair[1].id)))


def _by_silence(told: Sequence[tuple[int, Pregnancy]]) -> list[list[Pregnancy]]:
    groups: list[list[Pregnancy]] = []
    before, is_over = None, False
    for at, record in told:
        apart = before is None or at - before > (_DATING if is_over else _SILENCE)
        if apart:
            groups.append([])
        groups[-1].append(record)
        before, is_over = at, record.ended is not None or (is_over and not apart)
    return groups


def _status(records: Sequence[Pregnancy]) -> PregnancyStatus:
    """It has ended only where nobody saw it going on afterwards."""
    ends = [earliest(one.ended) for one in records if one.ended]
    going = [at for one in records if one.status is PregnancyStatus.ACTIVE and (at := one.seen_on)]
    if any(one.status is PregnancyStatus.ENDED for one in records) and not (ends and going and max(going) > max(ends)):
        return PregnancyStatus.ENDED
    return PregnancyStatus.ACTIVE if any(one.status is PregnancyStatus.ACTIVE for one in records) else records[0].status


def _ended(records: Sequence[Pregnancy]) -> PartialDate | None:
    if _status(records) is not PregnancyStatus.ENDED:
        return None
    return max((one.ended for one in records if one.ended), default=None)


def _outcome(records: Sequence[Pregnancy]) -> CodedText | None:
    said = [one.outcome for one in records if one.outcome]
    diagnoses = (outcome for outcome in said if any(system == ICD10 for system, _ in codes(outcome)))
    return next(diagnoses, said[0] if said else None)


def _by_delivery(pregnancy: Pregnancy) -> Iterable[Mark]:
    return [("delivery", pregnancy.estimated_delivery.isoformat())] if pregnancy.estimated_delivery else []


PREGNANCY: Rule[Pregnancy] = Rule(
    evidence=(_by_delivery,),
    groups=_grouped,
    reads=frozenset({"estimated_delivery", "since", "ended", "seen_on", "status"}),
    once_per_source=False,
    authority=(SourceKind.HOSPITAL, SourceKind.HEALTH_STATION),
    choices={
        # An older entry that nobody closed is no conflict with the birth that followed.
        "status": Choice(pick=_status, rule=None),
        "ended": Choice(pick=_ended, rule=None),
        # A procedure says what was done about it, a diagnosis what it was.
        "outcome": Choice(pick=_outcome, rule=None),
        "since": Choice(pick=lambda records: min((one.since for one in records if one.since), default=None), rule=None),
        "seen_on": latest("seen_on"),
    },
)
