"""That something changed at a source, that there is a notice, that somebody looked: of what, and when. Never what."""

from datetime import datetime

from msgspec import Struct

from connectors.records import Record
from resolvers.access.entry import AccessEntry


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


class Looked(Struct, frozen=True, kw_only=True):
    """Somebody looked at a record, or tried to; it stands in the access log."""

    entry: AccessEntry

    @property
    def at(self) -> datetime:
        """When."""
        return self.entry.at

    @property
    def topic(self) -> tuple[str, str]:
        """Who does not take what is told keeps some hundred at most; all stand in the log."""
        return "looked", self.entry.id[:2]


Heard = Change | Noticed | Looked
"""What one can hear of."""
