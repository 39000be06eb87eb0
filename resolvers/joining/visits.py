"""Which insured visit is which visit: facility and time of admission, and nothing that is in doubt."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from connectors.clock import HO_CHI_MINH
from connectors.records import Claim, Encounter
from resolvers.joining.codes import minute, place
from resolvers.partial_dates import in_zone

T = TypeVar("T", bound=Encounter | Claim)
C = TypeVar("C", bound=Claim)


def claimed(visits: Iterable[Encounter], claims: Iterable[C]) -> Mapping[str, C]:
    """The claim of each visit that has one, by the visit's id.

    First by facility and minute. Of those that find no match, a visit and a claim belong together that are the only
    ones left of their facility on that day: one system has the time at the desk, the other that at the bed. Where two
    could be meant, none is.
    """
    pairs: dict[str, C] = {}
    left, unmatched = list(visits), list(claims)
    for key in (_minute, _day):
        of_visits, of_claims = _by(key, left), _by(key, unmatched)
        for known, same in of_visits.items():
            found = of_claims.get(known, [])
            if len(same) == len(found) == 1:
                pairs[same[0].id] = found[0]
        taken = {claim.id for claim in pairs.values()}
        left = [visit for visit in left if visit.id not in pairs]
        unmatched = [claim for claim in unmatched if claim.id not in taken]
    return pairs


def _by(key: Callable[[Encounter | Claim], Hashable | None], items: Iterable[T]) -> Mapping[Hashable, list[T]]:
    found: dict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        if (known := key(item)) is not None:
            found[known].append(item)
    return found


def _minute(item: Encounter | Claim) -> Hashable | None:
    where, when = place(item.facility), minute(_begun(item))
    return (*where, *when) if where and when else None


def _day(item: Encounter | Claim) -> Hashable | None:
    where, begun = place(item.facility), _begun(item)
    return (*where, in_zone(begun, HO_CHI_MINH).date()) if where and begun else None


def _begun(item: Encounter | Claim) -> datetime | None:
    return item.start if isinstance(item, Encounter) else item.admitted
