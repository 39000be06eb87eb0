"""Reads and checks ``standard.toml`` once, at start."""

from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct

from connectors.records import CodedText
from resolvers.joining.codes import codes, words

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"

Kind = Literal["weight", "height", "head"]


class Measure(Struct, frozen=True, forbid_unknown_fields=True):
    """What is measured, and how a source writes it."""

    kind: Kind
    loinc: tuple[str, ...]
    snomed: tuple[str, ...]
    names: tuple[str, ...]
    lying: bool | None = None
    """Whether the child lay or stood; none where the code does not say."""


class Plausible(Struct, frozen=True, forbid_unknown_fields=True):
    """The least and the greatest score that is believed, by name of the score."""

    weight_for_age: tuple[int, int]
    height_for_age: tuple[int, int]
    weight_for_height: tuple[int, int]
    bmi_for_age: tuple[int, int]
    head_for_age: tuple[int, int]


class Standard(Struct, frozen=True, forbid_unknown_fields=True):
    """The standard, with its source."""

    rule: str
    name: str
    source: str
    plausible: Plausible
    weight_units: Mapping[str, Decimal]
    length_units: Mapping[str, Decimal]
    measures: tuple[Measure, ...]

    def units(self, kind: Kind) -> Mapping[str, Decimal]:
        """Factors of the units in which that is measured."""
        return self.weight_units if kind == "weight" else self.length_units


STANDARD = msgspec.toml.decode(
    resources.files("resolvers.growth").joinpath("standard.toml").read_text(encoding="utf-8"), type=Standard
)
_MEASURES: Mapping[tuple[str, str], Measure] = {
    key: measure
    for measure in STANDARD.measures
    for key in (
        *((LOINC, code) for code in measure.loinc),
        *((SNOMED, code) for code in measure.snomed),
        *(("words", words(name)) for name in measure.names),
    )
}


def measure_of(concept: CodedText) -> Measure | None:
    """What was measured: by its codes, and by its words only where none of them is a code of LOINC or SNOMED CT.

    None when it is something else, or when two codes name two kinds.
    """
    known = codes(concept)
    keys = known if any(system in (LOINC, SNOMED) for system, _ in known) else [("words", words(concept.text))]
    found = [_MEASURES[key] for key in keys if key in _MEASURES]
    if not found or len({one.kind for one in found}) > 1:
        return None
    told = {one.lying for one in found} - {None}
    exact = [one for one in found if one.lying is not None]
    return exact[0] if len(told) == 1 else found[0]
