"""What the block of a source of kind `hospital_xml` may say."""

from typing import Literal

from connectors.options import Duration, Folder, Route, SourceOptions, require_address

Version = Literal["130", "4750", "3176", "1931"]
"""Decision of the ministry that a document follows, oldest first."""


class HospitalXmlOptions(SourceOptions, frozen=True, kw_only=True):
    """Where the dossiers are: behind ``url``, or in ``directory``. Exactly one of the two."""

    url: str = ""
    """Of a service that gives the dossiers of one citizen. An API key goes into ``headers``."""
    lookup: Route = "/ho-so/tra-cuu"
    """Path of its one operation below ``url``."""
    directory: Folder | None = None
    """Folder in which the hospital puts every dossier that it sends, as ``*.xml``, in folders below it if it likes."""
    refresh: Duration = Duration(10)
    """How old the list of what lies in ``directory`` may be before a question looks through the folder again."""
    version: Version = "1931"
    """The newest decision that the hospital follows; documents of older ones are always understood."""

    def __post_init__(self) -> None:
        """Refuse what leaves open where the dossiers are."""
        if bool(self.url) is bool(self.directory):
            raise ValueError("exactly one of url and directory says where the dossiers are")
        if self.url:
            require_address("url", self.url)
