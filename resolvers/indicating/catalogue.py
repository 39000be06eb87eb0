"""What is known of each indicator: data with its sources, read and checked once at start."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from importlib import resources

import msgspec
from msgspec import Struct

from connectors.records import CodedText, Described
from connectors.records.agreement import folded
from resolvers.joining.codes import codes

LOINC = "http://loinc.org"


class IndicatorKind(Described):
    """A basic health indicator."""

    SYSTOLIC_PRESSURE = "SYSTOLIC_PRESSURE", "Systolic blood pressure: the upper number."
    DIASTOLIC_PRESSURE = "DIASTOLIC_PRESSURE", "Diastolic blood pressure: the lower number."
    PULSE = "PULSE", "Pulse, or heart rate."
    TEMPERATURE = "TEMPERATURE", "Body temperature."
    OXYGEN_SATURATION = "OXYGEN_SATURATION", "Oxygen saturation (SpO2)."
    WEIGHT = "WEIGHT", "Body weight."
    HEIGHT = "HEIGHT", "Body height."
    BODY_MASS_INDEX = "BODY_MASS_INDEX", "Body mass index, measured or computed from weight and height of one day."
    FASTING_GLUCOSE = "FASTING_GLUCOSE", "Glucose in plasma, fasting."
    GLUCOSE = "GLUCOSE", "Glucose in plasma, at any time or where fasting is not said."
    HBA1C = "HBA1C", "Glycated haemoglobin."
    TOTAL_CHOLESTEROL = "TOTAL_CHOLESTEROL", "Total cholesterol."
    LDL_CHOLESTEROL = "LDL_CHOLESTEROL", "LDL cholesterol."
    HDL_CHOLESTEROL = "HDL_CHOLESTEROL", "HDL cholesterol."
    TRIGLYCERIDES = "TRIGLYCERIDES", "Triglycerides."
    CREATININE = "CREATININE", "Creatinine in blood."
    FILTRATION_RATE = "FILTRATION_RATE", "Estimated glomerular filtration rate (eGFR)."


class Conversion(Struct, frozen=True, forbid_unknown_fields=True):
    """From another unit: ``value * times + plus``."""

    unit: str
    times: Decimal
    plus: Decimal = Decimal(0)


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What a difference must exceed to be more than chance; one of the two is said."""

    source: str
    verified: bool
    amount: Decimal | None = None
    percent: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse one that says neither or both."""
        if (self.amount is None) == (self.percent is None):
            raise ValueError("a change is an amount or a percentage")

    def of(self, earlier: Decimal) -> Decimal:
        """The amount that must be exceeded, from that value."""
        return self.amount if self.amount is not None else abs(earlier) * (self.percent or 0) / 100


class Measured(Struct, frozen=True, forbid_unknown_fields=True):
    """How one indicator is recognised, converted and compared."""

    unit: str
    loinc: frozenset[str]
    texts: frozenset[str]
    lowest: Decimal
    highest: Decimal
    digits: int
    local: Mapping[str, frozenset[str]] = {}
    conversions: tuple[Conversion, ...] = msgspec.field(default=(), name="from")
    change: Change | None = None
    same_code: bool = False


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds."""

    rule: str
    not_counted: frozenset[str]
    units: Mapping[str, tuple[str, ...]]
    indicators: Mapping[str, Measured]

    def __post_init__(self) -> None:
        """Refuse an indicator without data, and a unit that nobody spells."""
        if self.indicators.keys() != {kind.name for kind in IndicatorKind}:
            raise ValueError("not the indicators that the graph shows")
        named = {one.unit for one in self.indicators.values()}
        named |= {one.unit for known in self.indicators.values() for one in known.conversions}
        if unknown := named - self.units.keys():
            raise ValueError(f"units without spelling: {sorted(unknown)}")


CATALOGUE = msgspec.toml.decode(
    resources.files("resolvers.indicating").joinpath("indicators.toml").read_text(encoding="utf-8"), type=Catalogue
)


def once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The pairs as a dictionary.

    Raises:
        ValueError: when a key means two things.
    """
    found: dict[str, str] = {}
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            raise ValueError(f"{key} means both {found[key]} and {value}")
    return found


_KINDS = CATALOGUE.indicators.items()
_BY_TEXT = once((folded(text), kind) for kind, known in _KINDS for text in known.texts)
_BY_CODE = {
    system: once((code, kind) for kind, known in _KINDS for code in known.local.get(system, ()))
    for system in sorted({system for known in CATALOGUE.indicators.values() for system in known.local})
}
_BY_LOINC = once((code, kind) for kind, known in _KINDS for code in known.loinc)
_UNITS = once((folded(text), unit) for unit, texts in CATALOGUE.units.items() for text in (unit, *texts))


def kind_of(concept: CodedText) -> IndicatorKind | None:
    """The indicator that the concept is; none where it is none, or its codes say several.

    A LOINC code alone decides where there is one: its text may be shorter than what it means.
    """
    coded = codes(concept)
    by_loinc = [_BY_LOINC.get(code) for system, code in coded if system == LOINC]
    if by_loinc:
        return _the_one(by_loinc)
    by_code = [_BY_CODE[system].get(code) for system, code in coded if system in _BY_CODE]
    return _the_one([*by_code, _BY_TEXT.get(folded(concept.text))])


def _the_one(names: Iterable[str | None]) -> IndicatorKind | None:
    known = {name for name in names if name}
    return IndicatorKind[known.pop()] if len(known) == 1 else None


def unit_of(code: str | None, text: str | None) -> str | None:
    """The unit as UCUM; none where it is not known, or code and text are two units."""
    by_text = _UNITS.get(folded(text)) if text else None
    if not code:
        return by_text
    by_code = _UNITS.get(folded(code))
    return by_code if by_text in (None, by_code) else None
