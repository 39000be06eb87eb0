"""The pages of one search: every resource is looked at once, and held against the citizen, before any is used."""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from connectors.contract import Question
from connectors.errors import Garbled
from connectors.fhir.batching import MEDIA_TYPES
from connectors.fhir.bundle import UNDECODABLE, Bundle, BundleOf, Entry, Link, Linked, Outcome
from connectors.fhir.mapping.reading import Decoding
from connectors.fhir.people import Whose
from connectors.reply import Reply

_BUNDLE = msgspec.json.Decoder(Bundle)
_LINKED = msgspec.json.Decoder(Linked)
_OUTCOME = msgspec.json.Decoder(Outcome)

_NOBODY: Any = object()

D = TypeVar("D", bound=Decoding)


class Found(Struct, Generic[D], eq=False):
    """What a search has given so far."""

    reading: D
    """How the resources are read."""
    whose: Whose | None = None
    """How they are held against the citizen; None where somebody else does that."""
    asked: Question[Any] | None = None
    """The slice that is asked for, where it is one."""
    resources: dict[str, Any] = {}
    """Of the type asked for, by id: a server that repeats itself says nothing new."""
    linked: dict[tuple[str, str], Linked] = {}
    """Of other types, included by the server."""
    dropped: int = 0
    truncated: bool = False

    def __repr__(self) -> str:
        return f"Found({self.reading.type})"

    def read(self, reply: Reply) -> str | None:
        """Take a page, in one go where it holds what was asked for and nothing else, and all of that can be read.

        Returns:
            The address of the next one.

        Raises:
            Garbled: it is no page.
            WrongPerson: a resource in it is not about the citizen.
        """
        try:
            page = reply.decode(self.reading.page, media_types=MEDIA_TYPES)
        except Garbled:
            page = None  # one of its resources may be to blame, or all of it
        if page is not None and self._takes(page):
            return _next(page.link)
        return self.take(bundle_of(reply))

    def take(self, page: Bundle) -> str | None:
        """Take a page whose resources are not read yet: what cannot be read costs itself alone.

        Returns:
            The address of the next one.

        Raises:
            WrongPerson: as ``read``.
        """
        for entry in page.entry:
            self._sort(entry)
        return _next(page.link)

    def _takes(self, page: BundleOf[Any]) -> bool:
        """Take everything in a page, where it can be read of all of it whom it is about."""
        resources, simply, fitting = self.resources, self.reading.is_about_subject, _NOBODY
        for entry in page.entry:
            resource = entry.resource
            if not simply or resource.subject != fitting:
                if not self._is_held(resource):
                    return False
                if simply:  # whom the next ones are about in the very same words
                    fitting = resource.subject
            resources.setdefault(resource.id, resource)
        return True

    def _sort(self, entry: Entry) -> None:
        """Put one entry where it belongs: a match, a neighbour, a word about the search, or nothing of use."""
        mode = entry.search.mode if entry.search else None
        if mode == "include":
            keep(entry, self.linked)
        elif mode == "outcome":
            self.dropped += _is_an_error(entry)
        else:
            resource = _decoded(entry, self.reading.one)
            if resource is None or not self._is_held(resource):
                self.dropped += 1
            else:
                self.resources.setdefault(resource.id, resource)

    def _is_held(self, resource: Any) -> bool:
        """Hold a resource against the citizen; whether it can be read whom it is about.

        Raises:
            WrongPerson: it is about somebody else.
        """
        if self.whose is not None:
            try:
                self.whose.require(resource)
            except UNDECODABLE:
                return False
        return True


def bundle_of(reply: Reply) -> Bundle:
    """A page whose resources are not read yet.

    Raises:
        Garbled: it is no page.
    """
    bundle = reply.decode(_BUNDLE, media_types=MEDIA_TYPES)
    if bundle.resource_type != "Bundle":
        raise Garbled("no Bundle although the search succeeded")
    return bundle


def keep(entry: Entry, linked: dict[tuple[str, str], Linked]) -> None:
    """Keep a neighbour; an unreadable one is as good as none."""
    resource = _decoded(entry, _LINKED)
    if resource is not None and resource.id:
        linked[resource.resource_type, resource.id] = resource


def _next(links: tuple[Link, ...]) -> str | None:
    for one in links:
        if one.relation == "next":
            return one.url
    return None


def _decoded(entry: Entry, decoder: msgspec.json.Decoder[Any]) -> Any:
    try:
        return decoder.decode(entry.resource)
    except UNDECODABLE:
        return None


def _is_an_error(entry: Entry) -> bool:
    """Whether an outcome says that something is missing; hints and warnings are common and mean nothing."""
    outcome = _decoded(entry, _OUTCOME)
    return outcome is None or any(issue.severity in ("fatal", "error") for issue in outcome.issue)
