"""Medicines: a prescription and its dispensing are one item where nothing in them differs that matters."""

from collections.abc import Iterable, Sequence

from connectors.records import CodedText, Medication, MedicationKind, SourceKind
from resolvers.joining.agreeing import measure
from resolvers.joining.codes import by_code, by_words, code_facts, day, place_facts, words
from resolvers.joining.rule import Choice, Fact, Mark, Rule


def _what(medicine: Medication) -> CodedText:
    return medicine.code


def _begun(medicine: Medication) -> Mark | None:
    return day(medicine.start)


def _facts(medicine: Medication) -> Iterable[Fact]:
    """Another strength, dosage, amount or place is another prescription: a dose must never come from two of them.

    What somebody says of taking a medicine stands for itself: it may be that it is not taken.
    """
    yield "stated", medicine.kind is MedicationKind.STATEMENT
    yield from code_facts(medicine.code)
    yield from place_facts(medicine.facility)
    if medicine.strength:
        yield "strength", words(medicine.strength)
    if medicine.dosage:
        yield "dosage", words(medicine.dosage)
    if medicine.quantity:
        yield "quantity", measure(medicine.quantity)


def _kind(group: Sequence[Medication]) -> MedicationKind:
    """A prescription that was also handed out is a prescription."""
    kinds = {medicine.kind for medicine in group}
    return MedicationKind.PRESCRIPTION if MedicationKind.PRESCRIPTION in kinds else group[0].kind


RULE: Rule[Medication] = Rule(
    evidence=(by_code(_what, _begun), by_words(_what, _begun)),
    needs=_begun,
    facts=_facts,
    reads=frozenset({"code", "start", "kind", "facility", "strength", "dosage", "quantity"}),
    authority=(SourceKind.HOSPITAL, SourceKind.HEALTH_STATION),
    choices={"kind": Choice(pick=_kind, rule=None)},
)
