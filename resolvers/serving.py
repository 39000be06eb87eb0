"""What serves: its edition, the bounds of a request, the languages."""

from typing import Annotated

from msgspec import Struct

from connectors.records import doc


class LimitsOf(Struct, frozen=True, kw_only=True):
    """Bounds of a request, as they are in force now."""

    max_tokens: Annotated[int, doc("Tokens of a document.")]
    max_depth: Annotated[int, doc("Fields within each other.")]
    max_aliases: Annotated[int, doc("Aliases, those of fragments counted at every spread.")]
    max_root_fields: Annotated[int, doc("Fields at the top of an operation.")]
    max_directives: Annotated[int, doc("Directives.")]
    max_operations: Annotated[int, doc("Operations in a document.")]
    max_deferred: Annotated[int, doc("Uses of @defer and @stream.")]
    max_waves: Annotated[int, doc("Uses of @defer and @stream within each other.")]
    max_cost: Annotated[
        int,
        doc(
            "Price of an operation: each selected object costs 1, a section of a citizen 10, times the items of the "
            "lists around it ('first', or else 50 records, or 5 within a record)."
        ),
    ]
    max_page: Annotated[int, doc("The largest 'first' of a list.")]
    max_body: Annotated[int, doc("Bytes of a request's body.")]
    deadline_ms: Annotated[int, doc("Milliseconds after which an answer goes out with what is there.")]


class ServiceOf(Struct, frozen=True, kw_only=True):
    """What serves."""

    version: Annotated[str, doc("Version of the software.")]
    schema_hash: Annotated[str, doc("SHA-256 of the published schema file: it changes when the graph does.")]
    sdl: str
    """The text of that file."""
    languages: Annotated[tuple[str, ...], doc("Languages of answers (BCP 47), the one that is used by default first.")]
    limits: Annotated[LimitsOf, doc("Bounds of a request.")]
