"""What a request shows of the sources that no caller sees: for the operator's eyes."""

from msgspec import Struct, field

from resolvers.deviations import Deviation


class Fault(Struct, frozen=True):
    """A failure of a source, or of what tells where records lie."""

    source: str
    about: str
    error: Exception


class Noted(Struct, eq=False):
    """All of one request, in the order in which it came to light."""

    faults: list[Fault] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)
    """What sources did otherwise than they promise."""
