"""Why a section is empty: none known, none on record and not all answered never look alike."""

import pytest

from connectors.contract import SourceState as State
from resolvers.summarising.emptiness import EmptyReason, why_empty


@pytest.mark.parametrize(
    ("states", "complete", "not_asked", "stated", "reason"),
    [
        ([State.ANSWERED, State.NO_RECORD], True, 0, True, EmptyReason.NIL_KNOWN),
        ([State.ANSWERED, State.NO_RECORD], True, 0, False, EmptyReason.NONE_ON_RECORD),
        ([], True, 0, False, EmptyReason.NONE_ON_RECORD),
        ([State.ANSWERED, State.TIMED_OUT], False, 0, True, EmptyReason.UNAVAILABLE),
        ([State.NO_RECORD, State.UNAVAILABLE], False, 3, False, EmptyReason.UNAVAILABLE),
        ([State.NO_RECORD, State.INVALID_ANSWER], False, 0, False, EmptyReason.UNAVAILABLE),
        ([State.ANSWERED], False, 0, False, EmptyReason.UNAVAILABLE),
        ([State.NO_RECORD, State.BLOCKED_BY_CITIZEN], False, 0, False, EmptyReason.WITHHELD),
        ([State.NOT_PERMITTED], False, 0, False, EmptyReason.WITHHELD),
        ([State.IDENTITY_MISMATCH, State.TIMED_OUT], False, 0, True, EmptyReason.WITHHELD),
        ([State.NO_RECORD], False, 2, False, EmptyReason.NOT_ASKED),
        ([State.NOT_ASKED], False, 0, True, EmptyReason.NOT_ASKED),
        ([], False, 0, False, EmptyReason.NOT_STARTED),
    ],
)
def test_the_reason(states: list[State], complete: bool, not_asked: int, stated: bool, reason: EmptyReason) -> None:
    """Only a complete answer says 'none'; only a source's own word says 'none known'."""
    assert why_empty(states, complete=complete, veiled=False, not_asked=not_asked, none_stated=stated) is reason


@pytest.mark.parametrize("state", [State.ANSWERED, State.NO_RECORD, State.TIMED_OUT, State.NOT_ASKED])
def test_what_may_be_withheld_from_whoever_relies_on_it_is_never_called_empty(state: State) -> None:
    """Whether or not anything is withheld, and whatever else asking again may mend."""
    assert why_empty([state], complete=False, veiled=True, not_asked=1, none_stated=True) is EmptyReason.WITHHELD
