"""Medicines: a prescription and its dispensing are one item where nothing in them differs that matters."""

from collections.abc import Iterable

from connectors.records import CodedText, Medication, SourceKind
from resolvers.joining.agreeing import measure
from resolvers.joining.codes import by_code, by_words, code_facts, day, place_facts, words
from resolvers.joining.rule import Fact, Mark, Rule


def _what(medicine: Medication) -> CodedText:
    return medicine.code


def _begun(medicine: Medication) -> Mark | None:
    return day(medicine.start)


def _facts(medicine: Medication) -> Iterable[Fact]:
    """Another strength, dosage, amount or place is another prescription: a dose must never come from two of them."""
    yield from code_facts(medicine.code)
    yield from place_facts(medicine.facility)
    if medicine.strength:
        yield "strength", words(medicine.strength)
    if medicine.dosage:
        yield "dosage", words(medicine.dosage)
    if medicine.quantity:
        yield "quantity", measure(medicine.quantity)


RULE: Rule[Medication] = Rule(
    evidence=(by_code(_what, _begun), by_words(_what, _begun)),
    facts=_facts,
    authority=(SourceKind.HOSPITAL, SourceKind.HEALTH_STATION),
)
