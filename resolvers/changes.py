"""That something changed at a source, or that there is a notice: whose word it is, of what, and when. Never what."""

from datetime import datetime

from msgspec import Struct

from connectors.records import Record


class Change(Struct, frozen=True, kw_only=True):
    """Something of a class changed at a source about one citizen."""

    source: str
    about: type[Record]
    at: datetime
    """By the source's clock."""

    @property
    def topic(self) -> tuple[str, type[Record]]:
        """Of what only the newest need be told."""
        return self.source, self.about


class Noticed(Struct, frozen=True, kw_only=True):
    """There is a notice for one citizen."""

    notice: str
    """Its id."""
    at: datetime

    @property
    def topic(self) -> str:
        """Every notice is told."""
        return self.notice


Heard = Change | Noticed
"""What one can hear of."""
