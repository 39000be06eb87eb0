"""Why a section is empty. Three things must never look alike: none known, none on record, and not all answered."""

from collections.abc import Iterable

from connectors.contract import SourceState
from connectors.records import Described

_WITHHELD = frozenset(
    {SourceState.NOT_PERMITTED, SourceState.BLOCKED_BY_CITIZEN, SourceState.REFUSED, SourceState.IDENTITY_MISMATCH}
)


class EmptyReason(Described):
    """Why a section has no entries (HL7 list-empty-reason, and the one case that it has no word for)."""

    NIL_KNOWN = (
        "nilknown",
        "A source states that there are none, all others answered in full and none says otherwise.",
    )
    NONE_ON_RECORD = (
        "none-on-record",
        "All sources answered in full and hold nothing; nobody states that there is nothing.",
    )
    NOT_ASKED = "notasked", "Sources that could hold something were not asked."
    UNAVAILABLE = "unavailable", "A source did not answer, or not in full: there may be entries."
    WITHHELD = "withheld", "Somebody's answer is withheld from this caller: there may be entries."
    NOT_STARTED = "notstarted", "No connected source keeps such records."


def why_empty(
    states: Iterable[SourceState], *, complete: bool, veiled: bool, not_asked: int, none_stated: bool
) -> EmptyReason:
    """The reason for a section without entries.

    What does not pass by itself is told before what asking again may mend.

    Args:
        states: how it went with every source of the section.
        complete: whether all that could hold something answered in full.
        veiled: whether records may be withheld from whoever relies on them.
        not_asked: how many could hold something and were not asked.
        none_stated: whether a source states that there are none.
    """
    told = frozenset(states)
    if complete:
        return EmptyReason.NIL_KNOWN if none_stated else EmptyReason.NONE_ON_RECORD
    if veiled or told & _WITHHELD:
        return EmptyReason.WITHHELD
    if told - {SourceState.ANSWERED, SourceState.NO_RECORD, SourceState.NOT_ASKED}:
        return EmptyReason.UNAVAILABLE
    if not_asked or SourceState.NOT_ASKED in told:
        return EmptyReason.NOT_ASKED
    return EmptyReason.UNAVAILABLE if told else EmptyReason.NOT_STARTED
