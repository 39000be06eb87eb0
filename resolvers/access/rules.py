"""The rules, as functions of facts. No question is asked here and no time is read.

Ages are judged on the day of the request. A date that is known only in part is read against the caller: the earliest
possible birthday ends a parent's right, the latest possible one opens an account of one's own.
"""

from collections.abc import Mapping
from datetime import MAXYEAR, date

from connectors.contract import Basis
from connectors.records import (
    RECORD_CLASSES,
    PartialDate,
    Record,
    Relation,
    RepresentationBasis,
    Right,
)
from connectors.writing import Entry, Measurement
from resolvers.partial_dates import earliest, latest

ADULT = 18
"""Age from which nobody is represented as a minor (Bộ luật Dân sự 2015, Đ21)."""

OWN_ACCOUNT = 14
"""Age from which an e-ID account opens health data by itself (NĐ 69/2024)."""

_EVERYTHING = frozenset(RECORD_CLASSES)

VISIBLE: Mapping[Basis, frozenset[type[Record]]] = {
    Basis.SELF: _EVERYTHING,
    # Whom a represented person represents in turn is not the representative's business.
    Basis.PARENT: _EVERYTHING - {Relation},
    Basis.GUARDIAN: _EVERYTHING - {Relation},
    Basis.COURT_APPOINTED: _EVERYTHING - {Relation},
    Basis.CONSENT: frozenset(),
    Basis.BREAK_GLASS: frozenset(),
    Basis.AGREEMENT: frozenset(),
    # No chart is opened on it: it is for the command line, which is no caller.
    Basis.OPERATOR: frozenset(),
}
"""What each basis opens, by class of record."""

_ENTRIES: frozenset[type[Entry]] = frozenset({Measurement})

WRITABLE: Mapping[Basis, frozenset[type[Entry]]] = {
    Basis.SELF: _ENTRIES,
    # Whoever cares for a child weighs it.
    Basis.PARENT: _ENTRIES,
    Basis.GUARDIAN: _ENTRIES,
    Basis.COURT_APPOINTED: _ENTRIES,
    Basis.CONSENT: frozenset(),
    Basis.BREAK_GLASS: frozenset(),
    Basis.AGREEMENT: frozenset(),
    # An operator tests reading; nothing is written for a test.
    Basis.OPERATOR: frozenset(),
}
"""What may be written on each basis. Not derived from what it opens: to read is not to write."""

_BASIS = {
    RepresentationBasis.PARENT: Basis.PARENT,
    RepresentationBasis.GUARDIAN: Basis.GUARDIAN,
    RepresentationBasis.COURT_APPOINTED: Basis.COURT_APPOINTED,
}


def represents(relation: Right, today: date) -> Basis | None:
    """The basis on which a relation lets its holder act today; ``None`` when it lets nothing."""
    if relation.barred:
        return None
    if relation.valid_from is not None and today < relation.valid_from:
        return None
    last = last_day(relation)
    if last is not None and today > last:
        return None
    return _BASIS.get(relation.basis)


def last_day(relation: Right) -> date | None:
    """The last day of a representation; a parent's ends on the eve of the eighteenth birthday at the latest."""
    if relation.basis is not RepresentationBasis.PARENT:
        return relation.valid_until
    birthday = anniversary(earliest(relation.birth_date), ADULT)
    eve = date.fromordinal(birthday.toordinal() - 1)
    return eve if relation.valid_until is None else min(eve, relation.valid_until)


def may_open_alone(born: PartialDate, today: date) -> bool:
    """Whether somebody born then is old enough to open health data with an account of their own."""
    return today >= anniversary(latest(born), OWN_ACCOUNT)


def anniversary(born: date, years: int) -> date:
    """The birthday that many years later; 1 March for those born on 29 February, the last day there is beyond it."""
    if born.year + years > MAXYEAR:
        return date.max
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)
