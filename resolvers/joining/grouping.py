"""Which records are the same fact. Grouped by hash, a few passes over the list whatever its length."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from connectors.records import Record
from resolvers.joining.rule import Fact, Mark, Rule

R = TypeVar("R", bound=Record)


def grouped(records: Iterable[R], rule: Rule[R]) -> list[list[R]]:
    """Every record in exactly one group. The result depends on the records alone, never on their order.

    The strongest evidence goes first, and weaker evidence then joins whole groups. Records that are linked although
    they contradict each other are a doubt: then only those are joined that say exactly the same, and the others stand
    alone.
    """
    if rule.groups is not None:
        return rule.groups(tuple(records))
    told = list(records)
    groups = [[record] for record in told]
    alone = _alone(told, rule)
    if len(alone) == len(told):
        return groups
    for marks in rule.evidence:
        known = _found_once(marks, alone)
        if _meet(groups, known, rule):
            groups = [group for linked in _linked(groups, known) for group in _settled(linked, known, rule)]
    return groups


def _alone(records: Sequence[R], rule: Rule[R]) -> set[int]:
    """Those with which nothing can be one, by what the rule needs; by identity."""
    if rule.needs is None:
        return set()
    said = [*map(rule.needs, records)]
    if len(set(said)) == len(said):
        return set(map(id, records))
    shared: set[Mark | None] = set()
    first: dict[Mark | None, Hashable] = {}
    for record, mark in zip(records, said, strict=True):
        whose = _whose(record, rule)
        if first.setdefault(mark, whose) != whose:
            shared.add(mark)
    shared.discard(None)
    return {id(record) for record, mark in zip(records, said, strict=True) if mark not in shared}


def _whose(record: Record, rule: Rule[Any]) -> Hashable:
    """Whose word it is, where one source says no fact twice; else it stands for itself."""
    if rule.once_per_source and len(record.provenance) == 1:
        return record.provenance[0].source.id
    return id(record)


def _found_once(marks: Callable[[R], Iterable[Mark]], alone: set[int]) -> Callable[[R], Iterable[Mark]]:
    """The same marks, found once for each record: they are looked at to link, and again to settle a doubt."""
    known: dict[int, Sequence[Mark]] = dict.fromkeys(alone, ())

    def remembered(record: R) -> Iterable[Mark]:
        found = known.get(id(record))
        if found is None:
            found = known[id(record)] = tuple(marks(record))
        return found

    return remembered


def _meet(groups: Sequence[list[R]], marks: Callable[[R], Iterable[Mark]], rule: Rule[R]) -> bool:
    """Whether any two that could be one have a mark in common: mostly no two have, and all stay as they are.

    What one source says twice is no such two, where the rule has it that its records are two facts.
    """
    told_by: dict[Mark, Hashable] = {}
    for number, group in enumerate(groups):
        whose = _whose(group[0], rule) if len(group) == 1 else (number,)
        for record in group:
            for mark in marks(record):
                if told_by.setdefault(mark, whose) != whose:
                    return True
    return False


def _linked(groups: Sequence[list[R]], marks: Callable[[R], Iterable[Mark]]) -> list[list[list[R]]]:
    """The groups in clusters: within one, every group is reached from every other by marks in common."""
    above = list(range(len(groups)))

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    first: dict[Mark, int] = {}
    for number, group in enumerate(groups):
        for mark in (mark for record in group for mark in marks(record)):
            one, other = top(first.setdefault(mark, number)), top(number)
            above[max(one, other)] = min(one, other)
    clusters: dict[int, list[list[R]]] = defaultdict(list)
    for number, group in enumerate(groups):
        clusters[top(number)].append(group)
    return list(clusters.values())


def _settled(linked: list[list[R]], marks: Callable[[R], Iterable[Mark]], rule: Rule[R]) -> list[list[R]]:
    """One group where nothing speaks against it, else the groups that say exactly the same, else those there were."""
    if len(linked) == 1 or _agree(linked, rule):
        return [_all(linked)]
    alike: dict[frozenset[Fact], list[list[R]]] = defaultdict(list)
    for group in linked:
        alike[frozenset(fact for record in group for fact in rule.facts(record))].append(group)
    settled: list[list[R]] = []
    for groups in alike.values():
        for cluster in _linked(groups, marks):
            settled += [_all(cluster)] if _agree(cluster, rule) else cluster
    return settled


def _agree(groups: Iterable[list[R]], rule: Rule[R]) -> bool:
    values: dict[Hashable, Hashable] = {}
    told_by: set[str] = set()
    for record in _all(groups):
        if any(values.setdefault(name, value) != value for name, value in rule.facts(record)):
            return False
        sources = {place.source.id for place in record.provenance}
        if rule.once_per_source and sources & told_by:
            return False
        told_by |= sources
    return True


def _all(groups: Iterable[list[R]]) -> list[R]:
    return [record for group in groups for record in group]
