"""That something changed at a source: whose word it is, of what, and when. Never what."""

from datetime import datetime

from msgspec import Struct

from connectors.records import Record


class Change(Struct, frozen=True, kw_only=True):
    """Something of a class changed at a source about one citizen."""

    source: str
    about: type[Record]
    at: datetime
    """By the source's clock."""
