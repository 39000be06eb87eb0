"""What callers create at a FHIR server (R4, 3.1.0.8 and 3.1.0.8.1), until it is forgotten."""

import itertools
import json
from typing import Any

from tests.sandbox.faulty import parse_pairs
from tests.sandbox.servers.outcome import Refused
from tests.sandbox.servers.search import matches, understand
from tests.sandbox.servers.store import Resource, Store


class Intake:
    """Lets a server take new resources of some types.

    Args:
        kinds: resource types; a server that takes none refuses every create.
    """

    def __init__(self, *kinds: str) -> None:
        self.kinds = frozenset(kinds)
        self._numbers = itertools.count(1)
        self._made: list[tuple[Store, Resource]] = []

    @property
    def made(self) -> list[Resource]:
        """What was created and is not forgotten."""
        return [resource for _, resource in self._made]

    def create(self, store: Store, kind: str, body: bytes, condition: str | None) -> tuple[int, Resource]:
        """The status and the resource: new, or the one that fits the condition already.

        Raises:
            Refused: it is no resource of that type about a Patient of this server; several fit the condition.
        """
        if kind not in self.kinds:
            raise Refused(405, "not-supported", "nothing of that type is created here")
        resource = _read(body)
        if resource.get("resourceType") != kind or store.get("Patient", store.patient_of(resource) or "") is None:
            raise Refused(422, "invalid", "no resource of that type about a Patient of this server")
        if condition is not None:
            there = matches(store, understand(store, kind, parse_pairs(condition.encode())))
            if len(there) > 1:
                raise Refused(412, "multiple-matches", "several fit the condition")
            if there:
                return 200, there[0]
        made = {**resource, "id": f"entry-{next(self._numbers)}"}
        store.add(made)
        self._made.append((store, made))
        return 201, made

    def forget(self) -> None:
        """Be as before anything was created."""
        for store, resource in self._made:
            store.remove(resource)
        self._made.clear()


def _read(body: bytes) -> dict[str, Any]:
    try:
        resource = json.loads(body)
    except ValueError:
        resource = None
    if not isinstance(resource, dict):
        raise Refused(400, "structure", "no JSON object")
    return resource
