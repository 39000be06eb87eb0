"""Whether an indicator rises or falls. It says so only of what is complete, dated and comparable.

The latest reading is held against the one before it, and the difference against the smallest one that is more than
chance (``indicators.toml``). Whoever lacks one of these hears that nobody can say, and why.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from connectors.records import Described
from resolvers.indicating.catalogue import Measured
from resolvers.indicating.reading import Reading, moment
from resolvers.joining.codes import codes


class Trend(Described):
    """How the latest reading stands to the one before."""

    RISING = "RISING", "Higher, by more than chance."
    FALLING = "FALLING", "Lower, by more than chance."
    STEADY = "STEADY", "The difference may be chance."
    CANNOT_SAY = "CANNOT_SAY", "Nobody can say: see 'reason'."


class TrendReason(Described):
    """Why nobody can say how an indicator changes."""

    INCOMPLETE = "INCOMPLETE", "Not everybody who may hold a reading answered in full."
    NONE_ON_RECORD = "NONE_ON_RECORD", "There is no reading."
    UNDATED = "UNDATED", "A reading has no date, or one that is to come: it may be the latest."
    ONE_ONLY = "ONE_ONLY", "There is no earlier reading."
    AT_ONCE = "AT_ONCE", "Readings of one moment differ."
    NOT_COMPARABLE = "NOT_COMPARABLE", "The two are no exact numbers in one unit, or were found by different methods."
    NO_RULE = "NO_RULE", "It is not laid down which difference is more than chance."


class Series(Struct, frozen=True, kw_only=True):
    """The readings of one indicator, and what they say together."""

    readings: tuple[Reading, ...]
    """Newest first; those without a usable date at the end."""
    latest: Reading | None
    """The newest that is dated."""
    previous: Reading | None
    """The newest of an earlier moment."""
    trend: Trend
    reason: TrendReason | None
    """Why nobody can say; none where somebody can."""


def series(found: Sequence[Reading], by: Measured, *, today: date, complete: bool) -> Series:
    """What the readings of one indicator say.

    Args:
        found: in any order.
        by: the indicator.
        today: no reading is of a later day.
        complete: whether they are all there are.
    """
    ordered = sorted(found, key=moment, reverse=True)
    dated = [one for one in ordered if one.day and one.day <= today]
    undated = [one for one in ordered if not (one.day and one.day <= today)]
    latest = dated[0] if dated else None
    before = [one for one in dated if latest and one.at != latest.at]
    previous = before[0] if before else None
    reason = _unsure(dated, undated, previous, by, complete=complete)
    return Series(
        readings=(*dated, *undated),
        latest=latest,
        previous=previous,
        trend=Trend.CANNOT_SAY if reason else _trend(latest, previous, by),
        reason=reason,
    )


def _unsure(
    dated: Sequence[Reading], undated: Sequence[Reading], previous: Reading | None, by: Measured, *, complete: bool
) -> TrendReason | None:
    if not complete:
        return TrendReason.INCOMPLETE
    if undated:
        return TrendReason.UNDATED
    if not dated:
        return TrendReason.NONE_ON_RECORD
    if previous is None:
        return TrendReason.ONE_ONLY if _agree(dated) else TrendReason.AT_ONCE
    return _incomparable(dated, previous, by)


def _incomparable(dated: Sequence[Reading], previous: Reading, by: Measured) -> TrendReason | None:
    if not all(_agree([one for one in dated if one.at == end.at]) for end in (dated[0], previous)):
        return TrendReason.AT_ONCE
    if by.change is None:
        return TrendReason.NO_RULE
    return None if _comparable(dated[0], previous, by) else TrendReason.NOT_COMPARABLE


def _agree(at_once: Sequence[Reading]) -> bool:
    return len({one.exact for one in at_once}) == 1


def _comparable(latest: Reading, previous: Reading, by: Measured) -> bool:
    if latest.exact is None or previous.exact is None:
        return False
    return not by.same_code or bool(_codes(latest) & _codes(previous))


def _codes(reading: Reading) -> set[tuple[str, str]]:
    return {code for one in reading.observations for code in codes(one.code)}


def _trend(latest: Reading | None, previous: Reading | None, by: Measured) -> Trend:
    now, before = (latest.exact if latest else None), (previous.exact if previous else None)
    if now is None or before is None or by.change is None:
        return Trend.CANNOT_SAY
    difference: Decimal = now - before
    if abs(difference) <= by.change.of(before):
        return Trend.STEADY
    return Trend.RISING if difference > 0 else Trend.FALLING
