"""One item from the records of one fact: nothing that a source said is lost, and a disagreement is shown as one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from msgspec import structs

from connectors.records import Conflict, ConflictRule, ConflictValue, Provenance, Record
from resolvers.joining.agreeing import agree, exactest, in_words, says, together
from resolvers.joining.grouping import grouped
from resolvers.joining.rule import Mark, Rule
from resolvers.joining.table import RULES

R = TypeVar("R", bound=Record)

_ID = attrgetter("id")
_ENCODE = msgspec.json.Encoder().encode
_Hash = Callable[[bytes], str]
"""Makes an id."""
_NameOf = Callable[[Record], str]
"""Gives the id of a record that stands alone."""


def join(
    about: type[R],
    records: Iterable[R],
    *,
    key: str,
    ids: bool = True,
    wanted: frozenset[str] | None = None,
    one_source: bool = False,
    apart: bool = False,
) -> tuple[R, ...]:
    """The items that the records of all sources make, every record in exactly one of them.

    Args:
        about: the class of record; its rule is in ``table.py``.
        records: of one citizen, as the sources gave them. The order makes no difference to any item.
        key: the citizen's reference: ids are made with it, so nobody can compute one.
        ids: whether anybody will look at the ids of the items; else each has the id of one of its records.
        wanted: names of the fields that anybody will look at, with all that is read on the way; ``None`` for every one.
        one_source: whether they are known to be one source's own word.
        apart: whether none of them is known to be a repetition of another.
    """
    rule: Rule[R] = RULES[about]
    told = tuple(records)
    distinct = apart or len(set(map(_ID, told))) == len(told)
    each: Sequence[R] = told if distinct else _once(told)
    alone = len(each) < 2 or (one_source and rule.once_per_source) or stand_alone(each, rule)
    groups = None if alone else grouped(each, rule)
    if distinct and not ids and (groups is None or len(groups) == len(told)):
        return told
    groups = [[record] for record in each] if groups is None else [_led(group, rule) for group in groups]
    names = [group[0].id for group in groups] if distinct and not ids else _ids(groups, about, rule, key)
    return tuple(
        [
            structs.replace(group[0], id=id_) if len(group) == 1 else _item(group, id_, rule, wanted)
            for group, id_ in zip(groups, names, strict=True)
        ]
    )


def named(about: type[R], some: Sequence[R], *, among: Iterable[R], key: str) -> tuple[R, ...]:
    """Some of the items, with their ids, where every record stands alone: the same ids as if all were named.

    What two of them say alike may make an id that stands for neither, so those are looked at that could say the same.

    Args:
        about: the class of record.
        some: of the items.
        among: all items.
        key: as for ``join``.
    """
    rule: Rule[R] = RULES[about]
    needs = rule.needs
    near = [*among]
    if needs is not None:
        said = {*map(needs, some)}
        near = [record for record in near if needs(record) in said]
    names = {id(record): id_ for record, id_ in zip(near, _ids([[one] for one in near], about, rule, key), strict=True)}
    return tuple([structs.replace(record, id=names[id(record)]) for record in some])


def stand_alone(records: Sequence[Record], rule: Rule[Any]) -> bool:
    """Whether no two of them can be one fact whatever they say: so it is where all are one source's word."""
    if not rule.evidence:
        return True
    if not rule.once_per_source:
        return False
    sources = {record.provenance[0].source.id for record in records}
    return len(sources) < 2 and all(len(record.provenance) == 1 for record in records)


def _once(records: Iterable[R]) -> list[R]:
    """Without repetitions: a record that moved from one page of a source to the next comes twice."""
    by_id: dict[str, list[R]] = defaultdict(list)
    for record in records:
        by_id[record.id].append(record)
    return [record for same in by_id.values() for record in (same if len(same) == 1 else _different(same))]


def _different(same: Sequence[R]) -> Iterable[R]:
    return {_content(record): record for record in sorted(same, key=msgspec.json.encode)}.values()


def _content(record: Record) -> bytes:
    """All that it says, whenever it was read."""
    return msgspec.json.encode(structs.replace(record, provenance=()))


def _led(group: list[R], rule: Rule[R]) -> list[R]:
    """The records of one fact, the one whose word leads first."""
    if len(group) == 1:
        return group
    ranks = {kind: rank for rank, kind in enumerate(rule.authority)}

    def place(record: R) -> tuple[Any, ...]:
        told = record.provenance[0]
        latest = -told.recorded_at.timestamp() if told.recorded_at else 0.0
        rank = ranks.get(told.source.kind, len(ranks))
        return rank, latest, told.source.id, told.source_record_id, msgspec.json.encode(record)

    return sorted(group, key=place)


def _item(group: Sequence[R], id_: str, rule: Rule[R], wanted: frozenset[str] | None) -> R:
    lead = group[0]
    conflicts: list[Conflict] = []
    said: dict[str, Any] = {}
    for name, is_shown in _fields(type(lead)):
        if wanted is not None and name not in wanted:
            continue
        choice = rule.choices.get(name)
        if choice is None and _all_equal(group, name):
            continue
        said[name] = choice.pick(group) if choice else _first(group, name)
        by = choice.rule if choice else ConflictRule.LEADING_SYSTEM
        same = (choice and choice.same) or agree
        if (
            # Who looks at no conflict wants some fields, who does wants all.
            wanted is None
            and by
            and is_shown
            and not all(same(said[name], value) for value in _values(group, name) if says(value))
        ):
            conflicts.append(_conflict(group, name, by))
    return structs.replace(lead, id=id_, provenance=_places(group), conflicts=tuple(conflicts), **said)


@cache
def _fields(about: type[Record]) -> tuple[tuple[str, bool], ...]:
    """Name of each field that says something, and whether it is shown.

    A field without a sentence is the gateway's own, such as an id at the source.
    """
    return tuple(
        (field.name, any(isinstance(note, msgspec.Meta) for note in getattr(field.type, "__metadata__", ())))
        for field in structs.fields(about)
        if field.name not in ("id", "provenance", "conflicts")
    )


def _all_equal(group: Sequence[R], name: str) -> bool:
    """Whether all say the very same, so that it can be left as the leading one has it."""
    lead = getattr(group[0], name)
    return all(getattr(record, name) == lead for record in group[1:])


def _first(group: Sequence[R], name: str) -> Any:
    """What the leading record says, or the next that says anything; lists are put together."""
    values = [getattr(record, name) for record in group]
    if isinstance(values[0], tuple):
        return together(values)
    return exactest([value for value in values if says(value)] or values)


def _values(group: Sequence[R], name: str) -> list[Any]:
    """What each record says; entries of a list contradict nothing."""
    return [value for record in group if not isinstance(value := getattr(record, name), tuple)]


def _conflict(group: Sequence[R], name: str, rule: ConflictRule) -> Conflict:
    told: dict[str, list[Record]] = defaultdict(list)
    for record in group:
        if (value := getattr(record, name)) is not None:
            told[in_words(value)].append(record)
    each = (ConflictValue(value=value, provenance=_places(tellers)) for value, tellers in told.items())
    head, *rest = name.split("_")
    return Conflict(
        field=head + "".join(part.title() for part in rest),
        values=tuple(sorted(each, key=lambda one: (_key(one.provenance[0]), one.value))),
        rule=rule,
    )


def _places(records: Iterable[Record]) -> tuple[Provenance, ...]:
    """Where they stand, in one order whoever leads."""
    places = {_key(place): place for record in records for place in record.provenance}
    return tuple(places[key] for key in sorted(places))


def _key(place: Provenance) -> tuple[str, str]:
    return place.source.id, place.source_record_id


def _ids(groups: Sequence[Sequence[Record]], about: type[Record], rule: Rule[Any], key: str) -> list[str]:
    """An id for each group, made of what most of its records have in common.

    So an item keeps its id while one of its sources is silent. Where two items would share one because they contradict
    each other, each keeps an id that a record of it has at its source.
    """
    hashed = _hashing(key)
    alone = _naming(about, rule, hashed)
    ids = [alone(group[0]) if len(group) == 1 else _common(group, about, rule, hashed) for group in groups]
    for otherwise in (lambda group: min(record.id for record in group), lambda group: hashed(_content(group[0]))):
        if len(set(ids)) == len(ids):
            break
        times = Counter(ids)
        ids = [id_ if times[id_] == 1 else otherwise(group) for id_, group in zip(ids, groups, strict=True)]
    return ids


def _common(group: Sequence[Record], about: type[Record], rule: Rule[Any], hashed: _Hash) -> str:
    times: Counter[tuple[int, Mark]] = Counter()
    for record in group:
        times.update({(rank, mark) for rank, marks in enumerate(rule.evidence) for mark in marks(record)})
    if not times:
        return group[0].id
    most = max(times.values())
    return hashed(min(_ENCODE((about.__name__, *found)) for found in times if times[found] == most))


def _naming(about: type[Record], rule: Rule[Any], hashed: _Hash) -> _NameOf:
    """The same for a record that stands alone: its strongest mark, which is the first of all as text."""
    name, ranked = about.__name__, tuple(enumerate(rule.evidence))

    def named(record: Record) -> str:
        for rank, marks in ranked:
            found = (*marks(record),)
            if len(found) == 1:
                return hashed(_ENCODE((name, rank, found[0])))
            if found:
                return hashed(min([_ENCODE((name, rank, mark)) for mark in found]))
        return record.id

    return named


def _hashing(key: str) -> _Hash:
    """Keyed, as the ids of records are: a hash says nothing by itself, and is another one for another citizen."""
    begin = blake2b(key=key.encode()[:64], digest_size=16).copy

    def hashed(text: bytes) -> str:
        digest = begin()
        digest.update(text)
        return digest.hexdigest()

    return hashed
