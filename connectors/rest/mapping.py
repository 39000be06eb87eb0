"""A source's answer to records, as its plan says. Pure: no call, no clock."""

from typing import Any, NamedTuple

from connectors.errors import Garbled, WrongPerson
from connectors.records import Record
from connectors.rest.pointer import ABSENT
from connectors.rest.readers import required, values
from connectors.rest.recipes import Plan
from connectors.stamping import Stamp

_MOST_ENTRIES = 2000
"""More entries than this are cut off."""


class Found(NamedTuple):
    """What an answer holds."""

    records: tuple[Record, ...]
    dropped: int
    """Entries that cannot be read: without an id or a required field, or with a value that is none."""
    truncated: bool
    """The source holds more."""


def found(plan: Plan, answer: Any, stamp: Stamp) -> Found:
    """The records of an answer, in the source's order and each once.

    Args:
        plan: of the class of record.
        answer: JSON, not understood yet.
        stamp: of this answer.

    Raises:
        Garbled: the entries are not where they should be, or one does not say whose it is.
        WrongPerson: one of them is somebody else's.
    """
    entries = entries_of(plan, answer)
    _require_person(plan, answer, entries, stamp.subject.personal_id)
    records: dict[str, Record] = {}
    seen: dict[str, Any] = {}
    dropped = 0
    for entry in entries[:_MOST_ENTRIES]:
        try:
            id_, record = _record(plan, entry, stamp)
        except (ValueError, OverflowError):
            dropped += 1
            continue
        # The same entry again is no news; another one under the same id would hide the first.
        dropped += id_ in seen and seen[id_] != entry
        if id_ not in seen:
            seen[id_], records[id_] = entry, record
    return Found(tuple(records.values()), dropped, _is_cut(plan, answer, len(entries)))


def entries_of(plan: Plan, answer: Any) -> list[Any]:
    """The entries; a single one may stand there without a list, and ``null`` for none."""
    entries = plan.entries.find(answer)
    if entries is None and entries is not answer:
        return []
    if isinstance(entries, dict):
        return [entries]
    if not isinstance(entries, list):
        raise Garbled("no list of entries where it should be")
    return entries


def _require_person(plan: Plan, answer: Any, entries: list[Any], number: str) -> None:
    """Refuse the whole answer when anything in it is about somebody else, or does not say about whom."""
    of_answer = [pointer.find(answer) for pointer in plan.person_of_answer]
    if not entries:
        # Of nobody nothing is said: but what is said must be right.
        of_answer = [said for said in of_answer if said is not ABSENT and said is not None]
    of_entries = [pointer.find(entry) for entry in entries for pointer in plan.person]
    for said in (*of_answer, *of_entries):
        if not isinstance(said, str):
            raise Garbled("an entry does not say whose it is")
        if said != number:
            raise WrongPerson("an entry carries another number")


def _record(plan: Plan, entry: Any, stamp: Stamp) -> tuple[str, Record]:
    """One entry.

    Raises:
        ValueError: it cannot be read.
    """
    id_ = plan.id.read(entry)
    fields = values(plan.fields, entry)
    if not id_ or stamp.subject.personal_id in id_ or not required(plan.about) <= set(fields):
        raise ValueError("an entry without what makes it a record")
    recorded_at = plan.recorded_at.read(entry) if plan.recorded_at else None
    return id_, plan.about(**stamp(plan.about, id_, recorded_at=recorded_at), **fields)


def _is_cut(plan: Plan, answer: Any, came: int) -> bool:
    total = plan.total.find(answer) if plan.total else None
    return came > _MOST_ENTRIES or (isinstance(total, int) and total > came)
