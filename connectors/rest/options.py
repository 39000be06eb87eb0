"""What the block of a source of kind `rest` may say."""

from typing import Any, Literal

from msgspec import Struct, field

from connectors.options import Route, SourceOptions


class Recipe(Struct, frozen=True, kw_only=True):
    """How one class of record is asked for and read: ``[sources.<key>.records.<Class>]``."""

    method: Literal["GET", "POST"] = "POST"
    path: Route
    body: dict[str, Any] | None = None
    """What is sent as JSON; ``{personal_id}`` in its texts becomes the citizen's number."""
    query: dict[str, str] = {}
    """The query string; ``{personal_id}`` only together with the key below."""
    number_may_reach_logs: bool = False
    """Allows the number in the query: every web server, proxy and log on the way to the source may then keep it."""
    empty: tuple[Literal[204, 404], ...] = ()
    """Statuses by which the source says that it does not know the citizen. By default 200 alone is an answer."""
    entries: str = field(name="list", default="")
    """Pointer to the list of entries, or to a single one; by default the whole answer."""
    total: str | None = None
    """Pointer to the number of entries that the source holds: when it is higher, the answer is marked as cut off."""
    person: tuple[str, ...] = ()
    """Pointers within an entry. What stands there must be the citizen's number."""
    person_of_answer: tuple[str, ...] = ()
    """Pointers within the answer. The same."""
    id: str
    """Pointer within an entry to its own id at the source."""
    recorded_at: str | None = None
    """Pointer within an entry to the moment at which it was written down."""
    fields: dict[str, Any]
    """Where each field of the record stands: see the README of this kind."""


class RestOptions(SourceOptions, frozen=True, kw_only=True):
    """A system and the classes of record that it holds. Fixed headers, such as an API key, go into ``headers``."""

    records: dict[str, dict[str, Any]]
    """A ``Recipe`` by class name, such as ``Appointment``."""
