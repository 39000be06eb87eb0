"""What a relation of the register is worth on a day. No question is asked here and no time is read.

A date that is known only in part is read against the caller: the earliest possible birthday ends a parent's right.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from connectors.contract import Basis
from connectors.records import Coverage, Demographics, Record, Relation, RepresentationBasis, Right
from resolvers.access.ages import AGES, Step, anniversary
from resolvers.partial_dates import earliest

READS: Mapping[type[Record], frozenset[str]] = {
    Relation: frozenset({"scope", "deceased", "barred", "barred_from", "barred_until", "valid_from", "valid_until"}),
    Demographics: frozenset({"deceased"}),
    Coverage: frozenset({"registered_facility"}),
}
"""Names of the fields by which the permit office judges who may open what, beside those that every record has: they are
wanted whatever a caller selects."""
_BASIS = {
    RepresentationBasis.PARENT: Basis.PARENT,
    RepresentationBasis.GUARDIAN: Basis.GUARDIAN,
    RepresentationBasis.COURT_APPOINTED: Basis.COURT_APPOINTED,
    RepresentationBasis.AUTHORISED_BY_CITIZEN: Basis.AUTHORISED,
}


def represents(relation: Right, today: date) -> Basis | None:
    """The basis on which a relation lets its holder act today; ``None`` when it lets nothing."""
    if relation.deceased or is_barred(relation, today):
        return None
    if relation.valid_from is not None and today < relation.valid_from:
        return None
    last = last_day(relation, today)
    if last is not None and today > last:
        return None
    return _BASIS[relation.basis]


def standing_ones(relations: Iterable[Relation], today: date) -> list[Relation]:
    """The relations that let their holder act today.

    A court's bar holds against whoever it names, whatever else the register says of the two: an entry that was left
    standing, or one of another kind, gives nothing back. Only the citizen's own authorisation does.
    """
    known = list(relations)
    barred = {one.personal_id for one in known if is_barred(one, today)}
    return [
        one
        for one in known
        if represents(one, today) is not None
        and (one.personal_id not in barred or one.basis is RepresentationBasis.AUTHORISED_BY_CITIZEN)
    ]


def is_barred(relation: Right, today: date) -> bool:
    """Whether a court's order keeps the holder from acting today. One without days holds always."""
    if not relation.barred:
        return False
    begun = relation.barred_from is None or today >= relation.barred_from
    return begun and (relation.barred_until is None or today <= relation.barred_until)


def last_day(relation: Right, today: date) -> date | None:
    """The last day of a representation; a parent's ends on the eve of the eighteenth birthday at the latest."""
    if relation.basis is not RepresentationBasis.PARENT:
        return relation.valid_until
    birthday = anniversary(earliest(relation.birth_date), AGES.age(Step.ADULT, today))
    eve = date.fromordinal(birthday.toordinal() - 1)
    return eve if relation.valid_until is None else min(eve, relation.valid_until)
