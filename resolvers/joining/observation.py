"""Measurements: the same test in the same minute with the same value and unit."""

from collections.abc import Hashable, Iterable

from connectors.records import (
    BooleanValue,
    CodedText,
    CodedValue,
    Observation,
    ObservationValue,
    QuantityValue,
    SourceKind,
    TextValue,
)
from resolvers.joining.agreeing import measure
from resolvers.joining.choosing import leading
from resolvers.joining.codes import by_code, by_words, code_facts, codes, minute, words
from resolvers.joining.rule import Fact, Mark, Rule


def _what(observation: Observation) -> CodedText:
    return observation.code


def _when(observation: Observation) -> Mark | None:
    """The minute; none for a result without a value, for which there is nothing to compare."""
    return minute(observation.at) if observation.value or observation.components else None


def _facts(observation: Observation) -> Iterable[Fact]:
    parts = ((_name(part.code), _said(part.value)) for part in observation.components)
    yield "value", (_said(observation.value), frozenset(parts))
    yield from code_facts(observation.code)


def _name(code: CodedText) -> Hashable:
    return tuple(codes(code)) or words(code.text)


def _said(value: ObservationValue | None) -> Hashable:
    match value:
        case QuantityValue():
            return measure(value)
        case CodedValue():
            return _name(value.coded)
        case TextValue():
            return words(value.text)
        case BooleanValue():
            return value.boolean
    return value


RULE: Rule[Observation] = Rule(
    evidence=(by_code(_what, _when), by_words(_what, _when)),
    needs=_when,
    facts=_facts,
    reads=frozenset({"code", "at", "value", "components"}),
    authority=(SourceKind.LABORATORY, SourceKind.HOSPITAL, SourceKind.HEALTH_STATION),
    choices={"value": leading("value"), "components": leading("components")},
)
