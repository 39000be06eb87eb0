"""Vaccinations: the same antigens on the same day are one dose, unless number, lot or product say otherwise."""

from collections.abc import Iterable

from connectors.records import CodedText, Immunization, SourceKind
from resolvers.joining.codes import by_code, by_words, code_facts, codes, day, words
from resolvers.joining.rule import Fact, Mark, Rule


def _what(dose: Immunization) -> CodedText:
    return dose.vaccine


def _given(dose: Immunization) -> Mark | None:
    return day(dose.on)


def _by_antigens(dose: Immunization) -> Iterable[Mark]:
    """All its diseases, in each code system in which each of them has a code."""
    if not dose.target_diseases or not (given := _given(dose)):
        return []
    known = [dict(codes(disease)) for disease in dose.target_diseases]
    systems = set.intersection(*(set(one) for one in known))
    return [("antigens", system, tuple(sorted({one[system] for one in known})), *given) for system in systems]


def _facts(dose: Immunization) -> Iterable[Fact]:
    """What was not given is never joined with what was.

    The number of a dose of a combined product is counted by antigen, and systems pick another antigen's: there it says
    nothing.
    """
    yield "status", dose.status
    yield from code_facts(dose.vaccine)
    if dose.lot:
        yield "lot", words(dose.lot)
    if dose.dose_number and len(dose.target_diseases) < 2:
        yield "number", dose.dose_number


RULE: Rule[Immunization] = Rule(
    evidence=(
        _by_antigens,
        by_code(_what, _given),
        by_words(_what, _given),
    ),
    needs=_given,
    facts=_facts,
    reads=frozenset({"target_diseases", "on", "status", "vaccine", "lot", "dose_number"}),
    authority=(SourceKind.VACCINATION,),
)
