"""What is counted of plans, for the operator."""

from typing import Literal

from msgspec import Struct

Mode = Literal["off", "on", "verify"]


class Tally(Struct):
    """Counted since the process began."""

    mode: Mode
    """As it is in force: off as well where the self-test failed."""
    operations: int = 0
    """Prepared, one for each set of values of the variables that decide what is selected."""
    fields: int = 0
    """Compiled in those that are kept."""
    given_up: int = 0
    """Values that the library completed because they were not what their types promise."""
    differences: int = 0
    """Values that the library completed otherwise; counted in the mode 'verify' alone."""
