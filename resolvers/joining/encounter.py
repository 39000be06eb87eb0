"""Visits: one facility, one beginning."""

from collections.abc import Iterable

from connectors.records import Encounter, SourceKind
from resolvers.joining.codes import minute, place
from resolvers.joining.rule import Mark, Rule


def _begun(visit: Encounter) -> Mark | None:
    return minute(visit.start)


def _by_beginning(visit: Encounter) -> Iterable[Mark]:
    where, begun = place(visit.facility), _begun(visit)
    return [("visit", *where, *begun)] if where and begun else []


RULE: Rule[Encounter] = Rule(
    evidence=(_by_beginning,),
    needs=_begun,
    reads=frozenset({"facility", "start"}),
    authority=(SourceKind.HOSPITAL, SourceKind.HEALTH_STATION),
)
