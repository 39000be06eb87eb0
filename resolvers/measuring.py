"""A measurement as a citizen sends it: of a known kind, plausible, in the unit of its kind, and not of tomorrow."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import resources

import msgspec
from msgspec import Struct

from connectors.records import Described
from connectors.writing import MeasuredPart, Measurement
from resolvers.refusals import BadRequest


class MeasurementKind(Described):
    """What can be measured at home."""

    BODY_WEIGHT = "BODY_WEIGHT", "Body weight: 'value' in kg."
    BODY_HEIGHT = "BODY_HEIGHT", "Body height or length: 'value' in cm."
    BLOOD_PRESSURE = "BLOOD_PRESSURE", "Blood pressure: 'systolic' and 'diastolic' in mmHg."
    BLOOD_GLUCOSE = "BLOOD_GLUCOSE", "Glucose in blood: 'value' in mmol/L."
    PULSE = "PULSE", "Pulse: 'value' in beats per minute."
    BODY_TEMPERATURE = "BODY_TEMPERATURE", "Body temperature: 'value' in degrees Celsius."
    OXYGEN_SATURATION = "OXYGEN_SATURATION", "Oxygen saturation (SpO2): 'value' in percent."


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    field: str
    code: str
    display: str
    unit: str
    low: Decimal
    high: Decimal


class _Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    display: str
    text: str
    parts: tuple[_Part, ...]


def _load() -> Mapping[MeasurementKind, _Kind]:
    text = resources.files("resolvers").joinpath("measurements.toml").read_text(encoding="utf-8")
    known = msgspec.convert(tomllib.loads(text), dict[str, _Kind])
    return {kind: known[kind.name] for kind in MeasurementKind}


_KINDS = _load()
_AHEAD = timedelta(minutes=5)
"""By which the clock of a telephone may be ahead of ours."""
_BACK = timedelta(days=366)
"""How long ago something may have been measured."""


def measurement(
    kind: MeasurementKind, values: Mapping[str, Decimal | None], at: datetime, now: datetime
) -> Measurement:
    """The measurement in codes and units.

    Args:
        kind: what was measured.
        values: by the name of their argument.
        at: when.
        now: the time of the request.

    Raises:
        BadRequest: a value is missing, one too many, or not plausible; or the time is not.
    """
    known = _KINDS[kind]
    wanted = {part.field for part in known.parts}
    given = {name for name, value in values.items() if value is not None}
    if given != wanted:
        raise BadRequest(f"{kind.name} takes exactly: {', '.join(sorted(wanted))}.")
    if at.tzinfo is None:
        raise BadRequest("'at' needs an offset.")
    if not now - _BACK <= at <= now + _AHEAD:
        raise BadRequest("'at' lies in the future, or more than a year back.")
    return Measurement(
        code=known.code,
        display=known.display,
        text=known.text,
        parts=tuple(_measured(part, values[part.field]) for part in known.parts),
        at=at.replace(microsecond=0),
    )


def _measured(part: _Part, value: Decimal | None) -> MeasuredPart:
    # The value is not repeated: a message may be logged by the application.
    if value is None or not value.is_finite() or not part.low <= value <= part.high:
        raise BadRequest(f"'{part.field}' is not plausible: {part.low} to {part.high} {part.unit}.")
    if abs(int(value.as_tuple().exponent)) > 3:
        raise BadRequest(f"'{part.field}' has more than three decimal places.")
    return MeasuredPart(code=part.code, display=part.display, value=value, unit=part.unit)
