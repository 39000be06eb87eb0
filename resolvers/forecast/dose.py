"""A recorded vaccination as the engine counts it."""

from datetime import date

from msgspec import Struct

from connectors.records import Described, Immunization
from resolvers.forecast.vaccines import ANTIGENS, antigens
from resolvers.partial_dates import earliest, latest

GIVEN = "completed"


class Verdict(Described):
    """Whether a dose counts in a series."""

    COUNTED = "COUNTED", "It counts."
    EXTRA = "EXTRA", "The series was complete before it, or it is one more on a day that counts already."
    TOO_YOUNG = "TOO_YOUNG", "Not counted: the child was younger than the smallest age."
    TOO_OLD = "TOO_OLD", "Not counted: the vaccine is not given at that age."
    TOO_EARLY = "TOO_EARLY", "Not counted: the interval to the dose before was shorter than the smallest."
    TOO_CLOSE_TO_LIVE = "TOO_CLOSE_TO_LIVE", "Not counted: another live vaccine was given less than four weeks before."
    UNCERTAIN = "UNCERTAIN", "Not judged: the day of the dose or the date of birth is known in part only."


class Dose(Struct, frozen=True):
    """A dose that was given."""

    record: Immunization
    antigens: frozenset[str] | None
    """None when nobody can tell."""
    on: date | None
    """None when the day is known in part only."""

    @property
    def live(self) -> bool:
        """Whether it holds a live injected vaccine, as far as is known."""
        return any(ANTIGENS[antigen].live for antigen in self.antigens or ())


def read(record: Immunization) -> Dose | None:
    """The dose of a record; none where it was not given."""
    if record.status != GIVEN:
        return None
    first = earliest(record.on)
    return Dose(record, antigens(record), first if first == latest(record.on) else None)
