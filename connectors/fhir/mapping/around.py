"""What a mapping knows besides the resource itself: where it comes from, and what its references mean."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from connectors.fhir.base import POINTER, Base
from connectors.fhir.bundle import UNDECODABLE, Linked
from connectors.fhir.datatypes import Reference
from connectors.records import Facility
from connectors.stamping import Stamp

Contained = tuple[Raw, ...]
"""What stands in a resource itself for others to be pointed to (``contained``)."""

_LINKED = msgspec.json.Decoder(Linked)
_UNMET: Any = object()


class Around(Struct, frozen=True, kw_only=True):
    """What a mapping knows besides the resource itself."""

    stamp: Stamp
    base: Base
    own: Facility | None = None
    """The facility whose own server this is; none for a register or an insurer."""
    facility_system: str | None = None
    """Under which an Organization carries its facility code."""
    included: Mapping[tuple[str, str], Linked] = {}
    """Resources that came along in the pages or were fetched for them, by type and id."""
    targets: dict[str, Any] = {}
    """What addresses of this answer mean: most stand in it many times."""
    places: dict[Reference, Facility | None] = {}
    """What references to places of this answer mean, where that is not plain."""

    def target(self, reference: Reference | None) -> tuple[str, str] | None:
        """Type and id of the resource that is meant (see ``Base.target``)."""
        if reference is None or not reference.reference:
            return None
        address = reference.reference
        known: tuple[str, str] | None = self.targets.get(address, _UNMET)
        if known is _UNMET:
            pointer = POINTER.fullmatch(address)
            # Nearly every one is relative; what else it may be the base knows.
            known = (pointer[1], pointer[2]) if pointer else self.base.target(reference)
            self.targets[address] = known
        return known

    def linked(self, reference: Reference | None, contained: Contained) -> Linked | None:
        """The resource that a reference means, where it came along: contained in the same one or included."""
        if reference is None or not reference.reference:
            return None
        if reference.reference.startswith("#"):
            return _contained(reference.reference[1:], contained)
        if not self.included:
            return None
        target = self.target(reference)
        return self.included.get(target) if target else None

    def visit(self, *references: Reference | None) -> str | None:
        """The id of the Encounter that one of them means."""
        for reference in references:
            target = self.target(reference)
            if target and target[0] == "Encounter":
                return target[1]
        return None


def _contained(anchor: str, contained: Contained) -> Linked | None:
    for raw in contained:
        try:
            inner = _LINKED.decode(raw)
        except UNDECODABLE:
            continue  # an unreadable neighbour is not what the anchor means
        if inner.id == anchor:
            return inner
    return None
