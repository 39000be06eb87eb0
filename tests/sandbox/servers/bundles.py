"""Searchset bundles (R4, Bundle) and the pages they are cut into."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.sandbox.servers.outcome import Refused, outcome
from tests.sandbox.servers.search import Pairs, Query, matches, shown, understand
from tests.sandbox.servers.store import Resource, Store

MOST_PAGES = 2_000
"""Pages a server remembers; the oldest is forgotten first."""


class Bundles:
    """Answers searches of one store, a page at a time.

    A link to the next page carries a token that means nothing outside this server: neither the query nor the
    citizen number can be read from it.

    Args:
        store: what is searched.
        new_token: makes page tokens that cannot be guessed.
    """

    def __init__(self, store: Store, new_token: Callable[[], str] = lambda: secrets.token_urlsafe(12)) -> None:
        self._store = store
        self._new_token = new_token
        self._pages: OrderedDict[str, tuple[str, Pairs, int]] = OrderedDict()

    def first(self, kind: str, pairs: Pairs) -> dict[str, Any]:
        """The first page of a search, or all of it.

        Raises:
            Refused: as ``understand``.
        """
        return self._bundle(kind, pairs, 0)

    def page(self, kind: str, token: str) -> dict[str, Any]:
        """The page a ``next`` link named.

        Raises:
            Refused: 410 when the server has forgotten it or never knew it.
        """
        known, pairs, offset = self._pages.get(token, ("", (), 0))
        if known != kind:
            raise Refused(410, "expired", "this page is gone; search again")
        return self._bundle(kind, pairs, offset)

    def asked_by(self, token: str) -> Pairs:
        """The pairs of the search a page belongs to; none for an unknown token."""
        return self._pages.get(token, ("", (), 0))[1]

    def _bundle(self, kind: str, pairs: Pairs, offset: int) -> dict[str, Any]:
        query = understand(self._store, kind, pairs)
        found = matches(self._store, query)
        page = [] if query.counted_only else found[offset : offset + query.count]
        entries = [self._entry(shown(query, resource), "match") for resource in page]
        entries += self._included(query, page)
        if query.ignored:
            told = outcome("warning", "not-supported", *(f"parameter ignored: {name}" for name in query.ignored))
            entries.append({"resource": told, "search": {"mode": "outcome"}})
        links = [{"relation": "self", "url": f"{self._store.base_url}/{kind}?{urlencode(query.used)}"}]
        if page and offset + len(page) < len(found):
            links.append({"relation": "next", "url": self._next(kind, pairs, offset + len(page))})
        bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "link": links}
        return {**bundle, "entry": entries} if entries else bundle

    def _next(self, kind: str, pairs: Pairs, offset: int) -> str:
        token = self._new_token()
        self._pages[token] = (kind, pairs, offset)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        return f"{self._store.base_url}/{kind}?_page={token}"

    def _included(self, query: Query, page: list[Resource]) -> list[dict[str, Any]]:
        """The patients of a page, each once (``_include``)."""
        if not query.include:
            return []
        ids = dict.fromkeys(id_ for resource in page if (id_ := self._store.patient_of(resource)))
        patients = [patient for id_ in ids if (patient := self._store.get("Patient", id_))]
        return [self._entry(patient, "include") for patient in patients]

    def _entry(self, resource: Resource, mode: str) -> dict[str, Any]:
        url = f"{self._store.base_url}/{resource['resourceType']}/{resource['id']}"
        return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}
